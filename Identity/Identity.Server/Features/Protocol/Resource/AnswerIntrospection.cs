using System.Text.Json;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Protocol.Token;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Resource;

/// <summary>
/// RFC 7662 §2.2: for whom and by whom the token is used (<c>act_for</c>, <c>act</c>), and what was confirmed in person (RFC 9396 §9.2). The engine keeps what is beyond the standard from callers whose
/// client is no audience; here every caller was judged before (<see cref="OwnTokensOnly"/>), and one that does not know the organisation takes an agent's act for his own.
/// All of it is of this moment, and the level is the token's own at most: whoever asks does so to hear of what has fallen since the token was made.
/// </summary>
internal sealed class AnswerIntrospection(GrantStore grants, TokenSubject subjects, ClientCatalogue clients, SubjectIdentifiers identifiers) : IOpenIddictServerHandler<HandleIntrospectionRequestContext>
{
    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor
        .CreateBuilder<HandleIntrospectionRequestContext>()
        .UseScopedHandler<AnswerIntrospection>()
        .SetOrder(int.MaxValue - 50_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public async ValueTask HandleAsync(HandleIntrospectionRequestContext context)
    {
        var details = context.GenericTokenPrincipal.FindAll(ProtocolClaims.AuthorizationDetails).Select(claim => claim.Value).ToList();
        if (details.Count > 0)
        {
            using var document = JsonDocument.Parse($"[{string.Join(',', details)}]");
            context.Claims[ProtocolClaims.AuthorizationDetails] = new OpenIddictParameter(document.RootElement.Clone());
        }

        // A code names the account, for this server alone, and so does what was made before its client became pairwise. Such a client is nobody's audience: who asks is the client itself.
        if (context.GenericTokenPrincipal.HasClaim(ProtocolClaims.Grant) && Guid.TryParse(context.Subject, out var account))
        {
            context.Subject = identifiers.SubjectOf(clients.Find(context.Request.ClientId), account);
        }

        if (context.GenericTokenPrincipal.GetTokenType() is TokenTypeIdentifiers.AccessToken && Guid.TryParse(context.GenericTokenPrincipal.GetClaim(ProtocolClaims.Grant), out var id))
        {
            await SayAsync(context, id);
        }
    }

    /// <summary>Of an access token that was made for a person; a service's has no family. The ID number is not told here, so it is not opened for it.</summary>
    private async Task SayAsync(HandleIntrospectionRequestContext context, Guid id)
    {
        var token = context.GenericTokenPrincipal;
        if (await grants.FindLiveAsync(id, context.CancellationToken) is not { } grant ||
            await subjects.BuildAsync(grant.Session!, ActingAs.Of(grant), token.GetScopes().Remove(ScopeCatalogue.RealName), grant.ClientId, context.CancellationToken) is not { } now)
        {
            context.Reject(Errors.InvalidToken, "The token is no longer valid.");
            return;
        }

        foreach (var name in (string[])[ProtocolClaims.ActingFor, ProtocolClaims.Actor])
        {
            if (now.GetClaim(name) is { } value)
            {
                using var document = JsonDocument.Parse(value);
                context.Claims[name] = new OpenIddictParameter(document.RootElement.Clone());
            }
        }

        // A level that belongs to a transaction is not told as one: the details say what was proven.
        if (AssuranceNames.Parse(token.GetClaim(Claims.AuthenticationContextReference)) is { } said and not AssuranceLevel.Advanced)
        {
            var reached = AssuranceNames.Parse(now.GetClaim(Claims.AuthenticationContextReference)) ?? AssuranceLevel.None;
            context.Claims[Claims.AuthenticationContextReference] = AssuranceNames.Acr(reached < said ? reached : said);
        }
    }
}
