using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Cms.Cades;

/// <summary>What lies in a CMS, by the names that proofs of existence use.</summary>
internal static class CadesMaterial
{
    /// <summary>id-ri-ocsp-response (RFC 5940 §3).</summary>
    public static readonly DerObjectIdentifier OcspResponse = new("1.3.6.1.5.5.7.16.2");

    /// <summary>Elements of a set, DER.</summary>
    public static IEnumerable<byte[]> Parts(Asn1Set? set) => (set ?? DerSet.Empty).Select(e => e.GetDerEncoded());

    /// <summary>The names of one certificate or piece of revocation data: an OCSP response is also known without its wrapping.</summary>
    public static IEnumerable<EvidenceKey> Names(byte[] part)
    {
        yield return EvidenceKey.Of(part);
        if (Asn1Object.FromByteArray(part) is Asn1TaggedObject { TagNo: 1 } tagged && Asn1Sequence.GetInstance(tagged, declaredExplicit: false) is { Count: 2 } other && OcspResponse.Equals(other[0]))
        {
            yield return EvidenceKey.Of(other[1].GetDerEncoded());
        }
    }

    /// <summary>A timestamp token with the certificates and revocation data inside it.</summary>
    public static IEnumerable<EvidenceKey> Inside(byte[] token)
    {
        var inner = CadesReader.Parse(token);
        return Parts(inner.Certificates).Concat(Parts(inner.CRLs)).SelectMany(Names).Append(EvidenceKey.Of(token));
    }

    /// <summary>All of a CMS: itself, certificates, revocation data, and for each signer the signature value and every timestamp with what lies in it.</summary>
    public static IEnumerable<EvidenceKey> All(byte[] cms)
    {
        var data = CadesReader.Parse(cms);
        var signers = data.SignerInfos.Select(s => SignerInfo.GetInstance(s)).ToList();
        return Inside(cms).Concat(signers.Select(s => EvidenceKey.Of(s.Signature.GetOctets()))).Concat(signers.SelectMany(Tokens).SelectMany(Inside));
    }

    private static IEnumerable<byte[]> Tokens(SignerInfo signer) =>
        CadesAttributes.Values(signer.SignedAttrs, CadesAttributes.ContentTimestamp)
            .Concat(CadesAttributes.Values(signer.UnsignedAttrs, CadesAttributes.SignatureTimestamp))
            .Concat(CadesAttributes.Values(signer.UnsignedAttrs, CadesAttributes.ArchiveTimestampV3))
            .Select(t => t.GetDerEncoded());
}
