using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ceremonies.Steps;

/// <summary>The newest root of each suite certifies the issuing CAs whose PKCS#10 requests the online server wrote.</summary>
public static class RequestSigning
{
    private const string Ending = ".csr.pem";
    private const int LargestRequest = 32 * 1024, MostRequests = 100;

    /// <summary>Certifies every request of a directory; the file <c>documents-sm.csr.pem</c> becomes <c>documents-sm.pem</c>.</summary>
    /// <param name="sitting">The opened ceremony.</param>
    /// <param name="directory">With the requests.</param>
    /// <exception cref="CeremonyException">A request is refused (<see cref="CeremonyException.Request"/>); then none is certified.</exception>
    public static void SignAll(Sitting sitting, string directory)
    {
        var files = Directory.Exists(directory) ? Directory.GetFiles(directory, "*" + Ending).Order(StringComparer.Ordinal).ToList() : [];
        if (files.Count is 0 or > MostRequests)
        {
            throw new CeremonyException(CeremonyException.Request, $"{directory} holds no requests (*{Ending}), or more than {MostRequests}.", $"{directory} 中没有请求（*{Ending}）或多于 {MostRequests} 个。");
        }

        foreach (var file in files)
        {
            Sign(sitting, Path.GetFileName(file)[..^Ending.Length], new FileInfo(file));
        }
    }

    private static void Sign(Sitting sitting, string name, FileInfo file)
    {
        var request = Read(name, file);
        if (!CeremonyFiles.IsName(name) || name[..(name.LastIndexOf('-') + 1)] is "" or "root-" || !name.EndsWith("-" + request.Suite.Name(), StringComparison.Ordinal) || name.StartsWith("cross-", StringComparison.Ordinal))
        {
            throw Refused(name, "is named otherwise than ROLE-international or ROLE-sm of its key's suite", "文件名与密钥的算法套件不符");
        }

        if (!request.Subject.GetOidList().SequenceEqual([X509Name.C, X509Name.O, X509Name.CN]))
        {
            throw Refused(name, "has another subject than C, O, CN", "主体名称不是 C、O、CN");
        }

        if (sitting.Roots.Any(r => r.Certificate.SubjectDN.Equivalent(request.Subject, inOrder: true) || r.Certificate.SubjectPublicKeyInfo.GetDerEncoded().AsSpan().SequenceEqual(request.PublicKey)))
        {
            throw Refused(name, "has the name or the key of a root", "使用了根的名称或密钥");
        }

        sitting.IssueAuthority(name, sitting.NewestRoot(request.Suite), "issuing", request.Subject, request.PublicKey);
    }

    private static CertificateRequest Read(string name, FileInfo file)
    {
        try
        {
            var der = file.Length <= LargestRequest ? CeremonyFiles.Der("CERTIFICATE REQUEST", File.ReadAllBytes(file.FullName)) : null;
            return CertificateRequest.Read(der ?? throw new CryptographicException("no PEM"));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw Refused(name, "is no PKCS#10 request in PEM that its own key signed", "不是由自身密钥签名的 PKCS#10 请求", e);
        }
    }

    private static CeremonyException Refused(string name, string english, string chinese, Exception? inner = null) =>
        new(CeremonyException.Request, $"The request {name} {english}.", $"请求 {name} {chinese}。", inner);
}
