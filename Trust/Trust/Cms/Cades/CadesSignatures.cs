using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Esf;
using Org.BouncyCastle.Asn1.Ess;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites;
using Attribute = Org.BouncyCastle.Asn1.Cms.Attribute;

namespace Yinxin.Trust.Cms.Cades;

/// <summary>What a CAdES signature states beside its content; everything may be left out.</summary>
public sealed record CadesStatements
{
    /// <summary>Claimed signing time.</summary>
    public DateTimeOffset? SigningTime { get; init; }

    /// <summary>The signature policy that it is made under.</summary>
    public (string Oid, ReadOnlyMemory<byte> Document)? Policy { get; init; }

    /// <summary>RFC 3161 tokens over the content, made before.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> ContentTimestamps { get; init; } = [];

    /// <summary>The signing certificate is named by its digest (baseline B demands it).</summary>
    public bool NamesCertificate { get; init; } = true;

    /// <summary>The content lies inside.</summary>
    public bool Attached { get; init; }
}

/// <summary>Makes CAdES signatures of all baseline levels (ETSI EN 319 122-1 §6): B here, T by <see cref="CmsSignatures.AddTimestamp"/>, LT and LTA by adding to them.</summary>
public static class CadesSignatures
{
    private static readonly DerObjectIdentifier SigningTime = CmsAttributes.SigningTime;

    /// <summary>Signs.</summary>
    /// <param name="signer">The signer's key.</param>
    /// <param name="certificates">The signer's certificate first, then others that are put in.</param>
    /// <param name="content">The content.</param>
    /// <param name="statements">What else is signed.</param>
    /// <returns>DER ContentInfo.</returns>
    public static byte[] Create(ISigner signer, IReadOnlyList<X509Certificate> certificates, ReadOnlySpan<byte> content, CadesStatements statements)
    {
        var hash = signer.Algorithm.ContentHash();
        var attributes = new List<Attribute>
        {
            new(CmsAttributes.ContentType, new DerSet(CmsObjectIdentifiers.Data)),
            new(CmsAttributes.MessageDigest, new DerSet(new DerOctetString(hash.Hash(content)))),
        };
        Add(attributes, signer.Suite, certificates[0], statements);
        var signed = new DerSet(attributes.Cast<Asn1Encodable>().ToArray());
        var info = new SignerInfo(
            new SignerIdentifier(new IssuerAndSerialNumber(certificates[0].CertificateStructure)), hash.Identifier(), signed, signer.Algorithm.Identifier(),
            new DerOctetString(signer.Sign(signed.GetDerEncoded())), unauthenticatedAttributes: (Asn1Set?)null);
        return Write(new SignedData(
            new DerSet(hash.Identifier()), new ContentInfo(CmsObjectIdentifiers.Data, statements.Attached ? new DerOctetString(content.ToArray()) : null),
            new DerSet(certificates.Select(c => (Asn1Encodable)c.CertificateStructure).ToArray()), crls: null, new DerSet(info)));
    }

    /// <summary>Puts certificates and revocation lists in (level LT).</summary>
    /// <param name="cms">DER ContentInfo.</param>
    /// <param name="certificates">DER certificates.</param>
    /// <param name="lists">DER CRLs.</param>
    public static byte[] AddValidationData(byte[] cms, IEnumerable<byte[]> certificates, IEnumerable<byte[]> lists)
    {
        var data = CadesReader.Parse(cms);
        return Write(new SignedData(data.DigestAlgorithms, data.EncapContentInfo, Joined(data.Certificates, certificates), Joined(data.CRLs, lists), data.SignerInfos));
    }

    /// <summary>Adds an archive timestamp over everything that is there (level LTA).</summary>
    /// <param name="cms">DER ContentInfo with one signer.</param>
    /// <param name="content">The content when it lies outside, or null.</param>
    /// <param name="hash">Hash of imprint and index.</param>
    /// <param name="stamp">Gets an RFC 3161 token over an imprint by that hash.</param>
    /// <exception cref="CryptographicException">Not a CMS with one signer, or the content is not at hand.</exception>
    public static byte[] AddArchiveTimestamp(byte[] cms, DetachedContent? content, HashFunction hash, Func<byte[], byte[]> stamp)
    {
        var data = CadesReader.Parse(cms);
        if (data.SignerInfos.Count != 1)
        {
            throw new CryptographicException("Exactly one signer is expected.");
        }

        var signer = SignerInfo.GetInstance(data.SignerInfos[0]);
        var inside = data.EncapContentInfo.Content is { } octets ? DetachedContent.Of(Asn1OctetString.GetInstance(octets).GetOctets()) : content;
        var imprint = new ArchiveTimestampV3(data, signer, inside).Imprint(hash, out var index);
        var token = CadesReader.Parse(stamp(imprint));
        var indexed = Replaced(token, SignerInfo.GetInstance(token.SignerInfos[0]), new Attribute(CadesAttributes.HashIndexV3, new DerSet(index)));
        return Replaced(data, signer, new Attribute(CadesAttributes.ArchiveTimestampV3, new DerSet(Asn1Object.FromByteArray(indexed))));
    }

    private static void Add(List<Attribute> attributes, SignatureSuite suite, X509Certificate certificate, CadesStatements statements)
    {
        if (statements.NamesCertificate)
        {
            attributes.Add(new Attribute(CadesAttributes.SigningCertificateV2, new DerSet(PreparedSignature.SigningCertificate(suite, certificate))));
        }

        if (statements.SigningTime is { } time)
        {
            attributes.Add(new Attribute(SigningTime, new DerSet(new Org.BouncyCastle.Asn1.Cms.Time(time.UtcDateTime))));
        }

        if (statements.Policy is { } policy)
        {
            var digest = new OtherHashAlgAndValue(suite.DigestAlgorithm(), new DerOctetString(suite.Hash(policy.Document.Span)));
            attributes.Add(new Attribute(CadesAttributes.SignaturePolicy, new DerSet(new SignaturePolicyId(new DerObjectIdentifier(policy.Oid), digest))));
        }

        if (statements.ContentTimestamps.Count > 0)
        {
            attributes.Add(new Attribute(CadesAttributes.ContentTimestamp, new DerSet(statements.ContentTimestamps.Select(t => (Asn1Encodable)Asn1Object.FromByteArray(t.ToArray())).ToArray())));
        }
    }

    private static byte[] Replaced(SignedData data, SignerInfo signer, Attribute added)
    {
        var attributes = CadesAttributes.All(signer.UnsignedAttrs).Append(added).Cast<Asn1Encodable>().ToArray();
        var changed = new SignerInfo(signer.SignerID, signer.DigestAlgorithm, signer.SignedAttrs, signer.SignatureAlgorithm, signer.Signature, new DerSet(attributes));
        return Write(new SignedData(data.DigestAlgorithms, data.EncapContentInfo, data.Certificates, data.CRLs, new DerSet(changed)));
    }

    private static DerSet Joined(Asn1Set? present, IEnumerable<byte[]> added)
    {
        var all = (present ?? DerSet.Empty).Select(e => e.GetDerEncoded()).Concat(added).DistinctBy(Convert.ToHexString, StringComparer.Ordinal);
        return new DerSet(all.Select(e => (Asn1Encodable)Asn1Object.FromByteArray(e)).ToArray());
    }

    private static byte[] Write(SignedData data) => new ContentInfo(CmsObjectIdentifiers.SignedData, data).GetDerEncoded();
}
