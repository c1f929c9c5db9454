using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Protocol;
using Yinxin.Identity.Server.Features.Protocol.Authorize;
using Yinxin.Identity.Server.Features.Sessions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Yinxin.Identity.Server.Features.SignOut;

/// <summary>
/// RP-Initiated Logout 1.0. Only an ID token that this provider signed for this session proves that the request is the person's
/// wish; anything else is asked about first and never redirected (attack: a forged hint).
/// </summary>
[IgnoreAntiforgeryToken]
internal sealed class EndSessionModel(SessionStore sessions, ClientCatalogue clients) : PageModel
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public string? Error { get; private set; }

    public Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => HandleAsync(cancellationToken);

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) => HandleAsync(cancellationToken);

    /// <summary>The address to return to must be that of the client for which the hint was made, not merely somebody's.</summary>
    private bool MayReturn(ClaimsPrincipal hint) =>
        HttpContext.GetOpenIddictServerRequest()?.PostLogoutRedirectUri is not { } uri ||
        (clients.Find(hint.GetClaim(Claims.AuthorizedParty)) is { } client && RedirectUris.Contains(client.PostLogoutRedirectUris, uri));

    private async Task<IActionResult> HandleAsync(CancellationToken cancellationToken)
    {
        if (HttpContext.GetOpenIddictServerResponse() is { Error.Length: > 0 } failure)
        {
            Error = failure.Error;
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return Page();
        }

        var hint = HttpContext.Features.Get<OpenIddictServerAspNetCoreFeature>()?.Transaction?.Hint();
        var current = (await HttpContext.AuthenticateAsync(SessionCookie.Scheme)).Principal;
        if (hint is null || !MayReturn(hint) || (current?.AccountId() is { } account && hint.GetClaim(Claims.Subject) != account.ToString()))
        {
            return LocalRedirect(current is null ? "/signed-out" : "/sign-out");
        }

        if (Guid.TryParse(hint.GetClaim(ProtocolClaims.SessionId), out var named))
        {
            await sessions.EndAsync(named, EndReasons.SignedOut, cancellationToken);
        }

        if (current?.SessionId() is { } id)
        {
            await sessions.EndAsync(id, EndReasons.SignedOut, cancellationToken);
        }

        await HttpContext.SignOutAsync(SessionCookie.Scheme);
        return SignOut(new AuthenticationProperties { RedirectUri = "/signed-out" }, Scheme);
    }
}
