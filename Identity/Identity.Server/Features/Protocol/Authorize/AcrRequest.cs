using System.Text.Json;
using OpenIddict.Abstractions;
using Yinxin.Identity.Server.Features.Assurance;

namespace Yinxin.Identity.Server.Features.Protocol.Authorize;

/// <summary>The level a request asks for: a wish (<c>acr_values</c>, or <c>claims</c> without essential) or a condition (<c>claims</c> with essential, OIDC Core §5.5.1.1).</summary>
/// <param name="Levels">The asked levels that are ours, lowest first: any one of them will do. Empty when none is asked for, and when none of those that are is known here.</param>
/// <param name="Essential">Whether any other answer would be an error.</param>
/// <param name="OfPerson">Asked is what the person at the screen reaches, without the cap of an agent's mandate.</param>
internal sealed record AcrRequest(IReadOnlyList<AssuranceLevel> Levels, bool Essential, bool OfPerson = false)
{
    /// <summary>Member of <c>claims.id_token</c> beside <c>acr</c>: the level of the person, whoever is acted for (<c>act.acr</c> of the token says it).</summary>
    public const string PersonMember = "person_acr";

    public static readonly AcrRequest Nothing = new([], Essential: false);
    private const string Parameter = "claims";
    private const string Target = "id_token";
    private const int Longest = 8192;
    private const int Deepest = 12;
    private const int MostValues = 20;

    /// <summary>The lowest of the asked levels; null when none is asked for. Of a condition of which nobody here knows a value it is the one that no session reaches.</summary>
    public AssuranceLevel? Minimum => Levels.Count > 0 ? Levels[0] : Essential ? AssuranceLevel.Advanced : null;

    /// <summary>
    /// The levels of which a token must say one. A session above all of them says the highest that it includes: whoever is at Intermediate has shown all that Primary
    /// asks for, and OIDC Core §5.5.1.1 wants a value of the list.
    /// </summary>
    public IReadOnlyList<AssuranceLevel> Condition => Essential && !OfPerson ? Levels : [];

    /// <summary>What a request that was checked asks for: every condition, of the session and of the person; else its wishes.</summary>
    public static IReadOnlyList<AcrRequest> Of(OpenIddictRequest request) => Read(request).Asked;

    /// <returns>What is asked for, or why the request cannot be answered: a condition that cannot be read must not be dropped, because the client would rely on it.</returns>
    public static (IReadOnlyList<AcrRequest> Asked, string? Failure) Read(OpenIddictRequest request)
    {
        var (claims, failure) = OfClaims(request);
        if (failure is not null)
        {
            return ([], failure);
        }

        List<AcrRequest> asked = claims ?? [];
        List<AcrRequest> conditions = [.. asked.Where(a => a.Essential)];
        if (conditions.Count == 0 && request.AcrValues is { Length: > 0 } wish)
        {
            return ([new AcrRequest(Known(wish.Split(' ')), Essential: false)], null);
        }

        return (conditions.Count > 0 ? conditions : asked, null);
    }

    private static List<AssuranceLevel> Known(IEnumerable<string?> values) =>
        [.. values.Take(MostValues).Select(AssuranceNames.Parse).OfType<AssuranceLevel>().Distinct().Order()];

    private static (List<AcrRequest>? Asked, string? Failure) OfClaims(OpenIddictRequest request) => JsonParameter.TextOf(request, Parameter) switch
    {
        null => (null, null),
        { Length: > Longest } => (null, "The claims parameter is too long."),
        { } text => JsonParameter.Read<List<AcrRequest>>(Parameter, text, Deepest, OfRoot),
    };

    private static (List<AcrRequest>? Asked, string? Failure) OfRoot(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return (null, "The claims parameter must be an object.");
        }

        if (!root.TryGetProperty(Target, out var idToken) || idToken.ValueKind == JsonValueKind.Null)
        {
            return (null, null);
        }

        if (idToken.ValueKind != JsonValueKind.Object)
        {
            return (null, "claims.id_token must be an object.");
        }

        List<AcrRequest> asked = [];
        foreach (var ofPerson in (bool[])[false, true])
        {
            // Null asks for the claim in its usual form (OIDC Core §5.5.1), and it is always there.
            if (!idToken.TryGetProperty(ofPerson ? PersonMember : "acr", out var member) || member.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (ValuesOf(member) is not { } values)
            {
                return (null, "What claims asks of a level must be null or an object: essential true or false, and value a string or values a list of strings.");
            }

            if (values.Count > 0)
            {
                asked.Add(new AcrRequest(Known(values), member.TryGetProperty("essential", out var essential) && essential.GetBoolean(), ofPerson));
            }
        }

        return (asked, null);
    }

    /// <returns>Null when it is malformed.</returns>
    private static List<string?>? ValuesOf(JsonElement acr)
    {
        if (acr.ValueKind != JsonValueKind.Object || (acr.TryGetProperty("essential", out var essential) && essential.ValueKind is not (JsonValueKind.True or JsonValueKind.False)))
        {
            return null;
        }

        var hasOne = acr.TryGetProperty("value", out var one);
        var hasSeveral = acr.TryGetProperty("values", out var several);
        if ((hasOne && (hasSeveral || one.ValueKind != JsonValueKind.String)) ||
            (hasSeveral && (several.ValueKind != JsonValueKind.Array || several.GetArrayLength() is 0 or > MostValues || several.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.String))))
        {
            return null;
        }

        return hasOne ? [one.GetString()] : hasSeveral ? [.. several.EnumerateArray().Select(v => v.GetString())] : [];
    }
}
