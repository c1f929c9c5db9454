using System.Security.Claims;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Resource;

/// <summary>
/// RFC 7662 §4, RFC 7009 §2.1: a client may ask about tokens that were given to it or are meant for its API, and revoke its own.
/// The engine lets a token without audience pass; here every token must name the caller.
/// </summary>
internal sealed class OwnTokensOnly :
    IOpenIddictServerHandler<ValidateIntrospectionRequestContext>,
    IOpenIddictServerHandler<ValidateRevocationRequestContext>
{
    private const string AudiencePrefix = "yinxin-";

    public static readonly OpenIddictServerHandlerDescriptor Introspection = OpenIddictServerHandlerDescriptor
        .CreateBuilder<ValidateIntrospectionRequestContext>()
        .UseSingletonHandler<OwnTokensOnly>()
        .SetOrder(OpenIddictServerHandlers.Introspection.ValidateAuthorizedParty.Descriptor.Order)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public static readonly OpenIddictServerHandlerDescriptor Revocation = OpenIddictServerHandlerDescriptor
        .CreateBuilder<ValidateRevocationRequestContext>()
        .UseSingletonHandler<OwnTokensOnly>()
        .SetOrder(OpenIddictServerHandlers.Revocation.ValidateAuthorizedParty.Descriptor.Order)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public ValueTask HandleAsync(ValidateIntrospectionRequestContext context)
    {
        if (!IsFor(context.GenericTokenPrincipal, context.ClientId) && context.GenericTokenPrincipal?.HasAudience(AudiencePrefix + context.ClientId) != true)
        {
            context.Reject(Errors.InvalidToken, "The token is neither the caller's nor meant for it.");
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask HandleAsync(ValidateRevocationRequestContext context)
    {
        if (!IsFor(context.GenericTokenPrincipal, context.ClientId))
        {
            context.Reject(Errors.UnauthorizedClient, "The token was given to another client.");
        }

        return ValueTask.CompletedTask;
    }

    private static bool IsFor(ClaimsPrincipal? token, string? clientId) =>
        token is not null && clientId is not null &&
        (token.GetClaim(Claims.ClientId) is { } owner ? owner == clientId : token.HasPresenter(clientId));
}
