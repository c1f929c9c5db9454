using System.Security.Cryptography;

namespace Yinxin.Fuzzing;

/// <summary>What is kept between runs: inputs that once reached new code or broke something, one file each, named by its digest.</summary>
internal static class KeptInputs
{
    /// <summary>Files of a target, in a fixed order.</summary>
    public static IReadOnlyList<byte[]> Of(string target) =>
        Directory.Exists(Folder(target)) ? [.. Directory.GetFiles(Folder(target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)] : [];

    /// <summary>Names of the folders.</summary>
    public static IEnumerable<string> Folders() => Directory.GetDirectories(Folder("")).Select(d => Path.GetFileName(d)!);

    /// <summary>Writes what was found where CI keeps its artefacts, and says where.</summary>
    public static string Keep(string target, byte[] input)
    {
        var folder = Path.Combine(Root(), "artifacts", "fuzzing", target);
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(input))[..16]);
        File.WriteAllBytes(file, input);
        return Path.GetRelativePath(Root(), file);
    }

    private static string Folder(string target) => Path.Combine(Root(), "tests", "Fuzzing", "Corpus", target);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Yinxin.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Yinxin.slnx is in no folder above the tests.");
        }

        return folder;
    }
}
