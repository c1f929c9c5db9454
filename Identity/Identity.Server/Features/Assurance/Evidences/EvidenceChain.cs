using System.Security.Cryptography;
using System.Text.Json;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>What is wrong with a subject's evidence, and where.</summary>
/// <param name="SubjectId">Whose.</param>
/// <param name="Place">The record that was edited, or the place of the missing one.</param>
/// <param name="Kind"><c>removed</c> or <c>edited</c>.</param>
internal sealed record EvidenceFault(Guid SubjectId, int Place, string Kind);

/// <summary>
/// One chain of hashes for each subject: an edited record no longer hashes to what the next one names, a removed one leaves a gap. The last hash stands
/// in the audit too, whose own chain covers all subjects, so the end cannot be cut off unseen either.
/// </summary>
internal static class EvidenceChain
{
    public const string FirstPreviousHash = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>Gives a new record its place. Times lose what a database would not keep (below a microsecond), or the hash would not be found again.</summary>
    public static void Link(Evidence record, Evidence? last)
    {
        record.VerifiedAt = Microseconds(record.VerifiedAt);
        record.ValidUntil = record.ValidUntil is { } until ? Microseconds(until) : null;
        record.Place = (last?.Place ?? 0) + 1;
        record.PreviousHash = last?.Hash ?? FirstPreviousHash;
        record.Hash = HashOf(record);
    }

    /// <param name="subject">Whose records they are.</param>
    /// <param name="records">All of them, in the order of places.</param>
    /// <returns>The first fault; null when the chain holds.</returns>
    public static EvidenceFault? Verify(Guid subject, IEnumerable<Evidence> records)
    {
        var (place, previous) = (0, FirstPreviousHash);
        foreach (var record in records)
        {
            place++;
            if (record.Place != place)
            {
                return new EvidenceFault(subject, place, "removed");
            }

            if (record.PreviousHash != previous || record.Hash != HashOf(record))
            {
                return new EvidenceFault(subject, place, "edited");
            }

            previous = record.Hash;
        }

        return null;
    }

    /// <summary>SHA-256 over a JSON array of all fields but the encrypted receipt, which <see cref="Evidence.Digest"/> stands for.</summary>
    private static string HashOf(Evidence e) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new object?[]
    {
        e.Id, e.SubjectId, e.Kind, e.Source, e.Method, e.AssuredBy, Ticks(e.VerifiedAt), e.ValidUntil is { } until ? Ticks(until) : null, e.State.ToString(), e.Result.ToString(),
        e.MatchedAttributes, e.Transaction, e.ReferenceAtSource, e.Digest, e.Supersedes, e.Place, e.PreviousHash,
    })));

    private static long Ticks(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMicrosecond;

    private static DateTimeOffset Microseconds(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
