using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Assurance.Withdrawals;

/// <summary>One batch of a withdrawal, committed with its cursor.</summary>
internal sealed class WithdrawalStep(IdentityContext database, IEnumerable<IWithdrawalScope> scopes, WithdrawalEntries entries, IAuditTrail audit, TimeProvider time)
{
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(30);

    /// <summary>Takes the oldest withdrawal that nobody works at, and does one batch of it.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var run = await database.WithdrawalRuns.AsNoTracking().Where(w => w.State == WithdrawalRunState.Running && (w.HeldUntil == null || w.HeldUntil < now))
            .OrderBy(w => w.StartedAt).FirstOrDefaultAsync(cancellationToken);
        if (run is null)
        {
            return false;
        }

        // The hold spares two nodes the same work; the turn in the commit keeps it from being done twice.
        var until = now + Held;
        var taken = await database.WithdrawalRuns.Where(w => w.Id == run.Id && w.Turn == run.Turn && w.State == WithdrawalRunState.Running)
            .ExecuteUpdateAsync(w => w.SetProperty(x => x.Turn, run.Turn + 1).SetProperty(x => x.HeldUntil, until), cancellationToken);
        if (taken == 1)
        {
            await BatchAsync(run, run.Turn + 1, cancellationToken);
        }

        return true;
    }

    private async Task BatchAsync(WithdrawalRun run, int turn, CancellationToken cancellationToken)
    {
        var scope = scopes.First(s => s.Covers(run));
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        // Whatever takes one of these records back meanwhile waits: none is taken back twice.
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var batch = await scope.NextAsync(run, cancellationToken);
        var standing = await StandingAsync(batch.Records, cancellationToken);
        if (standing.Count > 0)
        {
            await entries.AddAsync(standing, scope.Mark, run.Id, run.DecidedBy, byName: null, cancellationToken);
        }

        var now = time.GetUtcNow();
        var (seen, withdrawn, done) = (run.Seen + batch.Records.Count, run.Withdrawn + standing.Count, batch.IsLast);
        if (done)
        {
            audit.Add(scope.Done(run, seen, withdrawn));
        }

        await database.SaveChangesAsync(cancellationToken);
        var (state, ended, last) = (done ? WithdrawalRunState.Done : WithdrawalRunState.Running, done ? now : (DateTimeOffset?)null, batch.Cursor);
        var counted = await database.WithdrawalRuns.Where(w => w.Id == run.Id && w.Turn == turn && w.State == WithdrawalRunState.Running).ExecuteUpdateAsync(
            w => w.SetProperty(x => x.Turn, turn + 1).SetProperty(x => x.HeldUntil, (DateTimeOffset?)null).SetProperty(x => x.Cursor, last).SetProperty(x => x.Seen, seen)
                .SetProperty(x => x.Withdrawn, withdrawn).SetProperty(x => x.State, state).SetProperty(x => x.EndedAt, ended),
            cancellationToken);
        if (counted == 1)
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
    }

    /// <summary>By subject, for the table is looked up by that.</summary>
    private async Task<List<Evidence>> StandingAsync(IReadOnlyList<Evidence> records, CancellationToken cancellationToken)
    {
        var subjects = records.Select(r => r.SubjectId).Distinct().ToArray();
        var takenBack = (await database.Evidence.Where(e => subjects.Contains(e.SubjectId) && e.Supersedes != null).Select(e => e.Supersedes!.Value).ToListAsync(cancellationToken)).ToHashSet();
        return [.. records.Where(r => !takenBack.Contains(r.Id))];
    }
}
