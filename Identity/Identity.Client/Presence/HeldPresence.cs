using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Yinxin.Identity.Client.Assurance;

namespace Yinxin.Identity.Client.Presence;

/// <summary>A proof of presence as a token carries it. It counts only when Identity has spent it (<see cref="PresenceGate"/>).</summary>
/// <param name="Transaction">What was confirmed.</param>
/// <param name="Proof">Key of the proof.</param>
/// <param name="Digest">SHA-256 of what was confirmed; null when none was named.</param>
/// <param name="ExpiresAt">Seconds since 1970.</param>
/// <param name="Method">How it was shown: <c>face</c>, <c>voice</c> or <c>video</c>.</param>
public sealed record HeldPresence(
    [property: JsonPropertyName("transaction")] string Transaction,
    [property: JsonPropertyName("proof")] Guid Proof,
    [property: JsonPropertyName("digest")] string? Digest,
    [property: JsonPropertyName("expires_at")] long ExpiresAt,
    [property: JsonPropertyName("method")] string? Method = null)
{
    internal const string ClaimType = "authorization_details";

    /// <summary>RFC 9396 §9: the details of the token, an array that arrives as one claim or as one for each element.</summary>
    internal static IEnumerable<HeldPresence> Of(ClaimsPrincipal principal)
    {
        if (AssuranceClaim.Parse(principal.FindFirst("acr")?.Value) != AssuranceLevel.Advanced)
        {
            yield break;
        }

        foreach (var claim in principal.FindAll(ClaimType))
        {
            using var document = JsonDocument.Parse(claim.Value);
            JsonElement[] details = document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.EnumerateArray()] : [document.RootElement];
            foreach (var detail in details.Where(d => d.ValueKind == JsonValueKind.Object && d.TryGetProperty("type", out var type) && type.ValueEquals(PresenceRequest.Type)))
            {
                if (detail.Deserialize<HeldPresence>() is { Transaction.Length: > 0 } held)
                {
                    yield return held;
                }
            }
        }
    }
}

/// <summary>Presence of the person behind a request.</summary>
public static class HeldPresenceExtensions
{
    /// <summary>
    /// The proof for exactly this transaction and content; null when there is none. For pages that tell the person what is still to do: what is done on the
    /// strength of it goes through <see cref="PresenceGate.DemandAsync"/>.
    /// </summary>
    /// <param name="principal">The person.</param>
    /// <param name="transaction">The transaction that is about to be carried out.</param>
    /// <param name="digest">Its content's digest; null when it has none.</param>
    /// <param name="now">The moment.</param>
    public static HeldPresence? Presence(this ClaimsPrincipal principal, string transaction, string? digest, DateTimeOffset now) =>
        HeldPresence.Of(principal).FirstOrDefault(p => p.Transaction == transaction && p.Digest == digest && p.ExpiresAt > now.ToUnixTimeSeconds());
}
