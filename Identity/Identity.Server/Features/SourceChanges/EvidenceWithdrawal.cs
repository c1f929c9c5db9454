using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>Takes evidence back that its source no longer stands by.</summary>
internal static class EvidenceWithdrawal
{
    /// <summary>Adds a withdrawal for each record that still stands, to the caller's change.</summary>
    /// <param name="database">The context.</param>
    /// <param name="subject">Whose evidence.</param>
    /// <param name="kinds">Which kinds; empty: all.</param>
    /// <param name="reason">A word for machines.</param>
    /// <param name="by">The authority.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task AddAsync(IdentityContext database, Guid subject, IReadOnlyCollection<string> kinds, string reason, string by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var record in (await StandingAsync(database, subject, cancellationToken)).Where(e => kinds.Count == 0 || kinds.Contains(e.Kind)))
        {
            database.Evidence.Add(EvidenceRecords.Withdrawal(record, EvidenceState.Revoked, reason, by, now));
        }
    }

    /// <summary>Records that agreed and that no later one takes back or replaces.</summary>
    public static async Task<IReadOnlyList<Evidence>> StandingAsync(IdentityContext database, Guid subject, CancellationToken cancellationToken)
    {
        var all = await database.Evidence.AsNoTracking().Where(e => e.SubjectId == subject).OrderBy(e => e.Place).ToListAsync(cancellationToken);
        var superseded = all.Where(e => e.Supersedes is not null).Select(e => e.Supersedes!.Value).ToHashSet();
        return [.. all.Where(e => e is { State: EvidenceState.Active, Result: EvidenceResult.Agreed } && !superseded.Contains(e.Id))];
    }
}
