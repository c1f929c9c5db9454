using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Ess;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;
using Attribute = Org.BouncyCastle.Asn1.Cms.Attribute;

namespace Yinxin.Trust.Cms;

/// <summary>A CMS signature with exactly one signer, read strictly.</summary>
public sealed class CmsReading
{
    private const int Largest = 256 * 1024;
    private readonly SignerInfo signer;

    private CmsReading(SignerInfo signer, HashFunction contentHash, IReadOnlyList<X509Certificate> certificates, X509Certificate signerCertificate, byte[]? content, DerObjectIdentifier contentType)
    {
        this.signer = signer;
        ContentHash = contentHash;
        Certificates = certificates;
        SignerCertificate = signerCertificate;
        Content = content;
        ContentType = contentType;
    }

    /// <summary>The hash over the content, which the signature algorithm agrees with.</summary>
    public HashFunction ContentHash { get; }

    /// <summary>The suite that digest and signature belong to.</summary>
    public SignatureSuite Suite => ContentHash == HashFunction.Sm3 ? SignatureSuite.Sm : SignatureSuite.International;

    /// <summary>All certificates inside.</summary>
    public IReadOnlyList<X509Certificate> Certificates { get; }

    /// <summary>The signer's certificate, found by issuer and serial.</summary>
    public X509Certificate SignerCertificate { get; }

    /// <summary>The content octets, or null when detached.</summary>
    public byte[]? Content { get; }

    /// <summary>Type of the content.</summary>
    public DerObjectIdentifier ContentType { get; }

    /// <summary>The signature value, which a timestamp covers.</summary>
    public byte[] SignatureValue => signer.Signature.GetOctets();

    /// <summary>The signature's algorithm as the signer named it.</summary>
    public Org.BouncyCastle.Asn1.X509.AlgorithmIdentifier SignatureAlgorithm => signer.SignatureAlgorithm;

    /// <summary>The RFC 3161 token over the signature value, or null.</summary>
    public byte[]? TimestampToken => Find(signer.UnsignedAttrs, CmsSignatures.SignatureTimestamp)?.GetDerEncoded();

    /// <summary>Reads.</summary>
    /// <exception cref="CryptographicException">Not a SignedData with one signer of either suite whose certificate is inside.</exception>
    public static CmsReading Read(ReadOnlySpan<byte> der)
    {
        if (der.Length > Largest)
        {
            throw new CryptographicException("The CMS structure is too large.");
        }

        try
        {
            StrictDer.Demand(der);
            var bytes = der.ToArray();
            var info = ContentInfo.GetInstance(Asn1Object.FromByteArray(bytes));
            if (!info.ContentType.Equals(CmsObjectIdentifiers.SignedData))
            {
                throw new CryptographicException("Not a CMS SignedData.");
            }

            var data = SignedData.GetInstance(info.Content);
            if (data.SignerInfos.Count != 1)
            {
                throw new CryptographicException("Exactly one signer is expected.");
            }

            var signer = SignerInfo.GetInstance(data.SignerInfos[0]);
            DemandBareForm(info, data, signer, bytes);
            var contentHash = AgreedHash(signer) ?? throw new CryptographicException("Signature and digest algorithm are not known, or do not agree.");
            var certificates = (data.Certificates ?? DerSet.Empty).Select(c => CertificateReading.Read(c.ToAsn1Object().GetDerEncoded())).ToList();
            var id = IssuerAndSerialNumber.GetInstance(signer.SignerID.ID);
            // Byte for byte: no signature covers the name here, and names that are merely equivalent have many forms.
            var end = certificates.FirstOrDefault(c => c.SerialNumber.Equals(id.SerialNumber.Value) && c.IssuerDN.GetDerEncoded().AsSpan().SequenceEqual(id.Issuer.GetDerEncoded()))
                ?? throw new CryptographicException("The signer's certificate is not inside.");
            var content = data.EncapContentInfo.Content is { } c ? Asn1OctetString.GetInstance(c).GetOctets() : null;
            return new CmsReading(signer, contentHash, certificates, end, content, data.EncapContentInfo.ContentType);
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            throw new CryptographicException("Not a CMS SignedData.", e);
        }
    }

    /// <summary>Checks digest, signed attributes and signature value; the certificate's path is the caller's next step.</summary>
    /// <param name="contentDigest">Digest of the detached content by <see cref="ContentHash"/>; null to use the content inside.</param>
    public IReadOnlyList<Check> Verify(ReadOnlySpan<byte> contentDigest = default)
    {
        try
        {
            return Checks(contentDigest);
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            // The parser reads some parts only when they are asked for.
            return [Check.Of("signature.format", "签名结构", "Signature format", passed: false, "The signature is malformed.")];
        }
    }

