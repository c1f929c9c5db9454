using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Presence;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.VerifiedClaims;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>RFC 6749 §4.1.3, §4.4, §6: turns a code, a refresh token or a client into the subject of new tokens.</summary>
internal sealed class HandleToken(GrantStore grants, TokenSubject subjects, ClientCatalogue clients, PresenceClaims presence, ClaimRelease claims, TimeProvider time) : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    private static readonly TimeSpan ServiceTokenLife = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PersonTokenLife = SessionSettings.Unseen;

    /// <summary>What ends in this very moment still makes a token that can be written.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor
        .CreateBuilder<HandleTokenRequestContext>()
        .UseScopedHandler<HandleToken>()
        .SetOrder(OpenIddictServerHandlers.Exchange.AttachPrincipal.Descriptor.Order + 500)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        if (context.Request.IsClientCredentialsGrantType())
        {
            Service(context);
        }
        else
        {
            await PersonAsync(context);
        }
    }

    private void Service(HandleTokenRequestContext context)
    {
        var client = clients.Find(context.ClientId)!;
        var asked = context.Request.GetScopes();
        var scopes = (asked.IsEmpty ? client.Scopes : asked.AsEnumerable()).Where(ScopeCatalogue.IsForServices).ToImmutableArray();
        if (scopes.IsEmpty)
        {
            context.Reject(Errors.InvalidScope, "None of the scopes is for services.");
            return;
        }

        var identity = new ClaimsIdentity("yinxin");
        identity.SetClaim(Claims.Subject, client.ClientId);
        identity.SetScopes(scopes);
        identity.SetResources(ScopeCatalogue.AudiencesOf(scopes));
        context.Principal = new ClaimsPrincipal(identity).SetAccessTokenLifetime(ServiceTokenLife);
    }

    private async Task PersonAsync(HandleTokenRequestContext context)
    {
        var cancellationToken = context.CancellationToken;
        var presented = context.Principal!;
        var id = Guid.Parse(presented.GetClaim(ProtocolClaims.Grant)!);
        if (!await SpendAsync(context, presented, id))
        {
            context.Reject(Errors.InvalidGrant, "The code or the refresh token was already used.");
            return;
        }

        // An app in use asks for new tokens only when the former ones end: until then nothing of that use was seen here.
        var unseen = context.Request.IsRefreshTokenGrantType() ? SessionSettings.Unseen : TimeSpan.Zero;
        if (await grants.FindLiveAsync(id, cancellationToken, unseen) is not { } grant)
        {
            context.Reject(Errors.InvalidGrant, "The session has ended.");
            return;
        }

        await grants.TouchAsync(grant, cancellationToken);
        var granted = presented.GetScopes();
        var narrowed = context.Request.IsRefreshTokenGrantType() && !string.IsNullOrEmpty(context.Request.Scope)
            ? granted.Intersect(context.Request.GetScopes(), StringComparer.Ordinal)
            : granted;
        if (await subjects.BuildAsync(grant.Session!, ActingAs.Of(grant), granted, grant.ClientId, cancellationToken) is not { } identity)
        {
            context.Reject(Errors.InvalidGrant, "The mandate has ended.");
            return;
        }

        if (context.Request.IsRefreshTokenGrantType() && presented.GetClaim(Claims.Subject) != identity.GetClaim(Claims.Subject))
        {
            // OIDC Core §12.2: a refresh says the same sub. The client became pairwise, or of another sector, since; whoever goes on signs in anew and is known by one name from then on.
            await grants.EndAsync(id, EndReasons.Revoked, cancellationToken);
            context.Reject(Errors.InvalidGrant, "The client knows the person by another identifier now.");
            return;
        }

        TokenSubject.Narrow(identity, narrowed);
        identity.SetResources(ScopeCatalogue.AudiencesOf(narrowed.Intersect(identity.GetScopes(), StringComparer.Ordinal)));
        identity.SetClaim(ProtocolClaims.Grant, id.ToString());
        identity.FindFirst(ProtocolClaims.Grant)!.SetDestinations(Destinations.AccessToken);
        identity.SetClaim(ProtocolClaims.Generation, (Generation(presented) + 1).ToString(CultureInfo.InvariantCulture));
        identity.SetClaim(ProtocolClaims.Granted, string.Join(' ', granted));
        SayWhatWasAsked(identity, presented.GetClaim(ProtocolClaims.AcrCondition));
        context.Principal = new ClaimsPrincipal(identity);
        if (identity.GetClaim(ProtocolClaims.TrueUntil) is { } end)
        {
            // No token outlives its mandate or what carries its level, so that whoever looks at nothing but signature and life refuses it in time.
            identity.SetClaim(ProtocolClaims.TrueUntil, (string?)null);
            var left = DateTimeOffset.FromUnixTimeSeconds(long.Parse(end, CultureInfo.InvariantCulture)) - time.GetUtcNow();
            context.Principal.SetAccessTokenLifetime(left > PersonTokenLife ? PersonTokenLife : left > Shortest ? left : Shortest);
        }

        if (!context.Request.IsRefreshTokenGrantType())
        {
            await AddOnceAsync(context, identity, grant);
        }
    }

    /// <summary>What only the tokens of the code itself carry: presence, which no refresh may prolong, and verified claims in the ID token.</summary>
    private async Task AddOnceAsync(HandleTokenRequestContext context, ClaimsIdentity identity, Grant grant)
    {
        // An account that nothing proves any more, since the code was given, was nobody's for the face to be held against.
        if (AssuranceNames.Parse(identity.GetClaim(Claims.AuthenticationContextReference)) is not null && await presence.AddAsync(identity, grant, context.CancellationToken) is { } proof)
        {
            // RFC 9396 §7: the client is told as well. No token outlives the proof that it carries.
            context.Parameters[ProtocolClaims.AuthorizationDetails] = new OpenIddictParameter(PresenceClaims.Details(proof));
            var left = proof.ValidUntil - time.GetUtcNow();
            var life = context.Principal!.GetAccessTokenLifetime() ?? PersonTokenLife;
            context.Principal!.SetAccessTokenLifetime(left < life ? left : life).SetIdentityTokenLifetime(left);
        }

        if (await claims.OfAsync(grant, VerifiedClaimsRequest.IdTokenMember, context.CancellationToken) is { } verified)
        {
            _ = verified.ValueKind == JsonValueKind.Array ? identity.SetClaims(ProtocolClaims.VerifiedClaims, verified) : identity.SetClaim(ProtocolClaims.VerifiedClaims, verified);
            foreach (var claim in identity.FindAll(ProtocolClaims.VerifiedClaims))
            {
                claim.SetDestinations(Destinations.IdentityToken);
            }
        }
    }

    /// <summary>
    /// OIDC Core §5.5.1.1: <c>acr</c> is one of the values that were essential. Only ever lower than what the session reaches; where it has fallen below all of them since
    /// (a refresh is no sign-in), the truth stands.
    /// </summary>
    private static void SayWhatWasAsked(ClaimsIdentity identity, string? condition)
    {
        if (condition is null)
        {
            return;
        }

        var reached = AssuranceNames.Parse(identity.GetClaim(Claims.AuthenticationContextReference));
        if (condition.Split(' ').Select(AssuranceNames.Parse).Where(level => level <= reached).Max() is { } said)
        {
            identity.SetClaim(Claims.AuthenticationContextReference, AssuranceNames.Acr(said));
            identity.FindFirst(Claims.AuthenticationContextReference)!.SetDestinations(Destinations.AccessToken, Destinations.IdentityToken);
        }

        identity.SetClaim(ProtocolClaims.AcrCondition, condition);
    }

    private Task<bool> SpendAsync(HandleTokenRequestContext context, ClaimsPrincipal presented, Guid id)
    {
        if (context.Request.IsRefreshTokenGrantType())
        {
            return grants.AdvanceAsync(id, Generation(presented), context.CancellationToken);
        }

        var session = Guid.Parse(presented.GetClaim(ProtocolClaims.SessionId)!);
        Guid? organisation = Guid.TryParse(presented.GetClaim(ProtocolClaims.ActingForId), out var o) ? o : null;
        Guid? mandate = Guid.TryParse(presented.GetClaim(ProtocolClaims.ActingMandateId), out var m) ? m : null;
        return grants.RedeemAsync(id, session, context.ClientId!, organisation, mandate, context.CancellationToken);
    }

    /// <summary>A code has no number: the refresh token it yields is number 0.</summary>
    private static int Generation(ClaimsPrincipal presented) =>
        int.TryParse(presented.GetClaim(ProtocolClaims.Generation), NumberStyles.None, CultureInfo.InvariantCulture, out var g) ? g : -1;
}
