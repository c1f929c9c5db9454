using System.IO.Compression;

namespace Yinxin.Desk.Features.Materials;

/// <summary>What a file is, by its content; never by its name.</summary>
internal static class FileKinds
{
    public const string Ofd = "application/ofd";

    /// <summary>By the first bytes. A ZIP may be an OFD: see <see cref="IsOfd"/>.</summary>
    public static (string ContentType, string[] Extensions)? Sniff(ReadOnlySpan<byte> head) => head switch
    {
        [0x25, 0x50, 0x44, 0x46, 0x2D, ..] => ("application/pdf", [".pdf"]),
        [0xFF, 0xD8, 0xFF, ..] => ("image/jpeg", [".jpg", ".jpeg"]),
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, ..] => ("image/png", [".png"]),
        [0x50, 0x4B, 0x03, 0x04, ..] => (Ofd, [".ofd"]),
        _ => null,
    };

    /// <summary>Whether a ZIP holds the entry that every OFD begins with (GB/T 33190 §7.1); nothing is unpacked.</summary>
    public static bool IsOfd(string path)
    {
        try
        {
            using var archive = ZipFile.OpenRead(path);
            return archive.GetEntry("OFD.xml") is not null;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
