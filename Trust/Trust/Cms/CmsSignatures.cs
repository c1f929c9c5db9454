using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites;
using Attribute = Org.BouncyCastle.Asn1.Cms.Attribute;
using ContentInfo = Org.BouncyCastle.Asn1.Cms.ContentInfo;
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
        var prepared = new PreparedSignature(signer, certificates, contentType);
        return digest.Length == prepared.Hash.Size() ? prepared.Sign(digest, content, include) : throw new CryptographicException($"A digest of {prepared.Hash.Size()} bytes is needed.");
    }
}
