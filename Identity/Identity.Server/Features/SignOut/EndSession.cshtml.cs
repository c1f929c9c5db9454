using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Protocol;
using Yinxin.Identity.Server.Features.Protocol.Authorize;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.Identity.Server.Features.Sessions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Yinxin.Identity.Server.Features.SignOut;

/// <summary>
/// RP-Initiated Logout 1.0. Only an ID token that this provider signed for this session proves that the request is the person's
/// wish; anything else is asked about first and never redirected (attack: a forged hint).
/// </summary>
[IgnoreAntiforgeryToken]
internal sealed class EndSessionModel(SessionStore sessions, ClientCatalogue clients, SubjectIdentifiers identifiers, IdentityContext database) : PageModel
{
    /// <summary>A little less than a request line may have.</summary>
    private const int LongestAddress = 16_000;

    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public string? Error { get; private set; }

    public Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => HandleAsync(cancellationToken);

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) => HandleAsync(cancellationToken);

    /// <summary>The address to return to must be that of the client for which the hint was made, not merely somebody's.</summary>
    private bool MayReturn(Client? client) =>
        HttpContext.GetOpenIddictServerRequest()?.PostLogoutRedirectUri is not { } uri || (client is not null && RedirectUris.Contains(client.PostLogoutRedirectUris, uri));

    /// <summary>
    /// The session that the hint names. A sector's name of one cannot be turned back: it is looked for among the few sessions of the account that is signed in here.
    /// With nobody signed in here there is none to look among, and a session elsewhere goes on until it is ended there.
    /// </summary>
    private async Task<Guid?> NamedAsync(ClaimsPrincipal hint, Client? client, Guid? account, CancellationToken cancellationToken)
    {
        var named = hint.GetClaim(ProtocolClaims.SessionId);
        if (client?.SectorIdentifier is null)
        {
            return Guid.TryParse(named, out var id) ? id : null;
        }

        if (account is null)
        {
            return null;
        }

        var own = await database.Sessions.Where(s => s.AccountId == account && s.EndedAt == null).Select(s => (Guid?)s.Id).ToListAsync(cancellationToken);
        return own.Find(s => identifiers.SessionOf(client, s!.Value) == named);
    }

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
        if (current is null && HttpMethods.IsPost(Request.Method) && Request.HasFormContentType)
        {
            // Another site's form brings no cookie of ours (SameSite=Lax), so nobody seems to be signed in here; the same question by GET does.
            var again = Request.PathBase + Request.Path + QueryString.Create(Request.Query.Concat(Request.Form));
            if (again.Length < LongestAddress)
            {
                return Redirect(again);
            }
        }

        // For whom the hint was made, whoever shows it: what it says of person and session is said as that client knows them.
        var client = clients.Find(hint?.GetClaim(Claims.AuthorizedParty));
        var account = current?.AccountId();
        if (hint is null || !MayReturn(client) || (account is { } here && hint.GetClaim(Claims.Subject) != identifiers.SubjectOf(client, here)))
        {
            return LocalRedirect(current is null ? "/signed-out" : "/sign-out");
        }

        if (await NamedAsync(hint, client, account, cancellationToken) is { } named)
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
