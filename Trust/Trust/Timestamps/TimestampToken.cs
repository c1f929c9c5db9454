using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Timestamps;

/// <summary>A timestamp token as a verifier reads it (RFC 3161 §2.4.2).</summary>
public sealed class TimestampToken
{
    private readonly ReadOnlyMemory<byte> encoded;
    private readonly CmsReading cms;
    private readonly TimestampInfo info;

    private TimestampToken(ReadOnlyMemory<byte> encoded, CmsReading cms, TimestampInfo info)
    {
        this.encoded = encoded;
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
            ? new TimestampToken(der.ToArray(), cms, TimestampInfo.Read(content, cms.SignerCertificate)) : throw new CryptographicException("Not a timestamp token.");
    }

    /// <summary>Has the validation engine judge the token at the time that it states itself.</summary>
    /// <param name="data">The bytes that are said to have existed then.</param>
    /// <param name="material">Anchors of TSAs and revocation data.</param>
    public IReadOnlyList<Check> Verify(ReadOnlySpan<byte> data, ValidationMaterial material) => VerifyDigest(info.Hash, info.Hash.Hash(data), material);

    /// <summary>As <see cref="Verify"/>, of data of which only the digest is at hand.</summary>
    /// <param name="hash">How it was made; a token over another digest than this one fails.</param>
    /// <param name="digest">The digest.</param>
    /// <param name="material">Anchors of TSAs and revocation data.</param>
    /// <param name="policy">What is asked; the platform's own policy when null.</param>
    /// <param name="until">The time at which the TSA's path must still have been valid, when that is later than the token's own: of a token that nothing renewed since.</param>
    public IReadOnlyList<Check> VerifyDigest(HashFunction hash, byte[] digest, ValidationMaterial material, ValidationPolicy? policy = null, DateTimeOffset? until = null)
    {
        var subject = TimestampReader.Read(encoded, "timestamp", asked => asked == hash ? digest : default(ReadOnlyMemory<byte>?), []);
        return ValidationChecks.Timestamps(SignatureValidation.ValidateTimestamp(subject, material, policy ?? ValidationPolicy.Platform, until ?? Time));
    }
}
