using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.SecondFactors;

/// <summary>Takes an official's lost factors off, once four eyes have decided it. An official has no phone and goes to no counter: without this a lost app means another account.</summary>
internal sealed class FactorResets(IdentityContext database, FactorTickets tickets, SessionStore sessions, INotices notices, IAuditTrail audit, TimeProvider time)
{
    private static readonly Problem Nothing = new("console.proposal.noFactor", 409, "该账号没有设置第二因素，本人登录后即可设置。", "The account has no second factor; its owner can set one up after signing in.");
    private static readonly Problem Changed = new(
        "console.proposal.factorChanged", 409, "申请提出后本人已设置新的第二因素，或账号已停用，请驳回。", "The official has set up a factor since the proposal, or the account was closed; please refuse it.");

    /// <exception cref="ProblemException">There is nothing to take off: neither a factor, nor a ticket that was lost or has ended.</exception>
    public async Task DemandPossibleAsync(Guid account, CancellationToken cancellationToken)
    {
        if (!await database.AuthenticatorApps.AnyAsync(a => a.AccountId == account, cancellationToken) &&
            !await database.UserPasskeys.AnyAsync(p => p.UserId == account, cancellationToken) &&
            !await database.RecoveryCodes.AnyAsync(c => c.AccountId == account && c.UsedAt == null, cancellationToken) &&
            !await database.FactorTickets.AnyAsync(t => t.AccountId == account, cancellationToken))
        {
            throw Nothing.Exception();
        }
    }

    /// <summary>In the caller's transaction and turn: app, recovery codes and passkeys go, sessions and waiting sign-ins end, the official is told.</summary>
    /// <param name="proposal">That was approved.</param>
    /// <param name="by">Who decided it.</param>
    /// <param name="byName">Their name, for the audit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The ticket for the official, for the only time.</returns>
    /// <exception cref="ProblemException">It was overtaken; the decision is taken back with the transaction.</exception>
    public async Task<string> CarryOutAsync(Proposal proposal, Guid by, string byName, CancellationToken cancellationToken)
    {
        var account = proposal.SubjectId;
        if (await IsOvertakenAsync(account, proposal.ProposedAt, cancellationToken))
        {
            database.ChangeTracker.Clear();
            throw Changed.Exception();
        }

        var row = await database.Users.FirstAsync(a => a.Id == account, cancellationToken);
        row.TwoFactorEnabled = false;
        // A sign-in that waits for its second step goes on for nobody.
        row.SecurityStamp = Guid.NewGuid().ToString();
        database.AuthenticatorApps.RemoveRange(await database.AuthenticatorApps.Where(a => a.AccountId == account).ToListAsync(cancellationToken));
        database.RecoveryCodes.RemoveRange(await database.RecoveryCodes.Where(c => c.AccountId == account).ToListAsync(cancellationToken));
        database.UserPasskeys.RemoveRange(await database.UserPasskeys.Where(p => p.UserId == account).ToListAsync(cancellationToken));
        database.PasskeyUses.RemoveRange(await database.PasskeyUses.Where(u => u.AccountId == account).ToListAsync(cancellationToken));
        var now = time.GetUtcNow();
        var current = await CurrentEvidence.OfAsync(database, account, cancellationToken);
        database.Evidence.AddRange(current.Where(e => e.Kind == EvidenceKinds.Passkey).Select(e => EvidenceRecords.Withdrawal(e, EvidenceState.Superseded, "factor-reset", by.ToString(), now)));
        var ticket = await tickets.GiveAsync(account, proposal.Id, cancellationToken);
        notices.Add(account, NoticeKinds.FactorsReset);
        audit.Add(new AuditEntry("staff.factorsReset", account.ToString(), by.ToString(), byName, new { proposal = proposal.Id }));
        await database.SaveChangesAsync(cancellationToken);
        await sessions.EndAllAsync(account, EndReasons.SecondFactorOff, except: null, cancellationToken);
        return ticket;
    }

    /// <summary>Whether the official has set up a factor since: nobody proposed to take that off.</summary>
    private async Task<bool> IsOvertakenAsync(Guid account, DateTimeOffset since, CancellationToken cancellationToken) =>
        await database.AuthenticatorApps.AnyAsync(a => a.AccountId == account && a.AddedAt > since, cancellationToken) ||
        await database.Evidence.AnyAsync(e => e.SubjectId == account && e.Kind == EvidenceKinds.Passkey && e.State == EvidenceState.Active && e.VerifiedAt > since, cancellationToken) ||
        !await database.Users.AnyAsync(a => a.Id == account && a.ClosedAt == null, cancellationToken);
}
