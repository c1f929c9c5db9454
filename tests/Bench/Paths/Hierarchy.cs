using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;

namespace Yinxin.Bench.Paths;

/// <summary>A root and an issuing CA with their revocation lists.</summary>
internal sealed class Hierarchy : IDisposable
{
    private readonly SoftwareSigner rootKey;
    private readonly SoftwareSigner issuingKey;
    private readonly SoftwareSigner endKey;
    private readonly CertificateIssuer issuer;

    public Hierarchy(SignatureSuite suite)
    {
        (rootKey, issuingKey, endKey) = (SoftwareSigner.Generate(suite), SoftwareSigner.Generate(suite), SoftwareSigner.Generate(suite));
        Root = new CertificateIssuer(rootKey).Issue(Content("root", rootKey, "Root"));
        Issuing = new CertificateIssuer(rootKey, Root).Issue(Content("issuing", issuingKey, "Issuing"));
        issuer = new CertificateIssuer(issuingKey, Issuing);
        var now = DateTimeOffset.UtcNow;
        Crls = [List(issuer), List(new CertificateIssuer(rootKey, Root))];

        X509Crl List(CertificateIssuer from) => CertificateReading.ReadCrl(from.IssueCrl([], 1, now.AddMinutes(-1), now.AddDays(1)));
    }

    public X509Certificate Root { get; }

    public X509Certificate Issuing { get; }

    public IReadOnlyList<X509Crl> Crls { get; }

    public X509Certificate Issue() => issuer.Issue(Content("department", endKey, "End"));

    public void Dispose()
    {
        rootKey.Dispose();
        issuingKey.Dispose();
        endKey.Dispose();
    }

    private static CertificateContent Content(string profile, SoftwareSigner key, string name)
    {
        var now = DateTimeOffset.UtcNow;
        return new CertificateContent(CertificateProfile.All[profile], DistinguishedName.Of("测试", name), key.PublicKey, now.AddMinutes(-5), now.AddDays(300));
    }
}
