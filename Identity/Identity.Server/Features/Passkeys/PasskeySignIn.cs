using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Passkeys;

/// <summary>Signs in by passkey: possession and the device's own check of the person, nothing to guess, no count to exhaust.</summary>
internal sealed class PasskeySignIn(PasskeyCeremony ceremony, UserManager<Account> users, IdentityContext database, IAuditTrail audit, TimeProvider time)
{
    /// <summary>RFC 8176: a key in hardware or guarded like one, and the person's presence verified by the device.</summary>
    public static readonly IReadOnlyList<string> Methods = ["hwk", "user"];

    /// <param name="context">The request.</param>
    /// <param name="answer">JSON of the browser's answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="only">The account whose session is to be strengthened: another's passkey is refused and leaves no trace of a use.</param>
    /// <returns>The account, or null.</returns>
    public async Task<Account?> TryAsync(HttpContext context, string answer, CancellationToken cancellationToken, Guid? only = null)
    {
        if (await ceremony.AssertAsync(context, answer) is not { } asserted || asserted.Account is not { ClosedAt: null, FrozenAt: null } || (only is { } mine && asserted.Account.Id != mine))
        {
            return null;
        }

        var (account, passkey) = asserted;
        var now = time.GetUtcNow();
        var id = PasskeyRecords.UseId(passkey.CredentialId);
        if (await database.PasskeyUses.FirstOrDefaultAsync(u => u.Id == id, cancellationToken) is { } use)
        {
            use.LastUsedAt = now;
        }
        else
        {
            database.PasskeyUses.Add(new PasskeyUse { Id = id, AccountId = account.Id, LastUsedAt = now });
        }

        audit.Add(new AuditEntry(only is null ? "account.passkeySignIn" : "account.passkeyConfirm", account.Id.ToString(), account.Id.ToString()));

        // The new counter is what tells a copied key.
        return (await users.AddOrUpdatePasskeyAsync(account, passkey)).Succeeded ? account : null;
    }
}
