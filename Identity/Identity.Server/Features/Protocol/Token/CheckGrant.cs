using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>
/// A token shown at userinfo, introspection or revocation is worth something only while its family and its session live:
/// sign-out, a password change, an ended mandate or a replay is seen at once, although the token itself is a signed document.
/// </summary>
internal sealed class CheckGrant(GrantStore grants) : IOpenIddictServerHandler<ValidateTokenContext>
{
    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor
        .CreateBuilder<ValidateTokenContext>()
        .UseScopedHandler<CheckGrant>()
        .SetOrder(OpenIddictServerHandlers.Protection.ValidatePrincipal.Descriptor.Order + 500)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.Principal?.GetTokenType() is not (TokenTypeIdentifiers.AccessToken or TokenTypeIdentifiers.RefreshToken) ||
            context.EndpointType is OpenIddictServerEndpointType.Token ||
            !Guid.TryParse(context.Principal.GetClaim(ProtocolClaims.Grant), out var id))
        {
            return;
        }

        if (await grants.FindLiveAsync(id, context.CancellationToken) is null)
        {
            context.Reject(Errors.InvalidToken, "The token is no longer valid.");
        }
    }
}
