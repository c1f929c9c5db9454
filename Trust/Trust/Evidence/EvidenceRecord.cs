using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Evidence;

/// <summary>
/// An evidence record (RFC 4998): proof that a data object group existed at a time, which outlives every algorithm as long as it is renewed in time.
/// Each chain holds timestamps by one digest, each over the one before; each further chain covers the documents anew together with all before.
/// </summary>
public sealed class EvidenceRecord
{
    private const int Largest = 16 * 1024 * 1024;
    private const int MostChains = 64, MostTimestamps = 256;

    internal EvidenceRecord(IReadOnlyList<IReadOnlyList<ArchiveTimeStamp>> chains) => Chains = chains;

    /// <summary>The chains, oldest first; none is empty.</summary>
    public IReadOnlyList<IReadOnlyList<ArchiveTimeStamp>> Chains { get; }

    /// <summary>The newest timestamp: while it is good, the record is.</summary>
    public ArchiveTimeStamp Last => Chains[^1][^1];

    /// <summary>Since when the data is proved to exist, when the record holds.</summary>
    public DateTimeOffset Since => Chains[0][0].Timestamp.Time;

    /// <summary>Reads a record strictly: DER, version 1, known digests, no encryption and no crypto infos.</summary>
    /// <exception cref="CryptographicException">Anything else.</exception>
    public static EvidenceRecord Parse(ReadOnlySpan<byte> der)
    {
        if (der.Length > Largest)
        {
            throw Malformed("too large");
        }

        try
        {
            StrictDer.Demand(der);
            return Read(Asn1Sequence.GetInstance(Asn1Object.FromByteArray(der.ToArray())));
        }
        catch (Exception e) when (Suites.Malformed.Is(e))
        {
            throw new CryptographicException("Not an evidence record.", e);
        }
    }

    /// <summary>The root that one timestamp must be over (§5.3): of its predecessor in the chain, else of the documents together with all older chains; null when the tree does not hold exactly that.</summary>
    internal byte[]? Root(int chain, int timestamp, IReadOnlyList<EvidenceDocument> documents)
    {
        var one = Chains[chain][timestamp];
        var values = timestamp > 0 ? [EvidenceRecords.Covered(Chains[chain][timestamp - 1])]
            : chain > 0 ? EvidenceRecords.Values(documents, one.Hash, Chains.Take(chain)) : EvidenceRecords.Values(documents, one.Hash);
        return HashTree.RootOf(one.Hash, values, one.ReducedTree);
    }

    /// <summary>DER.</summary>
    public byte[] Encode()
    {
        var digests = Chains.Select(c => c[0].Hash).Distinct().Select(h => (Asn1Encodable)h.Identifier()).ToArray();
        return new DerSequence(DerInteger.ValueOf(1), new DerSequence(digests), EncodeSequence(Chains)).GetDerEncoded();
    }

    internal static Asn1Sequence EncodeSequence(IEnumerable<IReadOnlyList<ArchiveTimeStamp>> chains) =>
        new DerSequence(chains.Select(c => (Asn1Encodable)new DerSequence(c.Select(t => (Asn1Encodable)t.Encode()).ToArray())).ToArray());

    internal static CryptographicException Malformed(string why) => new($"Not an evidence record that can be read: {why}.");

    private static EvidenceRecord Read(Asn1Sequence record)
    {
        if (record.Count != 3 || !DerInteger.GetInstance(record[0]).HasValue(1))
        {
            throw Malformed("another version, or crypto or encryption infos");
        }

        var digests = Asn1Sequence.GetInstance(record[1]).Select(d => Digests.OfIdentifier(AlgorithmIdentifier.GetInstance(d))).ToHashSet();
        var sequence = Asn1Sequence.GetInstance(record[2]);
        if (sequence.Count is 0 or > MostChains)
        {
            throw Malformed("no chain, or too many");
        }

        var chains = sequence.Select(ReadChain).ToList();
        return chains.All(c => digests.Contains(c[0].Hash)) && EncodeSequence(chains).GetDerEncoded().AsSpan().SequenceEqual(sequence.GetDerEncoded())
            ? new EvidenceRecord(chains) : throw Malformed("its digests are not listed, or not in the form in which it is written");
    }

    private static IReadOnlyList<ArchiveTimeStamp> ReadChain(Asn1Encodable encoded)
    {
        var chain = Asn1Sequence.GetInstance(encoded);
        var read = chain.Count is 0 or > MostTimestamps ? throw Malformed("an empty chain, or a too long one") : chain.Select(ArchiveTimeStamp.Read).ToList();
        return read.TrueForAll(t => t.Hash == read[0].Hash) ? read : throw Malformed("a chain with two digests");
    }
}
