using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;

namespace Yinxin.Trust.Evidence;

/// <summary>A timestamp over the root of a hash tree, with the part of the tree that one data object group needs (RFC 4998 §4.1).</summary>
public sealed class ArchiveTimeStamp
{
    private const int MostLists = 64, MostValues = 4096;

    internal ArchiveTimeStamp(HashFunction hash, IReadOnlyList<IReadOnlyList<byte[]>> reducedTree, byte[] token)
        : this(hash, reducedTree, token, TimestampToken.Read(token))
    {
    }

    private ArchiveTimeStamp(HashFunction hash, IReadOnlyList<IReadOnlyList<byte[]>> reducedTree, byte[] token, TimestampToken read) =>
        (Hash, ReducedTree, Token, Timestamp) = (hash, reducedTree, token, read);

    /// <summary>The digest of the tree, which is the timestamp's too.</summary>
    public HashFunction Hash { get; }

    /// <summary>The timestamp, read.</summary>
    public TimestampToken Timestamp { get; }

    /// <summary>Partial hash trees, from the leaf up; empty when the data object is the root.</summary>
    internal IReadOnlyList<IReadOnlyList<byte[]>> ReducedTree { get; }

    /// <summary>DER ContentInfo of the RFC 3161 token.</summary>
    internal byte[] Token { get; }

    internal Asn1Sequence Encode()
    {
        var parts = new Asn1EncodableVector { new DerTaggedObject(isExplicit: false, 0, Hash.Identifier()) };
        if (ReducedTree.Count > 0)
        {
            parts.Add(new DerTaggedObject(isExplicit: false, 2, new DerSequence(ReducedTree.Select(list => (Asn1Encodable)new DerSequence(list.Select(v => (Asn1Encodable)new DerOctetString(v)).ToArray())).ToArray())));
        }

        parts.Add(Asn1Object.FromByteArray(Token));
        return new DerSequence(parts);
    }

    /// <exception cref="CryptographicException">Attributes, unknown digests, or a tree beyond the limits.</exception>
    internal static ArchiveTimeStamp Read(Asn1Encodable encoded)
    {
        var parts = Asn1Sequence.GetInstance(encoded);
        HashFunction? stated = null;
        IReadOnlyList<IReadOnlyList<byte[]>> tree = [];
        var last = -1;
        for (var i = 0; i < parts.Count - 1; i++)
        {
            var part = Asn1TaggedObject.GetInstance(parts[i], Asn1Tags.ContextSpecific);
            if (part.TagNo <= last)
            {
                throw EvidenceRecord.Malformed("parts of an archive timestamp out of order");
            }

            last = part.TagNo;
            switch (part.TagNo)
            {
                case 0:
                    stated = Digests.OfIdentifier(AlgorithmIdentifier.GetInstance(Asn1Sequence.GetInstance(part, declaredExplicit: false))) ?? throw EvidenceRecord.Malformed("an unknown digest");
                    break;
                case 2:
                    tree = ReadTree(Asn1Sequence.GetInstance(part, declaredExplicit: false));
                    break;
                default:
                    // Attributes [1] may change what is to be verified; none is known.
                    throw EvidenceRecord.Malformed("an unknown part of an archive timestamp");
            }
        }

        var token = parts[parts.Count - 1].ToAsn1Object().GetDerEncoded();
        var read = TimestampToken.Read(token);
        return (stated ?? read.ImprintHash) == read.ImprintHash && tree.All(list => list.All(v => v.Length == read.ImprintHash.Size()))
            ? new ArchiveTimeStamp(read.ImprintHash, tree, token, read) : throw EvidenceRecord.Malformed("tree and timestamp have different digests");
    }

    private static List<IReadOnlyList<byte[]>> ReadTree(Asn1Sequence lists)
    {
        var tree = lists.Count is 0 or > MostLists ? throw EvidenceRecord.Malformed("a tree with no or too many lists")
            : lists.Select(list => (IReadOnlyList<byte[]>)[.. Asn1Sequence.GetInstance(list).Select(v => Asn1OctetString.GetInstance(v).GetOctets())]).ToList();
        // A first list of one value is read in two ways (hashed once more, or not), so nobody should write it.
        return tree[0].Count >= 2 && tree.All(list => list.Count is > 0 and <= MostValues) ? tree : throw EvidenceRecord.Malformed("a list with too few or too many values");
    }
}
