using System.Formats.Asn1;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Ess;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites;
using Attribute = Org.BouncyCastle.Asn1.Cms.Attribute;
using IssuerAndSerialNumber = Org.BouncyCastle.Asn1.Cms.IssuerAndSerialNumber;

namespace Yinxin.Trust.Cms;

/// <summary>
/// All of a CMS signature (RFC 5652 §5) but content, digest and signature value, encoded once for a signer and a content type: a TSA would otherwise
/// spend more time on encoding than on signing. Safe for concurrent use.
/// </summary>
internal sealed class PreparedSignature
{
    private const byte ContextZero = 0xA0;
    private static readonly Asn1Tag Tagged = new(TagClass.ContextSpecific, 0, isConstructed: true);

    private readonly ISigner signer;
    private readonly int version;
    private readonly byte[] contentType;
    private readonly byte[] certificates;
    private readonly byte[] identifier;
    private readonly byte[] digestAlgorithm;
    private readonly byte[] signatureAlgorithm;
    private readonly byte[] attributes;
    private readonly int digestAt;

    /// <param name="signer">The signer's key.</param>
    /// <param name="certificates">The signer's certificate first, then its chain.</param>
    /// <param name="contentType">E.g. id-data, id-ct-TSTInfo.</param>
    public PreparedSignature(ISigner signer, IReadOnlyList<X509Certificate> certificates, DerObjectIdentifier contentType)
    {
        this.signer = signer;
        Hash = signer.Algorithm.ContentHash();
        // RFC 5652 §5.1: 3 for a content type other than id-data.
        version = contentType.Equals(CmsObjectIdentifiers.Data) ? 1 : 3;
        this.contentType = contentType.GetDerEncoded();
        this.certificates = new DerSet(certificates.Select(c => (Asn1Encodable)c.CertificateStructure).ToArray()).GetDerEncoded();
        // certificates [0] IMPLICIT: the same set under another tag.
        this.certificates[0] = ContextZero;
        identifier = new IssuerAndSerialNumber(certificates[0].CertificateStructure).GetDerEncoded();
        digestAlgorithm = Hash.Identifier().GetDerEncoded();
        signatureAlgorithm = signer.Algorithm.Identifier().GetDerEncoded();
        (attributes, digestAt) = Attributes(signer.Suite, certificates[0], contentType, Hash.Size());
    }

    /// <summary>The hash over the content.</summary>
    public HashFunction Hash { get; }

    /// <summary>Signs.</summary>
    /// <param name="digest">Of the content, by <see cref="Hash"/>.</param>
    /// <param name="content">The content octets, or empty when it is detached.</param>
    /// <param name="include">Whether the certificates are put in.</param>
    /// <returns>DER ContentInfo.</returns>
    public byte[] Sign(ReadOnlySpan<byte> digest, byte[]? content, bool include)
    {
        var signed = (byte[])attributes.Clone();
        digest.CopyTo(signed.AsSpan(digestAt));
        var signature = signer.Sign(signed);
        // signedAttrs [0] IMPLICIT; the signature is over the set (§5.4).
        signed[0] = ContextZero;

        var writer = new AsnWriter(AsnEncodingRules.DER, initialCapacity: 2048);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(CmsObjectIdentifiers.SignedData.Id);
            using (writer.PushSequence(Tagged))
            using (writer.PushSequence())
            {
                writer.WriteInteger(version);
                using (writer.PushSetOf())
                {
                    writer.WriteEncodedValue(digestAlgorithm);
                }

                WriteContent(writer, content);
                if (include)
                {
                    writer.WriteEncodedValue(certificates);
                }

                using (writer.PushSetOf())
                {
                    WriteSigner(writer, signed, signature);
                }
            }
        }

        return writer.Encode();
    }

    private void WriteContent(AsnWriter writer, byte[]? content)
    {
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(contentType);
            if (content is not null)
            {
                using (writer.PushSequence(Tagged))
                {
                    writer.WriteOctetString(content);
                }
            }
        }
    }

    private void WriteSigner(AsnWriter writer, byte[] signed, byte[] signature)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteEncodedValue(identifier);
            writer.WriteEncodedValue(digestAlgorithm);
            writer.WriteEncodedValue(signed);
            writer.WriteEncodedValue(signatureAlgorithm);
            writer.WriteOctetString(signature);
        }
    }

    /// <summary>The set of signed attributes with zeros for the digest, and where the digest goes. The order of the set never depends on it: types differ before it.</summary>
    private static (byte[] Set, int DigestAt) Attributes(SignatureSuite suite, X509Certificate certificate, DerObjectIdentifier contentType, int digestLength)
    {
        var digest = new Attribute(CmsAttributes.MessageDigest, new DerSet(new DerOctetString(new byte[digestLength])));
        var set = new DerSet(
            new Attribute(CmsAttributes.ContentType, new DerSet(contentType)), digest, new Attribute(CmsSignatures.SigningCertificateV2, new DerSet(SigningCertificate(suite, certificate)))).GetDerEncoded();
        var encoded = digest.GetDerEncoded();
        return (set, set.AsSpan().IndexOf(encoded) + encoded.Length - digestLength);
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
