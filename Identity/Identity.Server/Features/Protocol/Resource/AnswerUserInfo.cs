using OpenIddict.Abstractions;
using OpenIddict.Server;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.Identity.Server.Features.VerifiedClaims;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Resource;

/// <summary>OIDC Core §5.3: the claims that the token's scopes give, as they are now.</summary>
internal sealed class AnswerUserInfo(GrantStore grants, TokenSubject subjects, ClaimRelease release) : IOpenIddictServerHandler<HandleUserInfoRequestContext>
{
    private static readonly HashSet<string> OfEveryToken =
        [Claims.Name, ProtocolClaims.Kind, ProtocolClaims.ActingFor, ProtocolClaims.Actor, ProtocolClaims.Department, ProtocolClaims.RealName, ProtocolClaims.IdNumber];

    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor
        .CreateBuilder<HandleUserInfoRequestContext>()
        .UseScopedHandler<AnswerUserInfo>()
        .SetOrder(int.MaxValue - 50_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public async ValueTask HandleAsync(HandleUserInfoRequestContext context)
    {
        var token = context.AccessTokenPrincipal;
        if (!Guid.TryParse(token.GetClaim(ProtocolClaims.Grant), out var id) ||
            await grants.FindLiveAsync(id, context.CancellationToken) is not { } grant ||
            await subjects.BuildAsync(grant.Session!, ActingAs.Of(grant), token.GetScopes(), grant.ClientId, context.CancellationToken) is not { } identity)
        {
            context.Reject(Errors.InvalidToken, "The token names no person.");
            return;
        }

        context.Subject = identity.GetClaim(Claims.Subject);
        context.Audiences.Clear();
        foreach (var claim in identity.Claims.Where(c => OfEveryToken.Contains(c.Type)))
        {
            context.Claims[claim.Type] = claim.ValueType == "JSON"
                ? new OpenIddictParameter(System.Text.Json.JsonDocument.Parse(claim.Value).RootElement)
                : new OpenIddictParameter(claim.Value);
        }

        if (await release.OfAsync(grant, VerifiedClaimsRequest.UserInfoMember, context.CancellationToken) is { } verified)
        {
            context.Claims[ProtocolClaims.VerifiedClaims] = new OpenIddictParameter(verified);
        }

        var roles = identity.GetClaims(ProtocolClaims.Role);
        if (!roles.IsEmpty)
        {
            context.Claims[ProtocolClaims.Role] = new OpenIddictParameter([.. roles.Select(r => (string?)r)]);
        }
    }
}
