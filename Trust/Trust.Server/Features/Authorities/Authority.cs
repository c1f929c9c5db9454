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

    /// <summary>The role in the hierarchy: <c>root</c>, <c>documents</c>, <c>seals</c>, <c>tsa</c>, <c>tls</c>, <c>timestamps</c>.</summary>
    public string Role => Name[..Name.LastIndexOf('-')];

    /// <summary>
    /// Its lists keep expired certificates: seals, licences and timestamps are judged long after their certificates ended, and a list that
    /// dropped them would say nothing. A TLS certificate is of no interest once it ended.
    /// </summary>
    public bool KeepsExpired => Role != "tls";

    public CertificateIssuer Issuer => new(Signer, Certificate) { Lints = true };

    public static string NameOf(string role, SignatureSuite suite) => $"{role}-{suite.Name()}";
}
