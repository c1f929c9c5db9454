using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>One batch of a walk along the chain, committed with how far it came.</summary>
internal sealed class AuditVerificationStep(IdentityContext database, AuditVerifier verifier, AuditWitnesses witnesses, TimeProvider time)
{
    public const int RecordsAtOnce = 2000;
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(30);

    /// <summary>Years of timestamps are judged at once.</summary>
    private static readonly TimeSpan HeldAtEnd = TimeSpan.FromMinutes(10);

    /// <returns>Whether there was anything to do.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var walk = await database.AuditVerifications.AsNoTracking().Where(v => v.EndedAt == null && (v.HeldUntil == null || v.HeldUntil < now)).OrderBy(v => v.Id).FirstOrDefaultAsync(cancellationToken);
        if (walk is null)
        {
            return false;
        }

        var turn = walk.Turn + 1;
        if (await database.AuditVerifications.Where(v => v.Id == walk.Id && v.Turn == walk.Turn && v.EndedAt == null)
            .ExecuteUpdateAsync(v => v.SetProperty(x => x.Turn, turn).SetProperty(x => x.HeldUntil, now + Held), cancellationToken) == 0)
        {
            return true;
        }

        var (records, last, fault) = await verifier.VerifySpanAsync(walk.From + walk.Seen, walk.To, RecordsAtOnce, walk.LastHash, cancellationToken);
        var seen = walk.Seen + records;
        var ended = fault is not null || walk.From + seen > walk.To ? time.GetUtcNow() : (DateTimeOffset?)null;
        (string Kind, long? At)? found = fault is null ? null : (fault.Kind, fault.Sequence);
        if (found is null && ended is not null && walk.From == 1)
        {
            // A chain that was rewritten or cut off holds in itself; whoever walks all of it asks what stands beside it too.
            await database.AuditVerifications.Where(v => v.Id == walk.Id && v.Turn == turn).ExecuteUpdateAsync(v => v.SetProperty(x => x.HeldUntil, now + HeldAtEnd), cancellationToken);
            found = await witnesses.FirstFaultAsync(cancellationToken);
        }

        var (kind, at) = (found?.Kind, found?.At);
        await database.AuditVerifications.Where(v => v.Id == walk.Id && v.Turn == turn).ExecuteUpdateAsync(
            v => v.SetProperty(x => x.Seen, seen).SetProperty(x => x.LastHash, last).SetProperty(x => x.EndedAt, ended).SetProperty(x => x.HeldUntil, (DateTimeOffset?)null)
                .SetProperty(x => x.FaultAt, at).SetProperty(x => x.Fault, kind),
            cancellationToken);
        return true;
    }
}
