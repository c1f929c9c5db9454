using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Recovery;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.SecondFactors;

/// <summary>Switches the second step on and off, with audit and notice in the same save.</summary>
internal sealed class SecondFactorChange(
    IdentityContext database, AuthenticatorApps apps, WaitingRecoveries waiting, SessionStore sessions, INotices notices, IAuditTrail audit)
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

    /// <summary>
    /// Pairs an app. In place of another, which may be lost or stolen, the recovery codes made beside that one go with it, as when the second step is switched off; other sessions end, for they may have been
    /// opened with it.
    /// </summary>
    /// <param name="account">Whose.</param>
    /// <param name="secret">The app's.</param>
    /// <param name="step">Of the code that proved it.</param>
    /// <param name="keep">The session that pairs it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when that session was ended meanwhile, by whatever secured the account, or has not shown the app that is there: nothing was changed.</returns>
    public async Task<bool> PairAsync(Guid account, string secret, long step, Guid keep, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var session = await database.Sessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == keep && s.EndedAt == null, cancellationToken);
        var replaces = await database.AuthenticatorApps.AnyAsync(a => a.AccountId == account, cancellationToken);
        // Of two that pair the first one at once the second has to show it: only a session with two factors replaces an app.
        if (session is null || (replaces && !session.HasTwoFactors))
        {
            return false;
        }

        await apps.AddAsync(account, secret, step, cancellationToken);
        if (replaces)
        {
            await ReplacedAsync(account, keep, cancellationToken);
        }
        else
        {
            await OnAsync(account, SecondFactorWays.App, cancellationToken);
        }

        await transaction.CommitAsync(CancellationToken.None);
        return true;
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

    private async Task ReplacedAsync(Guid account, Guid keep, CancellationToken cancellationToken)
    {
        var row = await database.Users.FirstAsync(a => a.Id == account, cancellationToken);
        row.TwoFactorEnabled = true;
        // A sign-in that was proved a moment ago by the former app goes on for nobody.
        row.SecurityStamp = Guid.NewGuid().ToString();
        database.FactorTickets.RemoveRange(await database.FactorTickets.Where(t => t.AccountId == account).ToListAsync(cancellationToken));
        database.RecoveryCodes.RemoveRange(await database.RecoveryCodes.Where(c => c.AccountId == account).ToListAsync(cancellationToken));
        await waiting.EndAsync(account, "app", account.ToString(), cancellationToken);
        notices.Add(account, NoticeKinds.AppReplaced);
        audit.Add(new AuditEntry("account.appReplaced", account.ToString(), account.ToString()));
        await database.SaveChangesAsync(cancellationToken);
        await sessions.EndAllAsync(account, EndReasons.AppReplaced, keep, cancellationToken);
    }
}
