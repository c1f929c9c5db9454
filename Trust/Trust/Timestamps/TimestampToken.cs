using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.Tsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;

namespace Yinxin.Trust.Timestamps;

/// <summary>A timestamp token as a verifier reads it (RFC 3161 §2.4.2).</summary>
public sealed class TimestampToken
{
    private readonly CmsReading cms;
    private readonly TstInfo info;

    private TimestampToken(CmsReading cms, TstInfo info)
    {
        this.cms = cms;
        this.info = info;
        Time = new DateTimeOffset(info.GenTime.ToDateTime().ToUniversalTime(), TimeSpan.Zero);
    }

    /// <summary>The time that the TSA vouches for.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>Name of the TSA's certificate.</summary>
    public string Authority => cms.SignerCertificate.SubjectDN.CommonName();

    /// <summary>Reads a token.</summary>
    /// <exception cref="CryptographicException">Not a token with its certificate inside.</exception>
    public static TimestampToken Read(ReadOnlySpan<byte> der)
    {
        var cms = CmsReading.Read(der);
        if (!cms.ContentType.Equals(PkcsObjectIdentifiers.IdCTTstInfo) || cms.Content is null)
        {
            throw new CryptographicException("Not a timestamp token.");
        }

        try
        {
            return new TimestampToken(cms, TstInfo.GetInstance(cms.Content));
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            throw new CryptographicException("Not a timestamp token.", e);
        }
    }

    /// <summary>Checks imprint, signature, and the TSA's path at the token's own time.</summary>
    /// <param name="data">The bytes that are said to have existed then.</param>
    /// <param name="anchors">Trusted roots of TSAs.</param>
    /// <param name="crls">CRLs at hand.</param>
    public IReadOnlyList<Check> Verify(ReadOnlySpan<byte> data, IEnumerable<X509Certificate> anchors, IEnumerable<X509Crl>? crls = null)
    {
        var imprint = SuiteIdentifiers.OfDigest(info.MessageImprint.HashAlgorithm.Algorithm) is { } suite
            && CryptographicOperations.FixedTimeEquals(suite.Hash(data), info.MessageImprint.GetHashedMessage());
        var path = CertificatePath.Validate(
            cms.SignerCertificate, cms.Certificates, anchors, new PathRequirements(Time, KeyUsage.DigitalSignature | KeyUsage.NonRepudiation, KeyPurposeID.id_kp_timeStamping), crls);
        return
        [
            Check.Of("timestamp.imprint", "时间戳摘要", "Timestamp imprint", imprint),
            .. cms.Verify().Append(cms.EmbeddedIn(path)).Select(c => c with { Code = c.Code.Replace("signature.", "timestamp.", StringComparison.Ordinal), Chinese = "时间戳：" + c.Chinese, English = "Timestamp: " + c.English }),
            .. path.Checks.Select(c => c with { Code = "timestamp." + c.Code, Chinese = "时间戳：" + c.Chinese, English = "Timestamp: " + c.English }),
        ];
    }
}
