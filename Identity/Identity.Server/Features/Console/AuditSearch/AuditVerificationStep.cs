using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>One batch of a walk along the chain, committed with how far it came.</summary>
internal sealed class AuditVerificationStep(IdentityContext database, AuditVerifier verifier, TimeProvider time)
{
    public const int RecordsAtOnce = 2000;
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(30);

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
        await database.AuditVerifications.Where(v => v.Id == walk.Id && v.Turn == turn).ExecuteUpdateAsync(
            v => v.SetProperty(x => x.Seen, seen).SetProperty(x => x.LastHash, last).SetProperty(x => x.EndedAt, ended).SetProperty(x => x.HeldUntil, (DateTimeOffset?)null)
                .SetProperty(x => x.FaultAt, fault == null ? (long?)null : fault.Sequence).SetProperty(x => x.Fault, fault == null ? null : fault.Kind),
            cancellationToken);
        return true;
    }
}
