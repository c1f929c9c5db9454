using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Authorizations;

/// <summary>An authorization as clients see it (RFC 8555 §7.1.4).</summary>
/// <param name="Status"><c>pending</c>, <c>valid</c>, <c>invalid</c>, <c>deactivated</c> or <c>expired</c>.</param>
/// <param name="Expires">Until when it can be proved, or counts as proof.</param>
/// <param name="Identifier">The name.</param>
/// <param name="Challenges">Those still offered, or the one that decided.</param>
internal sealed record AuthorizationView(string Status, DateTimeOffset Expires, AcmeIdentifier Identifier, IEnumerable<ChallengeView> Challenges)
{
    public static AuthorizationView Of(AcmeAuthorization authorization, AcmeAddresses addresses, DateTimeOffset now)
    {
        var challenges = authorization.Challenges.OrderBy(c => c.Type, StringComparer.Ordinal);
        var shown = authorization.Status switch
        {
            AcmeAuthorizationStatus.Valid => challenges.Where(c => c.Status == AcmeChallengeStatus.Valid),
            AcmeAuthorizationStatus.Invalid => challenges.Where(c => c.Status == AcmeChallengeStatus.Invalid),
            _ => challenges.AsEnumerable(),
        };
        return new AuthorizationView(
            StatusOf(authorization, now), authorization.ExpiresAt, new AcmeIdentifier(authorization.Type, authorization.Value), shown.Select(c => ChallengeView.Of(c, addresses)));
    }

    private static string StatusOf(AcmeAuthorization authorization, DateTimeOffset now) => authorization.Status switch
    {
        AcmeAuthorizationStatus.Valid => authorization.ExpiresAt > now ? "valid" : "expired",
        AcmeAuthorizationStatus.Deactivated => "deactivated",
        AcmeAuthorizationStatus.Pending when authorization.ExpiresAt > now => "pending",
        _ => "invalid",
    };
}

/// <summary>A challenge as clients see it (RFC 8555 §7.1.5).</summary>
/// <param name="Type"><c>http-01</c> or <c>tls-alpn-01</c>.</param>
/// <param name="Url">Its address.</param>
/// <param name="Token">What the proof is made of.</param>
/// <param name="Status"><c>pending</c>, <c>processing</c>, <c>valid</c> or <c>invalid</c>.</param>
/// <param name="Validated">When it was proved.</param>
/// <param name="Error">What the last look met.</param>
internal sealed record ChallengeView(string Type, string Url, string Token, string Status, DateTimeOffset? Validated, AcmeProblem? Error)
{
    public static ChallengeView Of(AcmeChallenge challenge, AcmeAddresses addresses) => new(
        challenge.Type, addresses.Challenge(challenge.Id), challenge.Token, Name(challenge.Status), challenge.ValidatedAt, AcmeJson.Load(challenge.Error));

    private static string Name(AcmeChallengeStatus status) => status switch
    {
        AcmeChallengeStatus.Pending => "pending",
        AcmeChallengeStatus.Processing => "processing",
        AcmeChallengeStatus.Valid => "valid",
        _ => "invalid",
    };
}
