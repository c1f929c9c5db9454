using System.Text.Json;
using OpenIddict.Abstractions;
using Yinxin.Identity.Server.Features.Assurance;

namespace Yinxin.Identity.Server.Features.Protocol.Authorize;

/// <summary>The level a request asks for: a wish (<c>acr_values</c>, or <c>claims</c> without essential) or a condition (<c>claims</c> with essential, OIDC Core §5.5.1.1).</summary>
/// <param name="Levels">The asked levels that are ours, lowest first: any one of them will do. Empty when none is asked for.</param>
/// <param name="Essential">Whether any other answer would be an error.</param>
/// <param name="OfPerson">Asked is what the person at the screen reaches, without the cap of an agent's mandate.</param>
internal sealed record AcrRequest(IReadOnlyList<AssuranceLevel> Levels, bool Essential, bool OfPerson = false)
{
    /// <summary>Member of <c>claims.id_token</c> beside <c>acr</c>: the level of the person, whoever is acted for (<c>act.acr</c> of the token says it).</summary>
    public const string PersonMember = "person_acr";

    private const int MostValues = 20;
    private static readonly AcrRequest Nothing = new([], Essential: false);

    /// <summary>The lowest of the asked levels; null when none is asked for.</summary>
    public AssuranceLevel? Minimum => Levels.Count > 0 ? Levels[0] : null;

    /// <summary>
    /// The levels of which a token must say one. A session above all of them says the highest that it includes: whoever is at Intermediate has shown all that Primary
    /// asks for, and OIDC Core §5.5.1.1 wants a value of the list.
    /// </summary>
    public IReadOnlyList<AssuranceLevel> Condition => Essential && !OfPerson ? Levels : [];

    public static AcrRequest From(OpenIddictRequest request)
    {
        var asked = Asked((JsonElement?)request["claims"]);
        if (asked.FirstOrDefault(a => a.Essential) is { } condition)
        {
            // An essential value nobody here knows can never be met.
            return condition.Levels.Count > 0 ? condition : condition with { Levels = [AssuranceLevel.Advanced] };
        }

        return request.AcrValues is { Length: > 0 } wish ? new AcrRequest(Known(wish.Split(' ')), Essential: false) : asked.FirstOrDefault() ?? Nothing;
    }

    private static List<AssuranceLevel> Known(IEnumerable<string?> values) =>
        [.. values.Take(MostValues).Select(AssuranceNames.Parse).OfType<AssuranceLevel>().Distinct().Order()];

    private static List<AcrRequest> Asked(JsonElement? claims)
    {
        if (claims is not { } given || !TryObject(given, out var root) || !TryMember(root, "id_token", out var idToken))
        {
            return [];
        }

        List<AcrRequest> asked = [];
        foreach (var ofPerson in (bool[])[false, true])
        {
            if (TryMember(idToken, ofPerson ? PersonMember : "acr", out var member) && Values(member) is { Count: > 0 } values)
            {
                asked.Add(new AcrRequest(Known(values), member.TryGetProperty("essential", out var essential) && essential.ValueKind == JsonValueKind.True, ofPerson));
            }
        }

        return asked;
    }

    private static List<string?> Values(JsonElement acr)
    {
        List<string?> values = [];
        if (acr.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String)
        {
            values.Add(value.GetString());
        }

        if (acr.TryGetProperty("values", out var several) && several.ValueKind == JsonValueKind.Array)
        {
            values.AddRange(several.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()));
        }

        return values;
    }

    private static bool TryMember(JsonElement parent, string name, out JsonElement member) =>
        parent.TryGetProperty(name, out member) && member.ValueKind == JsonValueKind.Object;

    /// <summary>The parameter is an object in a pushed request's own form and text everywhere else.</summary>
    private static bool TryObject(JsonElement given, out JsonElement root)
    {
        root = given;
        if (given.ValueKind == JsonValueKind.String)
        {
            try
            {
                root = JsonDocument.Parse(given.GetString()!).RootElement;
            }
            catch (JsonException)
            {
                return false;
            }
        }

        return root.ValueKind == JsonValueKind.Object;
    }
}
