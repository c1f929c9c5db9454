using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Keys.Software;

namespace Yinxin.Trust.Ceremonies;

/// <summary>Names and places of a ceremony's files. What lies in <c>public/</c> is carried to the online server; <c>private/</c> never leaves the machine but in a backup.</summary>
internal sealed partial class CeremonyFiles(string directory)
{
    public const string Settings = "ceremony.json", Custody = "custody.json", Journal = "journal.jsonl";
    public const string Keys = "private", Certificates = "public/certificates", Crls = "public/crls", Shares = "shares";

    private const int Largest = 16 * 1024 * 1024;

    public string Directory => directory;

    /// <summary>Everything that a backup holds, by its relative name.</summary>
    public IEnumerable<string> All => System.IO.Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(directory, f).Replace('\\', '/')).Where(IsOurs).Order(StringComparer.Ordinal);

    public static bool IsOurs(string name) => Ours().IsMatch(name);

    public static bool IsName(string name) => Name().IsMatch(name);

    public static string Certificate(string name) => $"{Certificates}/{name}.pem";

    public static string Crl(string name) => $"{Crls}/{name}.crl";

    public string PathOf(string name) => Path.Combine(directory, name);

    public bool Has(string name) => File.Exists(PathOf(name));

    public byte[] Read(string name)
    {
        var file = new FileInfo(PathOf(name));
        return file is { Exists: true, Length: <= Largest } ? File.ReadAllBytes(file.FullName) : throw new CeremonyException(
            CeremonyException.Directory, $"{name} is missing in {directory}, or too large: is this the directory of a ceremony?", $"{directory} 中缺少 {name} 或文件过大。");
    }

    public X509Certificate ReadCertificate(string name) => ParseCertificate(name, Read(Certificate(name)));

    public IEnumerable<string> Names(string folder, string ending) => !System.IO.Directory.Exists(PathOf(folder)) ? [] :
        System.IO.Directory.EnumerateFiles(PathOf(folder), "*" + ending).Select(f => Path.GetFileName(f)[..^ending.Length]).Where(IsName).Order(StringComparer.Ordinal);

    /// <summary>Whole or not at all, mode 0600, in a folder of mode 0700.</summary>
    public void Write(string name, ReadOnlySpan<byte> content)
    {
        var path = PathOf(name);
        PrivateFiles.CreateDirectory(Path.GetDirectoryName(path)!);
        PrivateFiles.Write(path, content);
    }

    public static byte[] Pem(string label, ReadOnlySpan<byte> der) => Encoding.ASCII.GetBytes(PemEncoding.WriteString(label, der) + "\n");

    /// <summary>The one block of this label, or null.</summary>
    public static byte[]? Der(string label, ReadOnlySpan<byte> file)
    {
        var text = Encoding.Latin1.GetString(file);
        return PemEncoding.TryFind(text, out var fields) && text.AsSpan()[fields.Label].SequenceEqual(label) ? Convert.FromBase64String(text[fields.Base64Data]) : null;
    }

    public static X509Certificate ParseCertificate(string name, ReadOnlySpan<byte> pem)
    {
        try
        {
            return CertificateReading.Read(Der("CERTIFICATE", pem) ?? throw new CryptographicException("no PEM"));
        }
        catch (CryptographicException e)
        {
            throw new CeremonyException(CeremonyException.Directory, $"{name} is no certificate in PEM.", $"{name} 不是 PEM 证书。", e);
        }
    }

    [GeneratedRegex(@"\A(ceremony\.json|custody\.json|journal\.jsonl|private/[0-9a-f]{40}\.key\.json|public/certificates/[a-z0-9-]{1,60}\.pem|public/crls/[a-z0-9-]{1,60}\.crl)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Ours();

    [GeneratedRegex(@"\A[a-z0-9-]{1,60}\z", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
