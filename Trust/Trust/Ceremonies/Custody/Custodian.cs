using System.Text.Json.Serialization;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;

namespace Yinxin.Trust.Ceremonies.Custody;

/// <summary>A person who keeps one share of the key that the root keys are encrypted under.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Name">Common name of the certificate.</param>
/// <param name="Certificate">DER; the share is encrypted to it.</param>
/// <param name="Check">Derived from the share's secret: tells a changed share from a wrong threshold, and discloses nothing of a 256-bit secret.</param>
public sealed record Custodian(int Number, string Name, byte[] Certificate, byte[] Check)
{
    private const int KeyEncipherment = 2, KeyAgreement = 4;

    /// <summary>The certificate, parsed.</summary>
    [JsonIgnore]
    internal X509Certificate Parsed => CertificateReading.Read(Certificate);

    /// <summary>Refuses a certificate to which nothing can be encrypted now: RSA below 2048 bits, another key than RSA or EC on a NIST curve, a key usage that forbids it, or out of its time.</summary>
    /// <exception cref="CeremonyException">Refused (<see cref="CeremonyException.Custodian"/>).</exception>
    public static void Demand(X509Certificate certificate, DateTimeOffset now)
    {
        var name = certificate.SubjectDN.CommonName();
        if (now.UtcDateTime < certificate.NotBefore || now.UtcDateTime > certificate.NotAfter)
        {
            throw Refused(name, "is not valid now", "不在有效期内");
        }

        var usage = certificate.GetKeyUsage();
        var wanted = certificate.GetPublicKey() switch
        {
            RsaKeyParameters { Modulus.BitLength: >= 2048 } => KeyEncipherment,
            ECPublicKeyParameters { PublicKeyParamSet: { } curve } when IsNist(curve.Id) => KeyAgreement,
            _ => throw Refused(name, "has no RSA key of 2048 bits or more, nor a key on P-256, P-384 or P-521", "的密钥不是 2048 位以上 RSA，也不是 P-256、P-384 或 P-521"),
        };
        if (usage is not null && !usage[wanted])
        {
            throw Refused(name, wanted == KeyAgreement ? "does not allow keyAgreement" : "does not allow keyEncipherment", "的用途不允许加密");
        }
    }

    private static bool IsNist(string curve) =>
        curve == X9ObjectIdentifiers.Prime256v1.Id || curve is "1.3.132.0.34" or "1.3.132.0.35";

    private static CeremonyException Refused(string name, string english, string chinese) =>
        new(CeremonyException.Custodian, $"The custodian's certificate «{name}» {english}.", $"保管人证书«{name}»{chinese}。");
}
