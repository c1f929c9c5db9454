using OpenIddict.Abstractions;
using OpenIddict.Server;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Protocol.Token;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Resource;

/// <summary>RFC 7009 §2.1: revoking a refresh or access token ends its family. A service's own token has no family and simply runs out.</summary>
internal sealed class RevokeGrant(GrantStore grants) : IOpenIddictServerHandler<HandleRevocationRequestContext>
{
    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor
        .CreateBuilder<HandleRevocationRequestContext>()
        .UseScopedHandler<RevokeGrant>()
        .SetOrder(int.MaxValue - 50_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public async ValueTask HandleAsync(HandleRevocationRequestContext context)
    {
        if (!Guid.TryParse(context.GenericTokenPrincipal.GetClaim(ProtocolClaims.Grant), out var id))
        {
            context.Reject(Errors.UnsupportedTokenType, "A service's access token cannot be revoked; it lives ten minutes.");
            return;
        }

        await grants.EndAsync(id, EndReasons.Revoked, context.CancellationToken);
    }
}
