using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Esf;
using Org.BouncyCastle.Asn1.Ess;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Cms.Cades;

/// <summary>One signer of a CMS as a subject of validation.</summary>
internal sealed class CadesSigner(SignedData data, SignerInfo signer, DetachedContent? content, string id)
{
    private readonly HashFunction? hash = Digests.OfIdentifier(signer.DigestAlgorithm);

    public SignatureUnderValidation Read(IReadOnlyList<PathCertificate> certificates, IReadOnlyList<RevocationEvidence> revocation)
    {
        DemandOnce();
        var signed = signer.SignedAttrs;
        return new SignatureUnderValidation
        {
            Id = id,
            Format = "CAdES",
            Objects = [Content()],
            SignedBytes = signed is null ? SignedDirectly() : signed.GetEncoded(Asn1Encodable.Der),
            Algorithm = SignatureIdentifiers.Complete(signer.SignatureAlgorithm, hash),
            Value = signer.Signature.GetOctets(),
            Signer = Identifier(),
            References = [.. References()],
            Certificates = certificates,
            Revocation = revocation,
            ClaimedTime = CadesAttributes.Single(signed, CmsAttributes.SigningTime) is { } time ? new DateTimeOffset(Org.BouncyCastle.Asn1.Cms.Time.GetInstance(time).ToDateTime().ToUniversalTime(), TimeSpan.Zero) : null,
            SignsContentType = signed is not null && CadesAttributes.Single(signed, CmsAttributes.ContentType) is DerObjectIdentifier type && type.Equals(data.EncapContentInfo.ContentType),
            Policy = Policy(),
            ContentTimestamps = [.. CadesAttributes.Values(signed, CadesAttributes.ContentTimestamp).Select((t, i) => TimestampReader.Read(t.GetDerEncoded(), Name("content-timestamp", i), h => content?.Digest(h), []))],
            SignatureTimestamps = [.. CadesAttributes.Values(signer.UnsignedAttrs, CadesAttributes.SignatureTimestamp).Select((t, i) => TimestampReader.Read(
                t.GetDerEncoded(), Name("signature-timestamp", i), h => h.Hash(signer.Signature.GetOctets()), [EvidenceKey.Of(signer.Signature.GetOctets())]))],
            ArchiveTimestamps = [.. CadesAttributes.Values(signer.UnsignedAttrs, CadesAttributes.ArchiveTimestampV3).Select((t, i) => new ArchiveTimestampV3(data, signer, content).Read(t.GetDerEncoded(), Name("archive-timestamp", i)))],
        };
    }

    private string Name(string kind, int index) => FormattableString.Invariant($"{id}/{kind}-{index + 1}");

    /// <summary>RFC 5652 §11, RFC 5035 §3: these stand once, with one value. Two of a kind would let two readers see two signatures.</summary>
    private void DemandOnce()
    {
        DerObjectIdentifier[] once = [CmsAttributes.ContentType, CmsAttributes.MessageDigest, CmsAttributes.SigningTime, CadesAttributes.SigningCertificate, CadesAttributes.SigningCertificateV2, CadesAttributes.SignaturePolicy];
        foreach (var type in once.Where(t => CadesAttributes.Of(signer.SignedAttrs, t).Any() && CadesAttributes.Single(signer.SignedAttrs, t) is null))
        {
            throw new CryptographicException($"The signed attribute {type.Id} does not stand once with one value.");
        }

        if (hash is null)
        {
            throw new CryptographicException($"The digest algorithm {signer.DigestAlgorithm.Algorithm.Id} is not known.");
        }

        if (signer.SignedAttrs is null && !data.EncapContentInfo.ContentType.Equals(CmsObjectIdentifiers.Data))
        {
            throw new CryptographicException("Content of another type than data needs signed attributes (RFC 5652 §5.3).");
        }
    }

    private SignedObject Content()
    {
        var actual = content?.Digest(hash!.Value);
        return signer.SignedAttrs is null ? new SignedObject("content", hash!.Value, actual ?? default, actual)
            : CadesAttributes.Single(signer.SignedAttrs, CmsAttributes.MessageDigest) is Asn1OctetString stated ? new SignedObject("content", hash!.Value, stated.GetOctets(), actual)
            : throw new CryptographicException("The signed attributes hold no message digest.");
    }

    private byte[] SignedDirectly() => data.EncapContentInfo.Content is { } inside ? Asn1OctetString.GetInstance(inside).GetOctets()
        : throw new CryptographicException("Detached signatures without signed attributes are not read.");

    private Validation.Subjects.SignerIdentifier Identifier()
    {
        if (signer.SignerID.ID.ToAsn1Object() is Asn1OctetString or Asn1TaggedObject)
        {
            var key = signer.SignerID.ID.ToAsn1Object() is Asn1TaggedObject tagged ? Asn1OctetString.GetInstance(tagged, declaredExplicit: false) : Asn1OctetString.GetInstance(signer.SignerID.ID);
            return new Validation.Subjects.SignerIdentifier(default, default, key.GetOctets());
        }

        var named = IssuerAndSerialNumber.GetInstance(signer.SignerID.ID);
        return new Validation.Subjects.SignerIdentifier(named.Issuer.GetDerEncoded(), named.SerialNumber.Value.ToByteArray());
    }

    private IEnumerable<CertificateReference> References()
    {
        if (CadesAttributes.Single(signer.SignedAttrs, CadesAttributes.SigningCertificateV2) is { } second)
        {
            return Org.BouncyCastle.Asn1.Ess.SigningCertificateV2.GetInstance(second).GetCerts().Select(c => new CertificateReference(Digests.OfIdentifier(c.HashAlgorithm), c.GetCertHash()));
        }

        return CadesAttributes.Single(signer.SignedAttrs, CadesAttributes.SigningCertificate) is { } first
            ? Org.BouncyCastle.Asn1.Ess.SigningCertificate.GetInstance(first).GetCerts().Select(c => new CertificateReference(HashFunction.Sha1, c.GetCertHash()))
            : [];
    }

    private SignaturePolicyReference? Policy()
    {
        if (CadesAttributes.Single(signer.SignedAttrs, CadesAttributes.SignaturePolicy) is not { } value || value is Asn1Null)
        {
            return null;
        }

        var policy = SignaturePolicyId.GetInstance(value);
        return new SignaturePolicyReference(policy.SigPolicyIdentifier.Id, Digests.OfIdentifier(policy.SigPolicyHash.HashAlgorithm), policy.SigPolicyHash.GetHashValue());
    }
}
