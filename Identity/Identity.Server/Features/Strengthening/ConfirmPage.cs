using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Strengthening;

/// <summary>What the pages have in common on which a signed-in person proves themselves once more: only ever for the session of the request, then back.</summary>
internal abstract class ConfirmPage(SessionStore sessions) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public string Target => LocalUrl.OrHome(ReturnUrl);

    /// <summary>The page that offers the other ways.</summary>
    public string OtherWays => "/account/confirm?ReturnUrl=" + Uri.EscapeDataString(Target);

    protected async Task<IActionResult> ConfirmedAsync(IReadOnlyList<string> methods, CancellationToken cancellationToken)
    {
        await sessions.StrengthenAsync(HttpContext, User.SessionId()!.Value, methods, cancellationToken);
        return Redirect(Target);
    }

    /// <summary>The page again, with what went wrong; a secret that was typed does not come back.</summary>
    protected PageResult Refuse(string field, Problem problem)
    {
        ModelState.AddModelError(field, problem.Text);
        ModelState.SetModelValue(field, null, null);
        Response.StatusCode = problem.Status;
        return Page();
    }
}
