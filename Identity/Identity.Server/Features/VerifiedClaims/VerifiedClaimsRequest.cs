using System.Text.Json;
using OpenIddict.Abstractions;
using Yinxin.Identity.Server.Features.Protocol;

namespace Yinxin.Identity.Server.Features.VerifiedClaims;

/// <summary>The client's own words for what it asks.</summary>
/// <param name="Claim">The claim that they are for; null for the whole set.</param>
/// <param name="Words">As they are shown.</param>
internal sealed record RequestedPurpose(string? Claim, string Words);

/// <summary>One set that is asked for: claims that share a verification (OpenID Connect for Identity Assurance, "Requesting end-user claims").</summary>
/// <param name="Verification">What is asked of the verification, with its conditions.</param>
/// <param name="Claims">Names and conditions.</param>
/// <param name="Purposes">The client's own words, if any.</param>
internal sealed record VerifiedClaimsSet(JsonElement Verification, JsonElement Claims, IReadOnlyList<RequestedPurpose> Purposes)
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
    private const string Purpose = "purpose";
    private const string Parameter = "claims";
    private const int Deepest = 12;

    /// <summary>Every claim that is asked for anywhere.</summary>
    public IReadOnlyList<string> Names => [.. UserInfo.Concat(IdToken).SelectMany(s => s.Names).Distinct(StringComparer.Ordinal)];

    /// <summary>The client's own words, each once.</summary>
    public IReadOnlyList<RequestedPurpose> Purposes => [.. UserInfo.Concat(IdToken).SelectMany(s => s.Purposes).Distinct()];

    /// <summary>What a request that was checked asks for; null when it asks for no verified claims.</summary>
    public static VerifiedClaimsRequest? Of(OpenIddictRequest request) => Read(request).Request;

    /// <returns>The request, or why it is none; both null when it asks for no verified claims.</returns>
    public static (VerifiedClaimsRequest? Request, string? Failure) Read(OpenIddictRequest request) =>
        JsonParameter.TextOf(request, Parameter) is { } text ? Read(text) : (null, null);

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

        return JsonParameter.Read<VerifiedClaimsRequest>(Parameter, text, Deepest, root => OfRoot(root, text));
    }

    private static (VerifiedClaimsRequest? Request, string? Failure) OfRoot(JsonElement root, string text)
    {
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

            // The schema lets claims be null: no claim is asked for, so there is nothing to consent to and nothing to give.
            if (element.GetProperty("claims") is { ValueKind: JsonValueKind.Object } claims)
            {
                sets.Add(new VerifiedClaimsSet(element.GetProperty("verification"), claims, [.. PurposesOf(element, claims)]));
            }
        }

        return (sets, null);
    }

    /// <summary>Of the single claims (where the schema has room for them), and of the whole set (an extension of ours).</summary>
    private static IEnumerable<RequestedPurpose> PurposesOf(JsonElement set, JsonElement claims)
    {
        if (set.TryGetProperty(Purpose, out var words))
        {
            yield return new RequestedPurpose(null, words.GetString()!);
        }

        foreach (var claim in claims.EnumerateObject().Where(c => c.Value.ValueKind == JsonValueKind.Object))
        {
            if (claim.Value.TryGetProperty(Purpose, out var own))
            {
                yield return new RequestedPurpose(claim.Name, own.GetString()!);
            }
        }
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

        if (!RequestedSyntax.IsElement(verification))
        {
            return "A member of verification must be null, an object or a list of objects (evidence, check_details), with value a string, values strings, max_age seconds, essential a boolean.";
        }

        if (!set.TryGetProperty("claims", out var claims) || claims.ValueKind is not (JsonValueKind.Null or JsonValueKind.Object) ||
            (claims.ValueKind == JsonValueKind.Object && claims.EnumerateObject().Count() is 0 or > MostClaims))
        {
            return $"verified_claims must have claims, 1 to {MostClaims} of them, or null.";
        }

        if (claims.ValueKind == JsonValueKind.Object && !claims.EnumerateObject().All(c => RequestedSyntax.IsClaim(c.Value)))
        {
            return "A claim in verified_claims must be null or an object; essential true or false, a purpose of 3 to 300 characters.";
        }

        return set.TryGetProperty(Purpose, out var purpose) && !RequestedSyntax.IsPurpose(purpose) ? "A purpose must have 3 to 300 characters." : null;
    }
}
