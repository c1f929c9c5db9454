using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.DataKeys.Tables;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.DataKeys;

/// <summary>
/// One batch of a change of keys, committed with its cursor. The order makes it safe: first everything can be found under both keys, then the new index takes the former one's
/// place, then it is looked whether anything needs the former key, and only then that key is destroyed.
/// </summary>
internal sealed class KeyRotationStep(IdentityContext database, DataKeyRing ring, RotatedTables tables, IAuditTrail audit, TimeProvider time)
{
    public const int RowsAtOnce = 200;
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(30);

    /// <summary>Every node reads the phase once a second; no phase begins before all know the one before.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    /// <returns>Whether it should go on at once.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var run = await database.KeyRotations.AsNoTracking().Where(r => r.Phase != KeyRotationPhase.Done && (r.HeldUntil == null || r.HeldUntil < now))
            .OrderBy(r => r.Version).FirstOrDefaultAsync(cancellationToken);
        if (run is null)
        {
            return false;
        }

        var taken = await database.KeyRotations.Where(r => r.Version == run.Version && r.Turn == run.Turn)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.Turn, run.Turn + 1).SetProperty(x => x.HeldUntil, now + Held), cancellationToken);
        if (taken == 0)
        {
            return true;
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        // Whoever stores a person or evidence waits for this batch, and it for them.
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var state = await ring.CatchUpAsync(database, cancellationToken);
        return run.Phase switch
        {
            KeyRotationPhase.Filling => await FillAsync(run, now, transaction, cancellationToken),
            KeyRotationPhase.Switching => await SwitchAsync(run, now, transaction, cancellationToken),
            _ => await CheckAsync(run, state, now, transaction, cancellationToken),
        };
    }

    private async Task<bool> FillAsync(KeyRotation run, DateTimeOffset now, IDbContextTransaction transaction, CancellationToken cancellationToken)
    {
        var at = Math.Max(0, tables.All.ToList().FindIndex(t => t.Name == run.Table));
        var (seen, last) = await tables.All[at].BatchAsync(database, run.Cursor, RowsAtOnce, cancellationToken);
        if (last is not null)
        {
            return await GoOnAsync(run, r => r.Cursor = last, seen, transaction, cancellationToken);
        }

        if (at + 1 < tables.All.Count)
        {
            return await GoOnAsync(run, r => (r.Table, r.Cursor) = (tables.All[at + 1].Name, null), 0, transaction, cancellationToken);
        }

        return now - run.PhaseAt < Settling
            ? await GoOnAsync(run, r => r.HeldUntil = run.PhaseAt + Settling, 0, transaction, cancellationToken, atOnce: false)
            : await GoOnAsync(run, r => (r.Phase, r.PhaseAt, r.Table, r.Cursor) = (KeyRotationPhase.Switching, now, nameof(Person), null), 0, transaction, cancellationToken);
    }

    private async Task<bool> SwitchAsync(KeyRotation run, DateTimeOffset now, IDbContextTransaction transaction, CancellationToken cancellationToken)
    {
        var (seen, last) = await tables.Persons.SwitchAsync(database, run.Cursor, RowsAtOnce * 5, cancellationToken);
        return last is not null
            ? await GoOnAsync(run, r => r.Cursor = last, seen, transaction, cancellationToken)
            : await GoOnAsync(run, r => (r.Phase, r.PhaseAt, r.Table, r.Cursor, r.HeldUntil) = (KeyRotationPhase.Checking, now, null, null, now + Settling), 0, transaction, cancellationToken, atOnce: false);
    }

    private async Task<bool> CheckAsync(KeyRotation run, DataKeyRing.State state, DateTimeOffset now, IDbContextTransaction transaction, CancellationToken cancellationToken)
    {
        if (run.Table is not null && tables.All.FirstOrDefault(t => t.Name == run.Table) is { } again)
        {
            // Left over by a request that began before the change.
            var (_, last) = await again.BatchAsync(database, run.Cursor, RowsAtOnce, cancellationToken);
            return await GoOnAsync(run, r => (r.Table, r.Cursor, r.HeldUntil) = (last is null ? null : r.Table, last, last is null ? now + Settling : null), 0, transaction, cancellationToken, atOnce: last is not null);
        }

        foreach (var table in tables.All)
        {
            if (await table.IsBehindAsync(database, state, cancellationToken))
            {
                var wait = run.PhaseAt + LookAgain < now ? now + LookAgain : (DateTimeOffset?)null;
                return await GoOnAsync(run, r => (r.Table, r.Cursor, r.HeldUntil) = (table.Name, null, wait), 0, transaction, cancellationToken, atOnce: wait is null);
            }
        }

        var started = run.StartedAt + Settling;
        if (await database.Set<OutboxMessage>().AnyAsync(m => m.Kind == NoticeMessages.KindName && m.DeliveredAt == null && m.CreatedAt < started && m.IdempotencyKey.EndsWith(":also"), cancellationToken))
        {
            // A message to a former phone carries that number's envelope.
            return await GoOnAsync(run, r => r.HeldUntil = now + LookAgain, 0, transaction, cancellationToken, atOnce: false);
        }

        await database.DataKeys.Where(k => k.Version == run.Version - 1).ExecuteUpdateAsync(set => set.SetProperty(k => k.KeyCipher, "").SetProperty(k => k.RetiredAt, now), cancellationToken);
        audit.Add(new AuditEntry("keys.rotated", $"data-key/{run.Version}", "system", Details: new { run.Version, destroyed = run.Version - 1, rows = run.Seen }));
        return await GoOnAsync(run, r => (r.Phase, r.PhaseAt, r.EndedAt, r.Table, r.Cursor) = (KeyRotationPhase.Done, now, now, null, null), 0, transaction, cancellationToken);
    }

    private async Task<bool> GoOnAsync(
        KeyRotation run, Action<KeyRotation> change, int seen, IDbContextTransaction transaction, CancellationToken cancellationToken, bool atOnce = true)
    {
        var turn = run.Turn + 1;
        run.HeldUntil = null;
        change(run);
        await database.SaveChangesAsync(cancellationToken);
        var total = run.Seen + seen;
        var counted = await database.KeyRotations.Where(r => r.Version == run.Version && r.Turn == turn).ExecuteUpdateAsync(
            r => r.SetProperty(x => x.Turn, turn + 1).SetProperty(x => x.HeldUntil, run.HeldUntil).SetProperty(x => x.Phase, run.Phase).SetProperty(x => x.PhaseAt, run.PhaseAt)
                .SetProperty(x => x.Table, run.Table).SetProperty(x => x.Cursor, run.Cursor).SetProperty(x => x.Seen, total).SetProperty(x => x.EndedAt, run.EndedAt)
                .SetProperty(x => x.Fault, (string?)null).SetProperty(x => x.FaultAt, (DateTimeOffset?)null),
            cancellationToken);
        if (counted == 1)
        {
            await transaction.CommitAsync(CancellationToken.None);
        }

        return atOnce;
    }
}
