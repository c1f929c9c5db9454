using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.History;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Passkeys;

/// <summary>Signs in by passkey: possession and the device's own check of the person, nothing to guess, no count to exhaust.</summary>
internal sealed class PasskeySignIn(
    PasskeyCeremony ceremony, IdentityContext database, SignInHistory history, INotices notices, IAuditTrail audit, TimeProvider time)
{
    private const string Refused = "identity.passkey.refused";

    /// <param name="context">The request.</param>
    /// <param name="answer">JSON of the browser's answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="only">The account whose session is to be strengthened: another's passkey is refused and leaves no trace of a use.</param>
    /// <returns>The account and what this passkey shows (<see cref="PasskeyMethods"/>), or null.</returns>
    public async Task<(Account Account, IReadOnlyList<string> Methods)?> TryAsync(HttpContext context, string answer, CancellationToken cancellationToken, Guid? only = null)
    {
        if (await ceremony.AssertAsync(context, answer, credential => RefusedAsync(context, credential, cancellationToken)) is not { } asserted || (only is { } mine && asserted.Account.Id != mine))
        {
            return null;
        }

        // What the ceremony read may be old by now, and to store it whole would undo a freeze or a new password of this very moment. Read anew, in the turn that those take too.
        var (owner, passkey) = (asserted.Account.Id, asserted.Passkey);
        var credentialId = passkey.CredentialId;
        database.ChangeTracker.Clear();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var account = await database.Users.FirstOrDefaultAsync(a => a.Id == owner && a.ClosedAt == null && a.FrozenAt == null, cancellationToken);
        var row = await database.UserPasskeys.FirstOrDefaultAsync(p => p.UserId == owner && p.CredentialId == credentialId, cancellationToken);
        if (account is null || row is null)
        {
            return null;
        }

        // A key and its copy at the same moment, on two nodes: the second to come meets the count of the first (WebAuthn Level 3 §7.2).
        if ((row.Data.SignCount > 0 || passkey.SignCount > 0) && passkey.SignCount <= row.Data.SignCount)
        {
            await transaction.RollbackAsync(CancellationToken.None);
            await RefusedAsync(context, credentialId, cancellationToken);
            return null;
        }

        (row.Data.SignCount, row.Data.IsBackedUp, row.Data.IsUserVerified) = (passkey.SignCount, passkey.IsBackedUp, passkey.IsUserVerified);
        var now = time.GetUtcNow();
        var id = PasskeyRecords.UseId(credentialId);
        if (await database.PasskeyUses.FirstOrDefaultAsync(u => u.Id == id, cancellationToken) is { } use)
        {
            use.LastUsedAt = now;
        }
        else
        {
            database.PasskeyUses.Add(new PasskeyUse { Id = id, AccountId = owner, LastUsedAt = now });
        }

        audit.Add(new AuditEntry(only is null ? "account.passkeySignIn" : "account.passkeyConfirm", owner.ToString(), owner.ToString()));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return (account, PasskeyMethods.Of(row.Data.IsBackupEligible));
    }

    /// <summary>Its owner may have to know: audit and history each time, a notice once a day, so that nobody is rung up all night.</summary>
    private async Task RefusedAsync(HttpContext context, byte[] credential, CancellationToken cancellationToken)
    {
        if (await database.UserPasskeys.AsNoTracking().FirstOrDefaultAsync(p => p.CredentialId == credential, cancellationToken) is not { } row)
        {
            return;
        }

        var account = row.UserId;
        var yesterday = time.GetUtcNow().AddDays(-1);
        if (!await database.Notices.AnyAsync(n => n.AccountId == account && n.Kind == NoticeKinds.PasskeyRefused && n.CreatedAt > yesterday, cancellationToken))
        {
            notices.Add(account, NoticeKinds.PasskeyRefused);
        }

        audit.Add(new AuditEntry("account.passkeyRefused", account.ToString(), ActorId: null, Details: new { passkey = PasskeyRecords.UseId(credential) }, Result: Refused));
        await history.WriteFailureAsync(context, account, SignInHistory.WrongPasskey, PasskeyMethods.Of(row.Data.IsBackupEligible), cancellationToken);
    }
}
