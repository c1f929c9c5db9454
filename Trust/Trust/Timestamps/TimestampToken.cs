using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.Pkcs;
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
    private readonly TimestampInfo info;

    private TimestampToken(CmsReading cms, TimestampInfo info)
    {
        this.cms = cms;
        this.info = info;
    }

    /// <summary>The time that the TSA vouches for.</summary>
    public DateTimeOffset Time => info.Time;

    /// <summary>How far the true time may be from <see cref="Time"/>; null when the TSA does not say.</summary>
    public TimeSpan? Accuracy => info.Accuracy;

    /// <summary>Hex, lower case; unique for the TSA.</summary>
    public string Serial => info.Serial;

    /// <summary>The policy under which it was made, dotted.</summary>
    public string Policy => info.Policy;

    /// <summary>The digest that it covers.</summary>
    public ReadOnlyMemory<byte> Imprint => info.Imprint;

    /// <summary>The hash function of <see cref="Imprint"/>.</summary>
    public HashFunction ImprintHash => info.Hash;

    /// <summary>How it is signed, for policies that refuse an algorithm by its age; null when unknown.</summary>
    public SignatureScheme? SignatureScheme => SignatureScheme.Of(cms.SignatureAlgorithm);

    /// <summary>DER SubjectPublicKeyInfo of the TSA, whose size may have an end of its own.</summary>
    public ReadOnlyMemory<byte> PublicKey => cms.SignerCertificate.CertificateStructure.SubjectPublicKeyInfo.GetDerEncoded();

    /// <summary>Certificate of the TSA.</summary>
    public X509Certificate SignerCertificate => cms.SignerCertificate;

    /// <summary>Name of the TSA's certificate.</summary>
    public string Authority => cms.SignerCertificate.SubjectDN.CommonName();

    /// <summary>Reads a token.</summary>
    /// <exception cref="CryptographicException">Not a token with its certificate inside, or with parts that the RFC forbids.</exception>
    public static TimestampToken Read(ReadOnlySpan<byte> der)
    {
        var cms = CmsReading.Read(der);
        return cms.ContentType.Equals(PkcsObjectIdentifiers.IdCTTstInfo) && cms.Content is { } content
            ? new TimestampToken(cms, TimestampInfo.Read(content, cms.SignerCertificate)) : throw new CryptographicException("Not a timestamp token.");
    }

    /// <summary>Checks imprint, signature, and the TSA's path at the token's own time.</summary>
    /// <param name="data">The bytes that are said to have existed then.</param>
    /// <param name="anchors">Trusted roots of TSAs.</param>
    /// <param name="crls">CRLs at hand.</param>
    public IReadOnlyList<Check> Verify(ReadOnlySpan<byte> data, IEnumerable<X509Certificate> anchors, IEnumerable<X509Crl>? crls = null) =>
        VerifyDigest(info.Hash, info.Hash.Hash(data), anchors, crls);

    /// <summary>As <see cref="Verify"/>, of data of which only the digest is at hand.</summary>
    /// <param name="hash">How it was made; a token over another digest than this one fails.</param>
    /// <param name="digest">The digest.</param>
    /// <param name="anchors">Trusted roots of TSAs.</param>
    /// <param name="crls">CRLs at hand.</param>
    /// <param name="until">The time at which the TSA's path must still have been valid, when that is later than the token's own: of a token that nothing renewed since.</param>
    public IReadOnlyList<Check> VerifyDigest(HashFunction hash, ReadOnlySpan<byte> digest, IEnumerable<X509Certificate> anchors, IEnumerable<X509Crl>? crls = null, DateTimeOffset? until = null)
    {
        // SHA-1 and shorter digests no longer bind data to a token.
        var imprint = hash == info.Hash && hash is not (HashFunction.Sha1 or HashFunction.Sha224) && CryptographicOperations.FixedTimeEquals(digest, info.Imprint);
        var path = CertificatePath.Validate(
            cms.SignerCertificate, cms.Certificates, anchors, new PathRequirements(until ?? Time, KeyUsage.DigitalSignature | KeyUsage.NonRepudiation, KeyPurposeID.id_kp_timeStamping), crls);
        return
        [
            Check.Of("timestamp.imprint", "时间戳摘要", "Timestamp imprint", imprint),
            Check.Of("timestamp.authority", "时间戳机构证书", "Timestamp authority's certificate", TimestampingCertificate.Is(cms.SignerCertificate)),
            .. cms.Verify().Append(cms.EmbeddedIn(path)).Select(c => c with { Code = c.Code.Replace("signature.", "timestamp.", StringComparison.Ordinal), Chinese = "时间戳：" + c.Chinese, English = "Timestamp: " + c.English }),
            .. path.Checks.Select(c => c with { Code = "timestamp." + c.Code, Chinese = "时间戳：" + c.Chinese, English = "Timestamp: " + c.English }),
        ];
    }
}
