using System.Security.Cryptography;
using System.Text;
using Yinxin.Trust.Cli.Vectors;

namespace Yinxin.Trust.Cli.Paths;

/// <summary>Certificates and lists as test files hold them.</summary>
internal static class Pem
{
    /// <summary>The one PEM block of a text.</summary>
    /// <exception cref="VectorException">There is none, or something else beside it.</exception>
    public static byte[] Decode(string text, string label)
    {
        try
        {
            var fields = PemEncoding.Find(text);
            var around = string.Concat(text.AsSpan(0, fields.Location.Start.Value), text.AsSpan(fields.Location.End.Value));
            return text[fields.Label] == label && string.IsNullOrWhiteSpace(around) ? Convert.FromBase64String(text[fields.Base64Data]) : throw new VectorException($"there is no PEM {label} alone");
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new VectorException($"there is no PEM {label}", e);
        }
    }

    /// <summary>A file in DER or PEM.</summary>
    public static byte[] DecodeFile(byte[] file, string label) => file.AsSpan().StartsWith("-----"u8) ? Decode(Encoding.ASCII.GetString(file), label) : file;
}
