using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>
/// Ends a recovery that waits: by its owner's button or link, and with whatever secures the account anew. Without the latter a thief's recovery would outlast the owner's own and undo
/// it when its time comes.
/// </summary>
internal sealed class WaitingRecoveries(IdentityContext database, INotices notices, IAuditTrail audit, TimeProvider time)
{
    /// <summary>In the caller's transaction, and with its save the notice and the audit.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="by">For the audit, e.g. <c>session</c>, <c>link</c>, <c>password</c>.</param>
    /// <param name="actor">Who did it; null when nobody is signed in.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="only">The one recovery that is meant; none: whichever waits.</param>
    /// <param name="notice">How its owner hears of it.</param>
    /// <returns>False when none waited.</returns>
    public async Task<bool> EndAsync(Guid account, string by, string? actor, CancellationToken cancellationToken, Guid? only = null, string notice = NoticeKinds.RecoveryCancelled)
    {
        var now = time.GetUtcNow();
        var ended = await database.RecoveryRequests.Where(r => r.AccountId == account && r.State == RecoveryState.Waiting && (only == null || r.Id == only))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RecoveryState.Cancelled).SetProperty(r => r.EndedAt, now).SetProperty(r => r.PasswordHash, (string?)null), cancellationToken);
        if (ended == 0)
        {
            return false;
        }

        notices.Add(account, notice);
        audit.Add(new AuditEntry("recovery.cancelled", account.ToString(), actor, Details: new { by }));
        return true;
    }
}
