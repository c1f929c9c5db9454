using System.Text.Json;
using OpenIddict.Abstractions;

namespace Yinxin.Identity.Server.Features.VerifiedClaims;

/// <summary>One set that is asked for: claims that share a verification (OpenID Connect for Identity Assurance §6).</summary>
/// <param name="Verification">What is asked of the verification, with its conditions.</param>
/// <param name="Claims">Names and conditions.</param>
/// <param name="Purpose">The client's own words; null when it gives none.</param>
internal sealed record VerifiedClaimsSet(JsonElement Verification, JsonElement Claims, string? Purpose)
{
    public IEnumerable<string> Names => Claims.EnumerateObject().Select(c => c.Name);
}

/// <summary>The verified claims that a request asks for, at userinfo and in the ID token.</summary>
internal sealed record VerifiedClaimsRequest(IReadOnlyList<VerifiedClaimsSet> UserInfo, IReadOnlyList<VerifiedClaimsSet> IdToken, string Text)
{
    public const string UserInfoMember = "userinfo";
    public const string IdTokenMember = "id_token";
    private const string Member = "verified_claims";
    private const int Longest = 8192;
    private const int MostSets = 5;
    private const int MostClaims = 30;
    private const int ShortestPurpose = 3;
    private const int LongestPurpose = 300;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 12, AllowDuplicateProperties = false };

    /// <summary>Every claim that is asked for anywhere.</summary>
    public IReadOnlyList<string> Names => [.. UserInfo.Concat(IdToken).SelectMany(s => s.Names).Distinct(StringComparer.Ordinal)];

    /// <summary>The client's own words, each once.</summary>
    public IReadOnlyList<string> Purposes => [.. UserInfo.Concat(IdToken).Select(s => s.Purpose).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>What a request that was checked asks for; null when it asks for no verified claims.</summary>
    public static VerifiedClaimsRequest? Of(OpenIddictRequest request) => Read(request).Request;

    /// <returns>The request, or why it is none; both null when it asks for no verified claims.</returns>
    public static (VerifiedClaimsRequest? Request, string? Failure) Read(OpenIddictRequest request)
    {
        if (request["claims"] is not { } parameter)
        {
            return (null, null);
        }

        var given = (JsonElement)parameter;
        return Read(given.ValueKind == JsonValueKind.String ? given.GetString()! : given.GetRawText());
    }

    public static (VerifiedClaimsRequest? Request, string? Failure) Read(string text)
    {
        if (!text.Contains(Member, StringComparison.Ordinal))
        {
            return (null, null);
        }

        if (text.Length > Longest)
        {
            return (null, "The claims parameter is too long.");
        }

        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            var root = document.RootElement.Clone();
            if (root.ValueKind != JsonValueKind.Object)
            {
                return (null, "The claims parameter must be an object.");
            }

            var (userInfo, failure) = Sets(root, UserInfoMember);
            var (idToken, second) = Sets(root, IdTokenMember);
            return (failure ?? second) is { } wrong ? (null, wrong)
                : userInfo.Count + idToken.Count == 0 ? (null, null)
                : (new VerifiedClaimsRequest(userInfo, idToken, text), null);
        }
        catch (JsonException)
        {
            return (null, "The claims parameter is not JSON, is nested too deeply or names a member twice.");
        }
    }

    private static (IReadOnlyList<VerifiedClaimsSet> Sets, string? Failure) Sets(JsonElement root, string target)
    {
        if (!root.TryGetProperty(target, out var place) || place.ValueKind != JsonValueKind.Object || !place.TryGetProperty(Member, out var asked))
        {
            return ([], null);
        }

        JsonElement[] elements = asked.ValueKind == JsonValueKind.Array ? [.. asked.EnumerateArray()] : [asked];
        if (elements.Length is 0 or > MostSets)
        {
            return ([], $"verified_claims must be an object or an array of 1 to {MostSets} objects.");
        }

        var sets = new List<VerifiedClaimsSet>();
        foreach (var element in elements)
        {
            if (Failure(element) is { } failure)
            {
                return ([], failure);
            }

            var purpose = element.TryGetProperty("purpose", out var words) ? words.GetString() : null;
            sets.Add(new VerifiedClaimsSet(element.GetProperty("verification"), element.GetProperty("claims"), purpose));
        }

        return (sets, null);
    }

    private static string? Failure(JsonElement set)
    {
        if (set.ValueKind != JsonValueKind.Object)
        {
            return "verified_claims must be an object or an array of objects.";
        }

        if (!set.TryGetProperty("verification", out var verification) || verification.ValueKind != JsonValueKind.Object || !verification.TryGetProperty("trust_framework", out _))
        {
            return "verified_claims must have a verification with a trust_framework.";
        }

        if (!set.TryGetProperty("claims", out var claims) || claims.ValueKind != JsonValueKind.Object || claims.EnumerateObject().Count() is 0 or > MostClaims)
        {
            return $"verified_claims must have claims, 1 to {MostClaims} of them.";
        }

        if (claims.EnumerateObject().Any(c => c.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Object)))
        {
            return "A claim in verified_claims must be null or an object.";
        }

        return set.TryGetProperty("purpose", out var purpose) &&
            (purpose.ValueKind != JsonValueKind.String || purpose.GetString() is not { Length: >= ShortestPurpose and <= LongestPurpose } words || words.Any(char.IsControl))
            ? $"A purpose must have {ShortestPurpose} to {LongestPurpose} characters." : null;
    }
}
