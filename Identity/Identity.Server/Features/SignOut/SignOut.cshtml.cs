using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;

namespace Yinxin.Identity.Server.Features.SignOut;

/// <summary>Asks before ending the session; the form is bound to the browser that fetched it.</summary>
internal sealed class SignOutModel(SessionStore sessions) : PageModel
{
    public async Task<IActionResult> OnPostAsync(bool everywhere, CancellationToken cancellationToken)
    {
        if (User.SessionId() is { } id)
        {
            await sessions.EndAsync(id, EndReasons.SignedOut, cancellationToken);
            if (everywhere)
            {
                await sessions.EndAllAsync(User.AccountId()!.Value, EndReasons.SignedOutEverywhere, except: null, cancellationToken);
            }
        }

        await HttpContext.SignOutAsync(SessionCookie.Scheme);
        return LocalRedirect("/signed-out");
    }
}
