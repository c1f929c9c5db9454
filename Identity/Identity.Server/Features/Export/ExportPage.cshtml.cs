using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Export;

/// <summary>Gives a person their own data. Numbers stand there in full, so it asks for a proof of the last five minutes and a second factor wherever the account has one to show; and its owner is told.</summary>
[Authorize]
internal sealed class ExportModel(OwnData data, IdentityContext database, StrengtheningWays ways, SessionStore sessions, INotices notices, IAuditTrail audit) : PageModel
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
        notices.Add(account, NoticeKinds.DataExported);
        audit.Add(new AuditEntry("account.exported", account.ToString(), account.ToString()));
        await database.SaveChangesAsync(cancellationToken);
        Response.Headers.CacheControl = "no-store";
        return File(file, "application/json", "yinxin-my-data.json");
    }

    /// <summary>In the session that there is: whoever only has to prove themselves is not signed out for it.</summary>
    private async Task<IActionResult?> ProveAgainAsync(CancellationToken cancellationToken)
    {
        const string here = "/account/export";
        if (await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken) is not { } session)
        {
            return LocalRedirect("/sign-in?ReturnUrl=" + Uri.EscapeDataString(here));
        }

        var further = await ways.LacksFurtherAsync(session, cancellationToken);
        return further || !await sessions.IsRecentAsync(User, Recent, cancellationToken) ? LocalRedirect(ConfirmAddress.Of(session, here, further)) : null;
    }
}