    private List<Check> Checks(ReadOnlySpan<byte> contentDigest)
    {
        var digest = contentDigest.IsEmpty && Content is not null ? ContentHash.Hash(Content) : contentDigest.ToArray();
        var checks = new List<Check>
        {
            Check.Of("signature.contentType", "签名内容类型", "Signed content type", Find(signer.SignedAttrs, CmsAttributes.ContentType) is DerObjectIdentifier type && type.Equals(ContentType)),
            Check.Of("signature.digest", "内容摘要", "Content digest",
                Find(signer.SignedAttrs, CmsAttributes.MessageDigest) is Asn1OctetString stated && CryptographicOperations.FixedTimeEquals(stated.GetOctets(), digest)),
            Check.Of("signature.certificate", "签名证书绑定", "Signing certificate", NamesItsCertificate()),
            Check.Of("signature.value", "签名值", "Signature value", signer.SignedAttrs is not null && SignatureVerifier.Verify(
                SignerCertificate.SubjectPublicKeyInfo.GetDerEncoded(), signer.SignatureAlgorithm, signer.SignedAttrs.GetEncoded(Asn1Encodable.Der), SignatureValue)),
        };
        return checks;
    }

    /// <summary>
    /// No signature covers versions, algorithm sets and further attributes of a CMS. Where they may have one form only, a changed byte shows;
    /// so DER is demanded throughout, the versions of RFC 5652 §5.1 and §5.3, one digest algorithm, no CRLs, and no attribute but a timestamp.
    /// </summary>
    private static void DemandBareForm(ContentInfo info, SignedData data, SignerInfo signer, byte[] bytes)
    {
        var version = data.EncapContentInfo.ContentType.Equals(CmsObjectIdentifiers.Data) ? 1 : 3;
        var bare = info.GetDerEncoded().AsSpan().SequenceEqual(bytes)
            && data.Version.IntValueExact == version
            && signer.Version.IntValueExact == 1
            && data.DigestAlgorithms.Count == 1
            && Org.BouncyCastle.Asn1.X509.AlgorithmIdentifier.GetInstance(data.DigestAlgorithms[0]).Equals(signer.DigestAlgorithm)
            && data.CRLs is null
            && IsAscending(data.Certificates) && IsAscending(signer.SignedAttrs)
            && (signer.UnsignedAttrs is null || (signer.UnsignedAttrs.Count == 1 && Attribute.GetInstance(signer.UnsignedAttrs[0]).AttrType.Equals(CmsSignatures.SignatureTimestamp)));
        if (!bare)
        {
            throw new CryptographicException("The CMS is not in the one form that signatures are read in.");
        }
    }

    /// <summary>The order of a SET OF in DER (X.690 §11.6), and nothing twice. Parsers sort what is implicitly tagged, so that they would verify any order.</summary>
    private static bool IsAscending(Asn1Set? set)
    {
        var encoded = (set ?? DerSet.Empty).Select(e => e.GetEncoded()).ToList();
        return encoded.Zip(encoded.Skip(1)).All(pair => pair.First.AsSpan().SequenceCompareTo(pair.Second) < 0);
    }

    /// <summary>The attribute signing-certificate-v2 keeps a certificate from being exchanged for another of the same key (RFC 5035).</summary>
    private bool NamesItsCertificate()
    {
        try
        {
            if (Find(signer.SignedAttrs, CmsSignatures.SigningCertificateV2) is not { } value)
            {
                return false;
            }

            var id = SigningCertificateV2.GetInstance(value).GetCerts()[0];
            return Digests.OfIdentifier(id.HashAlgorithm) is { } hash && hash != HashFunction.Sha1 && CryptographicOperations.FixedTimeEquals(hash.Hash(SignerCertificate.GetEncoded()), id.GetCertHash());
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            return false;
        }
    }

    /// <summary>The signature's own hash must be the one over the content (RFC 5754 §3); Ed25519 goes with SHA-512 (RFC 8419 §3.1). SHA-1 is too weak to sign content.</summary>
    private static HashFunction? AgreedHash(SignerInfo signer) =>
        SignatureScheme.Of(signer.SignatureAlgorithm) is { } scheme and not DsaScheme
        && Digests.OfIdentifier(signer.DigestAlgorithm) is { } hash and not HashFunction.Sha1
        && hash == (scheme.DataHash ?? HashFunction.Sha512) ? hash : null;

    private static Asn1Object? Find(Asn1Set? attributes, DerObjectIdentifier type)
    {
        var found = (attributes ?? DerSet.Empty).Select(a => Attribute.GetInstance(a)).Where(a => a.AttrType.Equals(type)).ToList();
        return found is [{ AttrValues.Count: 1 } only] ? only.AttrValues[0].ToAsn1Object() : null;
    }
}
