using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Yinxin.Identity.Server.Features.Authorities;

/// <summary>
/// Reads what an authority signed: a compact JWS, ES256 by a pinned key, of the expected type, from this authority, for us, made just now.
/// Whether it belongs to the question is the caller's check.
/// </summary>
internal sealed class SignedStatements(AuthorityKeys keys, TimeProvider time)
{
    public const string MediaType = "application/jwt";
    public const string Audience = "yinxin-identity";

    /// <summary>What fits into an evidence's receipt.</summary>
    public const int Longest = 32 * 1024;

    /// <summary>With a picture in it, which is packed as base64 twice.</summary>
    public const int LongestWithPicture = 128 * 1024;

    /// <summary>How far the two clocks and the way may be apart.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(3);

    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = LongestWithPicture, MapInboundClaims = false };

    /// <returns>The payload, or why it is not believed: a word for the log.</returns>
    public async Task<(JsonElement Payload, string? Refusal)> ReadAsync(Authority authority, string statement, string type, int longest = Longest)
    {
        var pinned = keys.Of(authority);
        if (pinned.Count == 0)
        {
            return (default, "no-key-pinned");
        }

        if (statement.Length > longest)
        {
            return (default, "too-long");
        }

        var result = await Handler.ValidateTokenAsync(statement, new TokenValidationParameters
        {
            ValidIssuer = authority.Issuer,
            ValidAudience = Audience,
            ValidTypes = [type],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKeys = pinned,
            TryAllIssuerSigningKeys = true,
            ValidateIssuerSigningKey = true,
            // An answer has no life of its own: it counts now or never, see below.
            ValidateLifetime = false,
            RequireExpirationTime = false,
        });
        if (!result.IsValid)
        {
            return (default, result.Exception?.GetType().Name ?? "invalid");
        }

        var payload = Payload((JsonWebToken)result.SecurityToken);
        return payload is null ? (default, "payload")
            : IsFresh(payload.Value) ? (payload.Value, null) : (default, "not-fresh");
    }

    private bool IsFresh(JsonElement payload) =>
        payload.TryGetProperty("iat", out var at) && at.ValueKind == JsonValueKind.Number && at.TryGetInt64(out var seconds) && seconds is > 0 and < 253402300800 &&
        (time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() <= Fresh;

    private static JsonElement? Payload(JsonWebToken token)
    {
        try
        {
            using var document = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload), new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
