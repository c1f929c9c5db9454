using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Features.Passkeys;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Strengthening;

/// <summary>A passkey of this very account strengthens the session; another account's never does, not even one of the same person.</summary>
[Authorize]
internal sealed class ConfirmPasskeyModel(PasskeySignIn passkeys, SessionStore sessions, IAuditTrail audit, Data.IdentityContext database) : ConfirmPage(sessions)
{
    private static readonly Problem Refused = new("identity.confirm.passkeyRefused", 422, "通行密钥未被接受，请重试或换一种方式。", "The passkey was not accepted. Please try again or choose another way.");

    /// <summary>JSON of the browser's answer.</summary>
    [BindProperty]
    public string? Passkey { get; set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var account = User.AccountId()!.Value;
        if (await passkeys.TryAsync(HttpContext, Passkey ?? "", cancellationToken, only: account) is { } shown)
        {
            return await ConfirmedAsync(shown.Methods, cancellationToken);
        }

        audit.Add(new AuditEntry("session.strengthen", account.ToString(), account.ToString(), Details: new { session = User.SessionId() }, Result: Refused.Code));
        await database.SaveChangesAsync(cancellationToken);
        return Refuse("", Refused);
    }
}
