using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Keys;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Authorities;

/// <summary>The directory that is carried between this server and the offline root.</summary>
internal sealed class OfflineRoots(IOptions<ImportSettings> settings, TimeProvider time)
{
    private readonly string directory = settings.Value.Import ?? "";

    /// <summary>Roots are made elsewhere.</summary>
    public bool InUse => directory.Length > 0;

    /// <summary>A certificate that was brought in, or null: <c>documents-sm</c>, <c>root-sm-g1</c>, <c>cross-…</c>.</summary>
    public X509Certificate? Certificate(string name) => Read("certificates", name, ".pem") is { } pem ? CertificateReading.Read(Pem(name, "CERTIFICATE", pem)) : null;

    /// <summary>Every generation of a suite's root, oldest first; an old one stays trusted until its end.</summary>
    public IReadOnlyList<X509Certificate> Roots(SignatureSuite suite)
    {
        var roots = new List<X509Certificate>();
        while (Certificate(FormattableString.Invariant($"root-{suite.Name()}-g{roots.Count + 1}")) is { } root)
        {
            roots.Add(CertificatePath.IsIssuedBy(root, root) ? root : throw Refused($"root-{suite.Name()}", "is not signed by itself"));
        }

        return roots;
    }

    /// <summary>The name under which a root and its CRL are published.</summary>
    public string NameOf(X509Certificate root)
    {
        var suite = SignatureVerifier.SuiteOf(root.SubjectPublicKeyInfo.GetDerEncoded()) ?? throw Refused("root", "belongs to no suite");
        return FormattableString.Invariant($"root-{suite.Name()}-g{Roots(suite).ToList().IndexOf(root) + 1}");
    }

    /// <summary>The cross-certificates between a suite's generations, both ways.</summary>
    public IReadOnlyList<X509Certificate> CrossCertificates(SignatureSuite suite)
    {
        var generations = Roots(suite).Count;
        return [.. from issuer in Enumerable.Range(1, generations)
                   from subject in Enumerable.Range(1, generations)
                   select Certificate(FormattableString.Invariant($"cross-{suite.Name()}-g{issuer}-g{subject}")) into cross
                   where cross is not null
                   select cross];
    }

    /// <summary>Writes the PKCS#10 request of a CA, for the ceremony to sign.</summary>
    public void Request(string name, ISigner signer, X509Name subject)
    {
        var requests = Directory.CreateDirectory(Path.Combine(directory, "requests"));
        var path = Path.Combine(requests.FullName, name + ".csr.pem");
        File.WriteAllText(path + ".new", PemEncoding.WriteString("CERTIFICATE REQUEST", CertificateRequest.Create(signer, subject)) + "\n");
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Refuses a certificate that is not for this key, or not a valid CA under one of these roots.</summary>
    public void Check(string name, ISigner signer, X509Certificate certificate, IReadOnlyList<X509Certificate> roots)
    {
        CertificateKeys.RequireMatch(signer, certificate);
        var result = CertificatePath.Validate(certificate, [], roots, new PathRequirements(time.GetUtcNow(), KeyUsage.KeyCertSign));
        if (!result.Valid || certificate.GetBasicConstraints() < 0)
        {
            throw Refused(name, "is no valid CA certificate of a root");
        }
    }

    /// <summary>The CRL of an offline root, signed by it, or null when none was brought in.</summary>
    public byte[]? Crl(X509Certificate root)
    {
        var crls = Path.Combine(directory, "crls");
        return !InUse || !Directory.Exists(crls) ? null
            : Directory.GetFiles(crls, "*.crl").Select(File.ReadAllBytes).FirstOrDefault(der => CertificatePath.IsIssuedBy(CertificateReading.ReadCrl(der), root));
    }

    /// <summary>A file of the ceremony by its published name.</summary>
    public byte[]? CrlNamed(string name) => Read("crls", name, ".crl");

    private byte[]? Read(string folder, string name, string ending)
    {
        var path = Path.Combine(directory, folder, name + ending);
        return InUse && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    private static byte[] Pem(string name, string label, byte[] file)
    {
        var text = System.Text.Encoding.UTF8.GetString(file);
        return PemEncoding.TryFind(text, out var fields) && text.AsSpan()[fields.Label].SequenceEqual(label)
            ? Convert.FromBase64String(text[fields.Base64Data]) : throw Refused(name, $"is no PEM {label}");
    }

    private static KeyStoreException Refused(string name, string why) => new(KeyStoreException.Mismatch, $"The imported certificate {name} {why}.", $"导入的证书 {name} 不正确。");
}
