using System.Security.Claims;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Authorize;

/// <summary>What the engine found behind a <c>request_uri</c> or an <c>id_token_hint</c>.</summary>
internal static class RequestTokens
{
    public static bool IsPushed(this OpenIddictServerTransaction transaction) => Authentication(transaction)?.RequestTokenPrincipal is not null;

    /// <summary>Identifier of the pushed request; null for a request in the address.</summary>
    public static Guid? PushedId(this OpenIddictServerTransaction transaction) =>
        Guid.TryParse(Authentication(transaction)?.RequestTokenPrincipal?.GetClaim(ProtocolClaims.RequestId), out var id) ? id : null;

    /// <summary>The hint, if it is an ID token that this provider signed; null for none and for a forged one.</summary>
    public static ClaimsPrincipal? Hint(this OpenIddictServerTransaction transaction) => Authentication(transaction)?.IdentityTokenPrincipal;

    private static ProcessAuthenticationContext? Authentication(OpenIddictServerTransaction transaction) =>
        transaction.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!);
}
