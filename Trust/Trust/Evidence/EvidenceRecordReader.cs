using System.Security.Cryptography;
using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Evidence;

/// <summary>What a record may be over, and what existed when those documents did.</summary>
/// <param name="Documents">One data object group.</param>
/// <param name="Proves">The objects in it that proofs of existence speak of.</param>
public sealed record EvidenceCandidate(IReadOnlyList<EvidenceDocument> Documents, IReadOnlyList<EvidenceKey> Proves);

/// <summary>Reads evidence records for the validation engine.</summary>
public static class EvidenceRecordReader
{
    /// <summary>More timestamps than this are not looked at: each costs a validation, and a century of yearly renewals needs no more.</summary>
    private const int MostTimestamps = 100;

    /// <summary>Reads. What cannot be read comes out with a format finding, never as an exception.</summary>
    /// <param name="der">DER EvidenceRecord.</param>
    /// <param name="id">For reports.</param>
    /// <param name="candidates">At least one; the first of those that most chains are over counts. Where a chain is over none, the record is of another document, which the engine finds.</param>
    /// <exception cref="IOException">A document cannot be read.</exception>
    public static EvidenceRecordUnderValidation Read(ReadOnlySpan<byte> der, string id, IReadOnlyList<EvidenceCandidate> candidates)
    {
        try
        {
            var record = EvidenceRecord.Parse(der);
            if (record.Chains.Sum(c => c.Count) > MostTimestamps)
            {
                return EvidenceRecordUnderValidation.Unreadable(id, $"The evidence record holds more than {MostTimestamps} timestamps.");
            }

            // All chains are asked: two documents under one tree look like one group until a renewal tells them apart.
            var meant = candidates.MaxBy(c => Covered(record, c))!;
            return new EvidenceRecordUnderValidation { Id = id, Timestamps = [.. Timestamps(record, id, meant.Documents)], Proves = meant.Proves };
        }
        catch (CryptographicException e)
        {
            return EvidenceRecordUnderValidation.Unreadable(id, e.Message);
        }
    }

    /// <summary>How many chains begin with a timestamp over these documents.</summary>
    private static int Covered(EvidenceRecord record, EvidenceCandidate candidate) =>
        Enumerable.Range(0, record.Chains.Count).Count(c => record.Root(c, 0, candidate.Documents)?.AsSpan().SequenceEqual(record.Chains[c][0].Timestamp.Imprint.Span) is true);

    private static IEnumerable<EvidenceTimestamp> Timestamps(EvidenceRecord record, string id, IReadOnlyList<EvidenceDocument> documents)
    {
        for (var c = 0; c < record.Chains.Count; c++)
        {
            var until = c + 1 < record.Chains.Count ? record.Chains[c + 1][0].Timestamp.Time : (DateTimeOffset?)null;
            for (var t = 0; t < record.Chains[c].Count; t++)
            {
                var one = record.Chains[c][t];
                var root = record.Root(c, t, documents) ?? [];
                var before = t > 0 ? [record.Chains[c][t - 1]] : record.Chains.Take(c).SelectMany(chain => chain);
                var stamp = TimestampReader.Read(
                    one.Token, FormattableString.Invariant($"{id}/timestamp-{c + 1}.{t + 1}"), hash => hash == one.Hash ? root : null, [.. before.SelectMany(b => CadesMaterial.Inside(b.Token))]);
                yield return new EvidenceTimestamp(stamp, one.Hash, until);
            }
        }
    }
}
