using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenIddict.Abstractions;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Presence.Methods;
using Yinxin.Identity.Server.Features.Protocol;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>
/// What the tokens of a request that was confirmed in person say more: <c>acr</c> advanced, how it was shown, and for which transaction (RFC 9396 §9).
/// Only those that the code itself yields: a refresh says nothing of it. <c>session_acr</c> keeps the session's own level, so that nobody takes a proof of
/// one transaction for a level in all others.
/// </summary>
internal sealed class PresenceClaims(PresenceProofs proofs, ClientCatalogue clients)
{
    private static readonly string[] Both = [Destinations.AccessToken, Destinations.IdentityToken];

    /// <returns>The proof that was added; null when the request was not about presence, or the proof ran out.</returns>
    public async Task<PresenceProof?> AddAsync(ClaimsIdentity identity, Grant grant, CancellationToken cancellationToken)
    {
        if (clients.Find(grant.ClientId) is not { AuthorizationDetailsTypes.Count: > 0 } || await proofs.OfGrantAsync(grant, cancellationToken) is not { } proof)
        {
            return null;
        }

        var session = identity.GetClaim(Claims.AuthenticationContextReference);
        var methods = identity.GetClaims(Claims.AuthenticationMethodReference).Concat(PresenceMethodNames.Amr(proof.Method)).Distinct(StringComparer.Ordinal);
        identity.SetClaim(ProtocolClaims.SessionLevel, session)
            .SetClaim(Claims.AuthenticationContextReference, AssuranceNames.Acr(AssuranceLevel.Advanced))
            .SetClaims(Claims.AuthenticationMethodReference, [.. methods])
            .SetClaims(ProtocolClaims.AuthorizationDetails, Details(proof));
        foreach (var claim in identity.Claims.Where(c => c.Type is ProtocolClaims.SessionLevel or Claims.AuthenticationContextReference or Claims.AuthenticationMethodReference or ProtocolClaims.AuthorizationDetails))
        {
            claim.SetDestinations(Both);
        }

        return proof;
    }

    public static JsonElement Details(PresenceProof proof)
    {
        var detail = new JsonObject
        {
            ["type"] = PresenceDetail.Type,
            ["transaction"] = proof.Transaction,
            ["proof"] = proof.Id.ToString(),
            ["method"] = proof.Method,
            ["proven_at"] = proof.ProvenAt.ToUnixTimeSeconds(),
            ["expires_at"] = proof.ValidUntil.ToUnixTimeSeconds(),
        };
        if (proof.Digest is { } digest)
        {
            detail["digest"] = digest;
        }

        return JsonSerializer.SerializeToElement(new JsonArray(detail));
    }
}
