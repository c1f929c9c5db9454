using System.Text.Json;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Acting;
using Yinxin.Identity.Server.Features.Mandates;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>
/// A token shown at userinfo, introspection or revocation is worth something only while its family and its session live:
/// sign-out, a password change, an ended mandate or a replay is seen at once, although the token itself is a signed document.
/// One made before its mandate was suspended stays dead after that is resumed, as it does wherever the feed of endings is followed.
/// </summary>
internal sealed class CheckGrant(GrantStore grants, ActingChoices acting) : IOpenIddictServerHandler<ValidateTokenContext>
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

        if (await grants.FindLiveAsync(id, context.CancellationToken) is not { } grant || await IsOfFormerMandateAsync(grant, context.Principal.GetClaim(ProtocolClaims.ActingFor), context.CancellationToken))
        {
            context.Reject(Errors.InvalidToken, "The token is no longer valid.");
        }
    }

    /// <param name="grant">The family.</param>
    /// <param name="said">What the token says of whom it acts for; a refresh token says nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    private async Task<bool> IsOfFormerMandateAsync(Grant grant, string? said, CancellationToken cancellationToken)
    {
        if (said is null || grant.MandateId is not { } id)
        {
            return false;
        }

        using var document = JsonDocument.Parse(said);
        return await acting.HeldAsync(grant.Session!.AccountId, id, cancellationToken) is not { } mandate ||
            document.RootElement.GetProperty("mandate").GetProperty("version").GetInt32() < Standing.TokenVersion(mandate);
    }
}
