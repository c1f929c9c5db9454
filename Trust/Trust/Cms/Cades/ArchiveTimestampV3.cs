using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Cms.Cades;

/// <summary>Archive timestamps of version 3 (ETSI EN 319 122-1 §5.5.3) over one signer of a CMS.</summary>
internal sealed class ArchiveTimestampV3(SignedData data, SignerInfo signer, DetachedContent? content)
{
    /// <summary>The imprint of a new archive timestamp over everything that is there now.</summary>
    /// <param name="hash">By which hash.</param>
    /// <param name="index">The hash index that must be put into the token's unsigned attributes.</param>
    public byte[] Imprint(HashFunction hash, out Asn1Encodable index)
    {
        index = new DerSequence(
            hash.Identifier(),
            Hashes(hash, CadesMaterial.Parts(data.Certificates)),
            Hashes(hash, CadesMaterial.Parts(data.CRLs)),
            Hashes(hash, Attributes()));
        return hash.Hash(Covered(content?.Digest(hash) ?? throw new CryptographicException("The content is not at hand."), index.GetDerEncoded()));
    }

    /// <summary>Reads one. Everything that its index names must be there; what it does not name, it does not prove.</summary>
    public TimestampUnderValidation Read(byte[] token, string id)
    {
        try
        {
            var inner = SignerInfo.GetInstance(CadesReader.Parse(token).SignerInfos[0]);
            var value = CadesAttributes.Single(inner.UnsignedAttrs, CadesAttributes.HashIndexV3) ?? throw new CryptographicException("The archive timestamp has no hash index.");
            var index = Asn1Sequence.GetInstance(value);
            var hash = Digests.OfIdentifier(AlgorithmIdentifier.GetInstance(index[0])) ?? throw new CryptographicException("The hash of the index is not known.");
            var proves = new List<EvidenceKey> { EvidenceKey.Of(signer.Signature.GetOctets()) };
            proves.AddRange(Match(hash, index[1], CadesMaterial.Parts(data.Certificates)).SelectMany(CadesMaterial.Names));
            proves.AddRange(Match(hash, index[2], CadesMaterial.Parts(data.CRLs)).SelectMany(CadesMaterial.Names));
            Match(hash, index[3], Attributes());
            proves.AddRange(Tokens(hash, index[3]).SelectMany(CadesMaterial.Inside));
            return TimestampReader.Read(token, id, h => content?.Digest(h) is { } digest ? h.Hash(Covered(digest, value.GetDerEncoded())) : null, proves);
        }
        catch (Exception e) when (e is CryptographicException || Malformed.Is(e))
        {
            var finding = e is CryptographicException ? e.Message : "Not an archive timestamp.";
            return new TimestampUnderValidation { Signature = SignatureUnderValidation.Unreadable(id, "RFC 3161", finding), Time = DateTimeOffset.MaxValue, Proves = [], Key = EvidenceKey.Of(token) };
        }
    }

    private static DerSequence Hashes(HashFunction hash, IEnumerable<byte[]> parts) => new(parts.Select(p => (Asn1Encodable)new DerOctetString(hash.Hash(p))).ToArray());

    /// <summary>Type and value of each unsigned attribute, one after the other.</summary>
    private IEnumerable<byte[]> Attributes() => CadesAttributes.All(signer.UnsignedAttrs).SelectMany(a => a.AttrValues.Select(v => Concatenate(a.AttrType.GetDerEncoded(), v.GetDerEncoded())));

    private static List<byte[]> Match(HashFunction hash, Asn1Encodable index, IEnumerable<byte[]> parts)
    {
        var byDigest = parts.GroupBy(p => Convert.ToHexString(hash.Hash(p)), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        return [.. Asn1Sequence.GetInstance(index).Select(d => byDigest.GetValueOrDefault(Convert.ToHexString(Asn1OctetString.GetInstance(d).GetOctets()))
            ?? throw new CryptographicException("The archive timestamp covers something that is no longer there."))];
    }

    /// <summary>Timestamp tokens among the attributes that the index names.</summary>
    private IEnumerable<byte[]> Tokens(HashFunction hash, Asn1Encodable index)
    {
        var named = Asn1Sequence.GetInstance(index).Select(d => Convert.ToHexString(Asn1OctetString.GetInstance(d).GetOctets())).ToHashSet(StringComparer.Ordinal);
        return CadesAttributes.All(signer.UnsignedAttrs)
            .Where(a => a.AttrType.Equals(CadesAttributes.SignatureTimestamp) || a.AttrType.Equals(CadesAttributes.ArchiveTimestampV3))
            .SelectMany(a => a.AttrValues.Where(v => named.Contains(Convert.ToHexString(hash.Hash(Concatenate(a.AttrType.GetDerEncoded(), v.GetDerEncoded()))))).Select(v => v.GetDerEncoded()));
    }

    /// <summary>Content type, digest of the content, the signer's fields but the unsigned attributes, and the index.</summary>
    private byte[] Covered(ReadOnlyMemory<byte> contentDigest, byte[] index)
    {
        var fields = new List<byte[]>
        {
            data.EncapContentInfo.ContentType.GetDerEncoded(), contentDigest.ToArray(), signer.Version.GetDerEncoded(), signer.SignerID.GetDerEncoded(), signer.DigestAlgorithm.GetDerEncoded(),
        };
        if (signer.SignedAttrs is { } attributes)
        {
            fields.Add(new DerTaggedObject(false, 0, attributes).GetDerEncoded());
        }

        return Concatenate([.. fields, signer.SignatureAlgorithm.GetDerEncoded(), signer.Signature.GetDerEncoded(), index]);
    }

    private static byte[] Concatenate(params byte[][] parts) => [.. parts.SelectMany(p => p)];
}
