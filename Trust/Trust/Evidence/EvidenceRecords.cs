using System.Security.Cryptography;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Evidence;

/// <summary>Asks a TSA for a token.</summary>
/// <param name="hash">Of the digest.</param>
/// <param name="digest">What the token is to cover.</param>
/// <param name="cancellationToken">Gives up.</param>
/// <returns>DER ContentInfo, with the TSA's certificates inside.</returns>
public delegate Task<byte[]> Stamp(HashFunction hash, byte[] digest, CancellationToken cancellationToken);

/// <summary>Makes and renews evidence records; one timestamp serves any number of them.</summary>
public static class EvidenceRecords
{
    /// <summary>First records (RFC 4998 §4.2): one hash tree over all groups, one timestamp.</summary>
    /// <param name="groups">Each with one document, or with several that belong together: then the record proves that there were these and no others.</param>
    /// <param name="hash">The digest of tree and timestamp.</param>
    /// <param name="stamp">The TSA.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One record for each group, in their order.</returns>
    /// <exception cref="CryptographicException">The TSA refused, or the hash is too weak.</exception>
    public static async Task<IReadOnlyList<EvidenceRecord>> CreateAsync(IReadOnlyList<IReadOnlyList<EvidenceDocument>> groups, HashFunction hash, Stamp stamp, CancellationToken cancellationToken)
    {
        var timestamps = await StampAllAsync([.. groups.Select(g => Values(g, hash))], hash, stamp, cancellationToken).ConfigureAwait(false);
        return [.. timestamps.Select(t => new EvidenceRecord([[t]]))];
    }

    /// <summary>
    /// Timestamp renewal (§5.2): a new timestamp over the last one of each record, by the digest of its chain. For when the TSA's certificate or its
    /// signature algorithm nears its end, while the digest is still good; the documents are not needed. Records of different digests are stamped apart.
    /// </summary>
    /// <returns>The records, each longer by one timestamp, in their order.</returns>
    /// <exception cref="CryptographicException">The TSA refused.</exception>
    public static async Task<IReadOnlyList<EvidenceRecord>> RenewTimestampsAsync(IReadOnlyList<EvidenceRecord> records, Stamp stamp, CancellationToken cancellationToken)
    {
        var renewed = new EvidenceRecord[records.Count];
        foreach (var alike in Enumerable.Range(0, records.Count).GroupBy(i => records[i].Last.Hash))
        {
            var indexes = alike.ToList();
            var timestamps = await StampAllAsync([.. indexes.Select(i => (IReadOnlyList<byte[]>)[Covered(records[i].Last)])], alike.Key, stamp, cancellationToken).ConfigureAwait(false);
            foreach (var (i, timestamp) in indexes.Zip(timestamps))
            {
                renewed[i] = new EvidenceRecord([.. records[i].Chains.SkipLast(1), [.. records[i].Chains[^1], timestamp]]);
            }
        }

        return renewed;
    }

    /// <summary>Hash-tree renewal (§5.2): a new chain by a new digest, over the documents together with everything before. For when a digest nears its end.</summary>
    /// <param name="records">Each with all documents of its group, in any order.</param>
    /// <param name="hash">The new digest.</param>
    /// <param name="stamp">The TSA.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The records, each longer by one chain, in their order.</returns>
    /// <exception cref="CryptographicException">The documents are not those of the record, or the TSA refused.</exception>
    public static async Task<IReadOnlyList<EvidenceRecord>> RenewHashTreesAsync(
        IReadOnlyList<(EvidenceRecord Record, IReadOnlyList<EvidenceDocument> Documents)> records, HashFunction hash, Stamp stamp, CancellationToken cancellationToken)
    {
        foreach (var (record, documents) in records)
        {
            var first = record.Chains[^1][0];
            var values = record.Chains.Count == 1 ? Values(documents, first.Hash) : Values(documents, first.Hash, record.Chains.SkipLast(1));
            if (HashTree.RootOf(first.Hash, values, first.ReducedTree) is not { } root || !root.AsSpan().SequenceEqual(first.Timestamp.Imprint.Span))
            {
                throw new CryptographicException("These documents are not the ones of the evidence record; renewed over them it would prove nothing.");
            }
        }

        var timestamps = await StampAllAsync([.. records.Select(r => Values(r.Documents, hash, r.Record.Chains))], hash, stamp, cancellationToken).ConfigureAwait(false);
        return [.. records.Zip(timestamps, (r, t) => new EvidenceRecord([.. r.Record.Chains, [t]]))];
    }

    /// <summary>The digests of a group's documents.</summary>
    internal static IReadOnlyList<byte[]> Values(IReadOnlyList<EvidenceDocument> documents, HashFunction hash) => [.. documents.Select(d => d.Digest(hash))];

    /// <summary>h(i)' = H(h(i) + H(atsc)), §5.2 step 4: atsc is the DER sequence of all older chains.</summary>
    internal static IReadOnlyList<byte[]> Values(IReadOnlyList<EvidenceDocument> documents, HashFunction hash, IEnumerable<IReadOnlyList<ArchiveTimeStamp>> before)
    {
        var older = hash.Hash(EvidenceRecord.EncodeSequence(before).GetDerEncoded());
        return [.. documents.Select(d => hash.Hash([.. d.Digest(hash), .. older]))];
    }

    /// <summary>What a renewed timestamp covers of the one before it: its timeStamp field.</summary>
    internal static byte[] Covered(ArchiveTimeStamp timestamp) => timestamp.Hash.Hash(timestamp.Token);

    private static async Task<IReadOnlyList<ArchiveTimeStamp>> StampAllAsync(IReadOnlyList<IReadOnlyList<byte[]>> groups, HashFunction hash, Stamp stamp, CancellationToken cancellationToken)
    {
        if (hash is HashFunction.Sha1 or HashFunction.Sha224 || groups.Count == 0 || groups.Any(g => g.Count == 0))
        {
            throw new CryptographicException("Evidence needs a digest of 256 bits or more, and at least one document in each group.");
        }

        // Groups that are alike share a leaf: two equal neighbours would be one value to a verifier who reads the list as a set.
        var distinct = groups.Select(g => Convert.ToHexString(HashTree.Node(hash, g))).Distinct(StringComparer.Ordinal).ToList();
        var tree = new HashTree(hash, [.. distinct.Select(key => groups.First(g => Convert.ToHexString(HashTree.Node(hash, g)) == key))]);
        var token = await stamp(hash, tree.Root, cancellationToken).ConfigureAwait(false);
        return [.. groups.Select(g => new ArchiveTimeStamp(hash, tree.ReducedFor(distinct.IndexOf(Convert.ToHexString(HashTree.Node(hash, g)))), token))];
    }
}
