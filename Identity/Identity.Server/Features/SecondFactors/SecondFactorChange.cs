using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.SecondFactors;

/// <summary>Switches the second step on and off, with audit and notice in the same save.</summary>
internal sealed class SecondFactorChange(IdentityContext database, SessionStore sessions, INotices notices, IAuditTrail audit)
{
    public async Task OnAsync(Guid account, string way, CancellationToken cancellationToken)
    {
        var row = await database.Users.FirstAsync(a => a.Id == account, cancellationToken);
        row.TwoFactorEnabled = true;
        database.FactorTickets.RemoveRange(await database.FactorTickets.Where(t => t.AccountId == account).ToListAsync(cancellationToken));
        notices.Add(account, NoticeKinds.SecondFactorOn);
        audit.Add(new AuditEntry("account.secondFactorOn", account.ToString(), account.ToString(), Details: new { way }));
        await database.SaveChangesAsync(cancellationToken);
    }

    /// <summary>App and recovery codes go with it: a later switch-on starts anew. Other sessions end: what they showed is no factor of the account any more.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="reason">For the audit, e.g. <c>owner</c>, <c>recovery</c>.</param>
    /// <param name="keep">The session that switches it off.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task OffAsync(Guid account, string reason, Guid? keep, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var row = await database.Users.FirstAsync(a => a.Id == account, cancellationToken);
        row.TwoFactorEnabled = false;
        database.AuthenticatorApps.RemoveRange(await database.AuthenticatorApps.Where(a => a.AccountId == account).ToListAsync(cancellationToken));
        database.RecoveryCodes.RemoveRange(await database.RecoveryCodes.Where(c => c.AccountId == account).ToListAsync(cancellationToken));
        notices.Add(account, NoticeKinds.SecondFactorOff);
        audit.Add(new AuditEntry("account.secondFactorOff", account.ToString(), account.ToString(), Details: new { reason }));
        await database.SaveChangesAsync(cancellationToken);
        await sessions.EndAllAsync(account, EndReasons.SecondFactorOff, keep, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }
}
