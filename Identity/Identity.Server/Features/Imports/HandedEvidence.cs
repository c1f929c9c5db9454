using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Imports.Withdrawals;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>
/// What a source has handed over of the accounts that a batch's rows lead to, also what was taken back since: the same record is entered once, however often a file brings it. But for what was
/// taken back with the whole of its import: that said nothing about the single record, and the corrected file brings most of them again.
/// </summary>
internal sealed class HandedEvidence
{
    private readonly HashSet<Handed> stored;
    private readonly HashSet<Handed> added = [];

    private HandedEvidence(HashSet<Handed> stored) => this.stored = stored;

    /// <summary>How a source of imports stands in evidence.</summary>
    public static string SourceOf(string source) => "import:" + source;

    public static async Task<HandedEvidence> OfAsync(IdentityContext database, string source, IReadOnlyCollection<Guid> accounts, CancellationToken cancellationToken)
    {
        if (accounts.Count == 0)
        {
            return new HandedEvidence([]);
        }

        var named = SourceOf(source);
        var records = await database.Evidence.AsNoTracking()
            // What an import that was taken back brought stands only until the run comes to it.
            .Where(e => accounts.Contains(e.SubjectId) && e.Source == named && (e.State == EvidenceState.Active || e.Method == WithdrawnImports.Reason)
                && !database.Imports.Any(i => i.Id == e.ImportId && i.WithdrawnAt != null))
            .Select(e => new { e.Id, e.SubjectId, e.Kind, e.Method, e.AssuredBy, e.VerifiedAt, e.ValidUntil, e.ReferenceAtSource, e.State, e.Supersedes }).ToListAsync(cancellationToken);
        var withdrawn = records.Where(e => e.State != EvidenceState.Active).Select(e => e.Supersedes).ToHashSet();
        return new HandedEvidence([.. records.Where(e => e.State == EvidenceState.Active && !withdrawn.Contains(e.Id)).Select(e => new Handed(
            e.SubjectId, e.Kind, e.Method, e.AssuredBy, Microseconds(e.VerifiedAt), e.ValidUntil is { } until ? Microseconds(until) : null, e.ReferenceAtSource))]);
    }

    public bool Holds(Guid account, ImportedEvidence evidence) => Of(account, evidence) is var record && (stored.Contains(record) || added.Contains(record));

    /// <returns>False for a record that is there.</returns>
    public bool Add(Guid account, ImportedEvidence evidence) => Of(account, evidence) is var record && !stored.Contains(record) && added.Add(record);

    /// <summary>Whether the database had the same.</summary>
    public bool IsLike(HandedEvidence other) => stored.SetEquals(other.stored);

    private static Handed Of(Guid account, ImportedEvidence e) =>
        new(account, e.Kind!, e.Method!, e.AssuredBy!, Microseconds(e.VerifiedAt!.Value), e.ValidUntil is { } until ? Microseconds(until) : null, e.Reference);

    /// <summary>No finer than a database keeps it.</summary>
    private static long Microseconds(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMicrosecond;

    private readonly record struct Handed(Guid Account, string Kind, string Method, string AssuredBy, long VerifiedAt, long? ValidUntil, string? Reference);
}
