using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Keys;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Authorities;

/// <summary>An authority ready to work.</summary>
internal sealed record Authority(string Name, ISigner Signer, X509Certificate Certificate)
{
    public SignatureSuite Suite => Signer.Suite;

    public bool IsRoot => Name.StartsWith("root-", StringComparison.Ordinal);

    /// <summary>Its key lies on a machine without a network: it signs nothing here, and its CRL is brought in.</summary>
    public bool IsOffline => Signer is OfflineSigner;

    /// <summary>It issues certificates, and so has a CRL and an OCSP responder.</summary>
    public bool IsIssuer => Certificate.GetBasicConstraints() >= 0;

    /// <summary>The role in the hierarchy: <c>root</c>, <c>documents</c>, <c>persons</c>, <c>timestamps</c> ….</summary>
    public string Role => Name[..Name.LastIndexOf('-')];

    /// <summary>
    /// Its lists keep expired certificates: seals, licences and timestamps are judged long after their certificates ended, and a list that
    /// dropped them would say nothing. A TLS certificate is of no interest once it ended.
    /// </summary>
    public bool KeepsExpired => Role != "tls";

    /// <summary>When a certificate of a profile ends that begins now: it does not outlive its issuer, under which nobody could verify it.</summary>
    public DateTimeOffset EndOf(CertificateProfile profile, DateTimeOffset now)
    {
        var (wanted, end) = (now.AddDays(profile.ValidityDays), new DateTimeOffset(Certificate.NotAfter, TimeSpan.Zero));
        return wanted < end ? wanted : end;
    }

    public CertificateIssuer Issuer => new(Signer, Certificate) { Lints = true };

    public static string NameOf(string role, SignatureSuite suite) => $"{role}-{suite.Name()}";
}
