using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Counter.Withdrawals;

/// <summary>One batch of a withdrawal, committed with its cursor.</summary>
internal sealed class CounterWithdrawalStep(IdentityContext database, WithdrawnChecks checks, IAuditTrail audit, TimeProvider time)
{
    public const int RecordsAtOnce = 100;
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(30);

    /// <summary>Takes the oldest withdrawal that nobody works at, and does one batch of it.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var run = await database.CounterWithdrawals.AsNoTracking().Where(w => w.State == CounterWithdrawalState.Running && (w.HeldUntil == null || w.HeldUntil < now))
            .OrderBy(w => w.StartedAt).FirstOrDefaultAsync(cancellationToken);
        if (run is null)
        {
            return false;
        }

        // The hold spares two nodes the same work; the turn in the commit keeps it from being done twice.
        var until = now + Held;
        var taken = await database.CounterWithdrawals.Where(w => w.Id == run.Id && w.Turn == run.Turn && w.State == CounterWithdrawalState.Running)
            .ExecuteUpdateAsync(w => w.SetProperty(x => x.Turn, run.Turn + 1).SetProperty(x => x.HeldUntil, until), cancellationToken);
        if (taken == 1)
        {
            await BatchAsync(run, run.Turn + 1, cancellationToken);
        }

        return true;
    }

    private async Task BatchAsync(CounterWithdrawal run, int turn, CancellationToken cancellationToken)
    {
        var cursor = run.Cursor;
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        // Whatever takes one of these records back meanwhile waits: none is taken back twice.
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var records = await WithdrawnChecks.Of(database.Evidence, run.OfficialId, run.Since).Where(e => cursor == null || e.Id > cursor)
            .OrderBy(e => e.Id).Take(RecordsAtOnce).WithoutReceipts().ToListAsync(cancellationToken);
        var standing = await StandingAsync(records, cancellationToken);
        if (standing.Count > 0)
        {
            await checks.AddAsync(standing, run.Id, run.DecidedBy, byName: null, cancellationToken);
        }

        var now = time.GetUtcNow();
        var (seen, withdrawn, done) = (run.Seen + records.Count, run.Withdrawn + standing.Count, records.Count < RecordsAtOnce);
        if (done)
        {
            audit.Add(new AuditEntry("counter.withdrawalDone", run.OfficialId.ToString(), run.DecidedBy.ToString(), Details: new { proposal = run.Id, run.Since, seen, withdrawn }));
        }

        await database.SaveChangesAsync(cancellationToken);
        var (state, ended, last) = (done ? CounterWithdrawalState.Done : CounterWithdrawalState.Running, done ? now : (DateTimeOffset?)null, records.Count > 0 ? records[^1].Id : cursor);
        var counted = await database.CounterWithdrawals.Where(w => w.Id == run.Id && w.Turn == turn && w.State == CounterWithdrawalState.Running).ExecuteUpdateAsync(
            w => w.SetProperty(x => x.Turn, turn + 1).SetProperty(x => x.HeldUntil, (DateTimeOffset?)null).SetProperty(x => x.Cursor, last).SetProperty(x => x.Seen, seen)
                .SetProperty(x => x.Withdrawn, withdrawn).SetProperty(x => x.State, state).SetProperty(x => x.EndedAt, ended),
            cancellationToken);
        if (counted == 1)
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
    }

    /// <summary>By subject, for the table is looked up by that.</summary>
    private async Task<List<Evidence>> StandingAsync(List<Evidence> records, CancellationToken cancellationToken)
    {
        var subjects = records.Select(r => r.SubjectId).Distinct().ToArray();
        var takenBack = (await database.Evidence.Where(e => subjects.Contains(e.SubjectId) && e.Supersedes != null).Select(e => e.Supersedes!.Value).ToListAsync(cancellationToken)).ToHashSet();
        return records.FindAll(r => !takenBack.Contains(r.Id));
    }
}
