using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>Where the person comes back from the ceremony: on to the application (a phone that did it for a computer: to the page that says so), or the reason and another try.</summary>
[Authorize]
internal sealed class PresenceReturnModel(IdentityContext database, SessionStore sessions, PresenceCeremony ceremony) : PresencePage(database, sessions)
{
    /// <summary>The page where it can be tried again; null when the request is not known any more.</summary>
    public string? Again { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? state, CancellationToken cancellationToken)
    {
        var (session, person) = await CurrentAsync(cancellationToken);
        var outcome = await ceremony.FinishAsync(session, person, state, cancellationToken);
        if (outcome is { Problem: null, ReturnUrl: { } onwards } && LocalUrl.IsLocal(onwards))
        {
            return Redirect(onwards);
        }

        Again = outcome.ReturnUrl is { } url ? url.StartsWith(PresencePaths.Phone + "?", StringComparison.Ordinal) ? url : $"{PresencePaths.Confirm}?ReturnUrl={Uri.EscapeDataString(url)}" : null;
        ModelState.AddModelError("", outcome.Problem!.Text);
        Response.StatusCode = outcome.Problem.Status;
        return Page();
    }
}
