using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Freezing;

/// <summary>Why an account is frozen, as it is stored.</summary>
internal static class FreezeReasons
{
    /// <summary>Its owner's wish: lifted at a counter, or by a recovery that shows two of the account's own factors.</summary>
    public const string OwnWish = "own-wish";
}

/// <summary>Freezes an account and lifts it again: while frozen nobody signs in with it, and every session and token of it is dead. Evidence stays as it is.</summary>
internal sealed class AccountFreezing(IdentityContext database, SessionStore sessions, IAuditTrail audit, TimeProvider time)
{
    private const string Deceased = "deceased";

    /// <param name="account">Whose.</param>
    /// <param name="reason">A word for machines, e.g. <c>deceased</c>, <c>own-wish</c>, <c>dispute</c>.</param>
    /// <param name="by">The person, official or system that answers for it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when there is none, or it is frozen already: the first reason stays, but a death outweighs every other, or lifting that other would wake the account.</returns>
    public async Task<bool> FreezeAsync(Guid account, string reason, string by, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var frozen = await database.Users.Where(a => a.Id == account && (a.FrozenAt == null || (reason == Deceased && a.FrozenReason != Deceased)))
            .ExecuteUpdateAsync(a => a.SetProperty(x => x.FrozenAt, now).SetProperty(x => x.FrozenReason, reason), cancellationToken);
        if (frozen == 0)
        {
            return false;
        }

        audit.Add(new AuditEntry("account.freeze", account.ToString(), by, Details: new { reason }));
        await sessions.EndAllAsync(account, EndReasons.AccountFrozen, except: null, cancellationToken);
        return true;
    }

    /// <param name="account">Whose.</param>
    /// <param name="reason">Why it is lifted.</param>
    /// <param name="by">Who answers for it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when it was not frozen.</returns>
    public async Task<bool> LiftAsync(Guid account, string reason, string by, CancellationToken cancellationToken)
    {
        var lifted = await database.Users.Where(a => a.Id == account && a.FrozenAt != null)
            .ExecuteUpdateAsync(a => a.SetProperty(x => x.FrozenAt, (DateTimeOffset?)null).SetProperty(x => x.FrozenReason, (string?)null), cancellationToken);
        if (lifted == 0)
        {
            return false;
        }

        audit.Add(new AuditEntry("account.unfreeze", account.ToString(), by, Details: new { reason }));
        await database.SaveChangesAsync(cancellationToken);
        return true;
    }
}
