using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Ess;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites;
using Attribute = Org.BouncyCastle.Asn1.Cms.Attribute;
using ContentInfo = Org.BouncyCastle.Asn1.Cms.ContentInfo;
using IssuerAndSerialNumber = Org.BouncyCastle.Asn1.Cms.IssuerAndSerialNumber;
using SignedData = Org.BouncyCastle.Asn1.Cms.SignedData;
using SignerInfo = Org.BouncyCastle.Asn1.Cms.SignerInfo;

namespace Yinxin.Trust.Cms;

/// <summary>Makes CMS signatures with one signer (RFC 5652), CAdES baseline B and T (ETSI EN 319 122-1): what PDF (ETSI.CAdES.detached) and RFC 3161 tokens hold.</summary>
public static class CmsSignatures
{
    /// <summary>id-aa-signingCertificateV2 (RFC 5035).</summary>
    internal static readonly DerObjectIdentifier SigningCertificateV2 = new("1.2.840.113549.1.9.16.2.47");

    /// <summary>id-aa-signatureTimeStampToken (RFC 3161 appendix A).</summary>
    internal static readonly DerObjectIdentifier SignatureTimestamp = new("1.2.840.113549.1.9.16.2.14");

    /// <summary>A detached signature over content of which only the digest is at hand.</summary>
    /// <param name="signer">The signer's key.</param>
    /// <param name="certificates">The signer's certificate first, then its chain; all are put in.</param>
    /// <param name="contentDigest">Digest of the content by <see cref="SignatureAlgorithms.ContentHash"/> of the signer's algorithm (SHA-256 or SM3 for the suites' first algorithms).</param>
    /// <returns>DER ContentInfo.</returns>
    public static byte[] CreateDetached(ISigner signer, IReadOnlyList<X509Certificate> certificates, ReadOnlySpan<byte> contentDigest) =>
        Create(signer, certificates, include: true, CmsObjectIdentifiers.Data, content: null, contentDigest);

    /// <summary>A signature that carries its content.</summary>
    /// <param name="signer">The signer's key.</param>
    /// <param name="certificates">The signer's certificate first, then its chain.</param>
    /// <param name="include">Whether the certificates are put in (RFC 3161 certReq).</param>
    /// <param name="contentType">E.g. id-ct-TSTInfo.</param>
    /// <param name="content">The content octets.</param>
    /// <returns>DER ContentInfo.</returns>
    public static byte[] CreateAttached(ISigner signer, IReadOnlyList<X509Certificate> certificates, bool include, DerObjectIdentifier contentType, byte[] content) =>
        Create(signer, certificates, include, contentType, content, signer.Algorithm.ContentHash().Hash(content));

    /// <summary>Adds a timestamp over the signature value (baseline T).</summary>
    /// <param name="cms">DER ContentInfo with one signer.</param>
    /// <param name="token">RFC 3161 token whose imprint is the digest of <see cref="SignatureValue"/>.</param>
    public static byte[] AddTimestamp(byte[] cms, byte[] token)
    {
        var signedData = SignedData.GetInstance(ContentInfo.GetInstance(cms).Content);
        var signer = SignerInfo.GetInstance(signedData.SignerInfos[0]);
        var attribute = new Attribute(SignatureTimestamp, new DerSet(Asn1Object.FromByteArray(token)));
        var stamped = new SignerInfo(
            signer.SignerID, signer.DigestAlgorithm, signer.SignedAttrs, signer.SignatureAlgorithm, signer.Signature, new DerSet(attribute));
        var data = new SignedData(signedData.DigestAlgorithms, signedData.EncapContentInfo, signedData.Certificates, signedData.CRLs, new DerSet(stamped));
        return new ContentInfo(CmsObjectIdentifiers.SignedData, data).GetDerEncoded();
    }

    /// <summary>The signature bytes of the one signer: what a timestamp covers.</summary>
    public static byte[] SignatureValue(byte[] cms)
    {
        var signedData = SignedData.GetInstance(ContentInfo.GetInstance(cms).Content);
        return SignerInfo.GetInstance(signedData.SignerInfos[0]).Signature.GetOctets();
    }

    private static byte[] Create(ISigner signer, IReadOnlyList<X509Certificate> certificates, bool include, DerObjectIdentifier contentType, byte[]? content, ReadOnlySpan<byte> digest)
    {
        var hash = signer.Algorithm.ContentHash();
        if (digest.Length != hash.Size())
        {
            throw new CryptographicException($"A digest of {hash.Size()} bytes is needed.");
        }

        var end = certificates[0];
        var attributes = new DerSet(
            new Attribute(CmsAttributes.ContentType, new DerSet(contentType)),
            new Attribute(CmsAttributes.MessageDigest, new DerSet(new DerOctetString(digest.ToArray()))),
            new Attribute(SigningCertificateV2, new DerSet(SigningCertificate(signer.Suite, end))));
        var signature = signer.Sign(attributes.GetDerEncoded());
        var signerInfo = new SignerInfo(
            new SignerIdentifier(new IssuerAndSerialNumber(end.CertificateStructure)),
            hash.Identifier(), attributes, signer.Algorithm.Identifier(), new DerOctetString(signature), unauthenticatedAttributes: (Asn1Set?)null);
        var signedData = new SignedData(
            new DerSet(hash.Identifier()),
            new ContentInfo(contentType, content is null ? null : new DerOctetString(content)),
            include ? new DerSet(certificates.Select(c => (Asn1Encodable)c.CertificateStructure).ToArray()) : null,
            crls: null,
            new DerSet(signerInfo));
        return new ContentInfo(CmsObjectIdentifiers.SignedData, signedData).GetDerEncoded();
    }

    internal static SigningCertificateV2 SigningCertificate(SignatureSuite suite, X509Certificate certificate)
    {
        var hash = suite.Hash(certificate.GetEncoded());
        var issuerSerial = new IssuerSerial(new GeneralNames(new GeneralName(certificate.IssuerDN)), new DerInteger(certificate.SerialNumber));
        // SHA-256 is the default of the hash algorithm and must not be written (DER).
        var id = suite == SignatureSuite.Sm ? new EssCertIDv2(suite.DigestAlgorithm(), hash, issuerSerial) : new EssCertIDv2(hash, issuerSerial);
        return new SigningCertificateV2(id);
    }
}
