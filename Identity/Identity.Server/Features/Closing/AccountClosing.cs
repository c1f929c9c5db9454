using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.DataKeys;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.Closing;

/// <summary>
/// Closes an account by its owner's wish, after a waiting period in which the wish can be taken back. What names the person is erased, here and, with the person's secret, in
/// every copy; what must be kept (chain of evidence, audit, signed records of mandates) stays verifiable without it.
/// </summary>
internal sealed class AccountClosing(
    IdentityContext database, MandateStore mandates, SessionStore sessions, PersonSecrets secrets, INotices notices, IAuditTrail audit, TimeProvider time)
{
    public const int WaitDays = 7;
    private const string Reason = "account-closed";

    /// <summary>Names of organisations that the person still represents; they must be handed over first.</summary>
    public Task<List<string>> RepresentsAsync(Guid account, CancellationToken cancellationToken) =>
        database.Organisations.Where(o => o.LegalRepresentativeId == account && o.EndedAt == null).OrderBy(o => o.Uscc).Select(o => o.Name).Take(100).ToListAsync(cancellationToken);

    /// <returns>False when it is to be closed already, or the person represents an organisation.</returns>
    public async Task<bool> BeginAsync(Guid account, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var due = now.AddDays(WaitDays);
        if ((await RepresentsAsync(account, cancellationToken)).Count > 0 || await database.Users.Where(a => a.Id == account && a.ClosingAt == null && a.ClosedAt == null && a.Kind == AccountKind.Person)
            .ExecuteUpdateAsync(a => a.SetProperty(x => x.ClosingAt, due), cancellationToken) == 0)
        {
            return false;
        }

        notices.Add(account, NoticeKinds.ClosingBegun);
        audit.Add(new AuditEntry("account.closingBegun", account.ToString(), account.ToString(), Details: new { due }));
        database.Add(OutboxMessage.Create(ClosingWork.KindName, account, $"{account}:{now.UtcTicks}", now, TimeSpan.FromDays(WaitDays)));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    public async Task<bool> UndoAsync(Guid account, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (await database.Users.Where(a => a.Id == account && a.ClosingAt != null && a.ClosedAt == null)
            .ExecuteUpdateAsync(a => a.SetProperty(x => x.ClosingAt, (DateTimeOffset?)null), cancellationToken) == 0)
        {
            return false;
        }

        notices.Add(account, NoticeKinds.ClosingUndone);
        audit.Add(new AuditEntry("account.closingUndone", account.ToString(), account.ToString()));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    /// <summary>When the waiting period is over. One transaction: an account is never half closed.</summary>
    public async Task FinishAsync(Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var account = await database.Users.Include(a => a.Person).FirstAsync(a => a.Id == id, cancellationToken);
        if (account.ClosedAt is not null || account.ClosingAt is not { } due || due > now)
        {
            return;
        }

        if (account.FrozenAt is not null || (await RepresentsAsync(id, cancellationToken)).Count > 0)
        {
            // Frozen: somebody else may have asked. Became a representative meanwhile: the organisation would be left without one.
            account.ClosingAt = null;
            notices.Add(id, NoticeKinds.ClosingUndone);
            audit.Add(new AuditEntry("account.closingUndone", id.ToString(), "system"));
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
            return;
        }

        await EndMandatesAsync(id, cancellationToken);
        await EvidenceWithdrawal.AddAsync(database, id, [], Reason, "identity", now, cancellationToken);
        await sessions.EndAllAsync(id, EndReasons.AccountClosed, except: null, cancellationToken);
        await EraseAsync(account, now, cancellationToken);
        audit.Add(new AuditEntry("account.closed", id.ToString(), id.ToString()));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        secrets.Forget(id);
    }

    private async Task EndMandatesAsync(Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var open = await database.Mandates.Where(m => m.AgentId == id && (m.State == MandateState.Active || m.State == MandateState.Suspended)).Select(m => m.Id).ToListAsync(cancellationToken);
        foreach (var key in open)
        {
            var mandate = await mandates.FindAsync(key, cancellationToken);
            var (act, role) = MandateFlow.At(mandate, now) == MandateState.Expired ? (MandateAct.Expire, MandateRole.System) : (MandateAct.Resign, MandateRole.Agent);
            await mandates.ActAsync(mandate, act, role, role == MandateRole.Agent ? id : null, Reason, cancellationToken);
        }

        await database.Mandates.Where(m => m.AgentId == id).ExecuteUpdateAsync(
            set => set.SetProperty(m => m.InvitedNumberCipher, (string?)null).SetProperty(m => m.InvitedNumberMasked, "").SetProperty(m => m.InvitedIndex, m => Person.Gone + m.Id.ToString()), cancellationToken);
    }

    private async Task EraseAsync(Account account, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = account.Id;
        account.Person!.Erase();
        (account.ClosedAt, account.ClosingAt, account.PasswordHash, account.TwoFactorEnabled) = (now, null, null, false);
        (account.UserName, account.NormalizedUserName) = (id.ToString("N"), id.ToString("N").ToUpperInvariant());
        await database.SaveChangesAsync(cancellationToken);
        await database.PersonSecrets.Where(s => s.PersonId == id).ExecuteDeleteAsync(cancellationToken);
        await database.Evidence.Where(e => e.SubjectId == id).ExecuteUpdateAsync(e => e.SetProperty(x => x.ReceiptCipher, (string?)null), cancellationToken);
        await database.UserPasskeys.Where(p => p.UserId == id).ExecuteDeleteAsync(cancellationToken);
        await database.PasskeyUses.Where(p => p.AccountId == id).ExecuteDeleteAsync(cancellationToken);
        await database.AuthenticatorApps.Where(a => a.AccountId == id).ExecuteDeleteAsync(cancellationToken);
        await database.RecoveryCodes.Where(c => c.AccountId == id).ExecuteDeleteAsync(cancellationToken);
        await database.RecoveryRequests.Where(r => r.AccountId == id).ExecuteDeleteAsync(cancellationToken);
        await database.KnownDevices.Where(d => d.AccountId == id).ExecuteDeleteAsync(cancellationToken);
        await database.Notices.Where(n => n.AccountId == id).ExecuteDeleteAsync(cancellationToken);
        await database.AccountLinks.Where(l => l.AccountId == id).ExecuteDeleteAsync(cancellationToken);
        // What was asked for under them goes with them. Sessions and token families have ended and say what the sign-in log says, so they stay as long as it does.
        await database.ClaimConsents.Where(c => c.AccountId == id).ExecuteDeleteAsync(cancellationToken);
    }
}
