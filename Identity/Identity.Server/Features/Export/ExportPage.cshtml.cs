using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Export;

/// <summary>Gives a person their own data. Numbers stand there in full, so it asks for a proof of the last five minutes.</summary>
[Authorize]
internal sealed class ExportModel(OwnData data, IdentityContext database, SessionStore sessions, IAuditTrail audit) : PageModel
{
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(5);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await ProveAgainAsync(cancellationToken) ?? Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await ProveAgainAsync(cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        var account = User.AccountId()!.Value;
        var file = await data.WriteAsync(account, cancellationToken);
        audit.Add(new AuditEntry("account.exported", account.ToString(), account.ToString()));
        await database.SaveChangesAsync(cancellationToken);
        Response.Headers.CacheControl = "no-store";
        return File(file, "application/json", "yinxin-my-data.json");
    }

    /// <summary>In the session that there is: whoever only has to prove themselves is not signed out for it.</summary>
    private async Task<IActionResult?> ProveAgainAsync(CancellationToken cancellationToken)
    {
        const string here = "/account/export";
        return await sessions.IsRecentAsync(User, Recent, cancellationToken) ? null
            : await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken) is { } session ? LocalRedirect(ConfirmAddress.Of(session, here))
            : LocalRedirect("/sign-in?ReturnUrl=" + Uri.EscapeDataString(here));
    }
}
