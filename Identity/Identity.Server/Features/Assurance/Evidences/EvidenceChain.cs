using System.Security.Cryptography;
using System.Text.Json;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>What is wrong with a subject's evidence, and where.</summary>
/// <param name="SubjectId">Whose.</param>
/// <param name="Place">The record that was edited or that nobody recorded, or the place of the missing one; 0 for a note.</param>
/// <param name="Kind"><c>removed</c>, <c>edited</c>, <c>unrecorded</c>: the audit knows of no such record, or <c>misspelled</c>: no server wrote that note.</param>
internal sealed record EvidenceFault(Guid SubjectId, int Place, string Kind);

/// <summary>
/// One chain of hashes for each subject: an edited record no longer hashes to what the next one names, a removed one leaves a gap. Each hash stands
/// in the audit too (<see cref="EvidenceNotes"/>), whose own chain covers all subjects, so the end cannot be cut off unseen either, and nothing be added.
/// </summary>
internal static class EvidenceChain
{
    public const string FirstPreviousHash = "0000000000000000000000000000000000000000000000000000000000000000";
    public const string Removed = "removed";
    public const string Edited = "edited";
    public const string Unrecorded = "unrecorded";

    /// <summary>A note in the audit that the server did not write: it names its subject as the server never does. At place 0, for it counts for none.</summary>
    public const string Misspelled = "misspelled";

    /// <summary>Gives a new record its place. Times lose what a database would not keep (below a microsecond), or the hash would not be found again.</summary>
    public static void Link(Evidence record, Evidence? last)
    {
        record.VerifiedAt = Microseconds(record.VerifiedAt);
        record.RecordedAt = record.RecordedAt is { } recorded ? Microseconds(recorded) : null;
        record.ValidUntil = record.ValidUntil is { } until ? Microseconds(until) : null;
        record.Place = (last?.Place ?? 0) + 1;
        record.PreviousHash = last?.Hash ?? FirstPreviousHash;
        record.Hash = HashOf(record);
    }

    /// <param name="subject">Whose records they are.</param>
    /// <param name="records">All of them, in the order of places.</param>
    /// <param name="notes">What the audit says of them.</param>
    /// <returns>The first fault; null when the chain holds and is the one of the audit.</returns>
    public static EvidenceFault? Verify(Guid subject, IReadOnlyCollection<Evidence> records, EvidenceNotes notes)
    {
        var (place, previous) = (0, FirstPreviousHash);
        foreach (var record in records.Where(r => r.Place is not null))
        {
            place++;
            if (record.Place != place)
            {
                return record.Place < place || !notes.Knows(place) ? new EvidenceFault(subject, record.Place!.Value, Unrecorded) : new EvidenceFault(subject, place, Removed);
            }

            if (record.PreviousHash != previous || record.Hash != HashOf(record) || (notes.HashAt(place) is { } noted && noted != record.Hash))
            {
                return new EvidenceFault(subject, place, Edited);
            }

            if (!notes.Knows(place))
            {
                return new EvidenceFault(subject, place, Unrecorded);
            }

            previous = record.Hash;
        }

        // Rows without a place are of a release that knew no chain until its successor's first start (EvidenceAdoption); afterwards nobody recorded them.
        return notes.Last > place ? new EvidenceFault(subject, place + 1, Removed)
            : records.Any(r => r.Place is null) ? new EvidenceFault(subject, place + 1, Unrecorded) : null;
    }

    /// <summary>
    /// SHA-256 over a JSON array of all fields but the encrypted receipt, which <see cref="Evidence.Digest"/> stands for. The time of entry, and then the import, come last and only where there
    /// is one: records of before they were kept hash as they did.
    /// </summary>
    private static string HashOf(Evidence e) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes((object?[])
    [
        e.Id, e.SubjectId, e.Kind, e.Source, e.Method, e.AssuredBy, Ticks(e.VerifiedAt), e.ValidUntil is { } until ? Ticks(until) : null, e.State.ToString(), e.Result.ToString(),
        e.MatchedAttributes, e.Transaction, e.ReferenceAtSource, e.Digest, e.Supersedes, e.Place, e.PreviousHash,
        .. e.RecordedAt is { } recorded ? [Ticks(recorded)] : Array.Empty<object?>(),
        .. e.ImportId is { } import ? [import] : Array.Empty<object?>(),
    ])));

    private static long Ticks(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMicrosecond;

    private static DateTimeOffset Microseconds(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
