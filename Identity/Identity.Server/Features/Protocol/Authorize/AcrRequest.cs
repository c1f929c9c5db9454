using System.Text.Json;
using OpenIddict.Abstractions;
using Yinxin.Identity.Server.Features.Assurance;

namespace Yinxin.Identity.Server.Features.Protocol.Authorize;

/// <summary>The level a request asks for: a wish (<c>acr_values</c>) or a condition (<c>claims</c> with essential, OIDC Core §5.5.1.1).</summary>
/// <param name="Minimum">The lowest of the asked levels; null when none of ours is asked for.</param>
/// <param name="Essential">Whether an answer below it would be an error.</param>
internal sealed record AcrRequest(AssuranceLevel? Minimum, bool Essential)
{
    private static readonly AcrRequest Nothing = new(null, Essential: false);

    public static AcrRequest From(OpenIddictRequest request)
    {
        if (EssentialValues((JsonElement?)request["claims"]) is { } values)
        {
            // An essential value nobody here knows can never be met.
            return new AcrRequest(Lowest(values) ?? AssuranceLevel.Advanced, Essential: true);
        }

        return request.AcrValues is { Length: > 0 } wish ? new AcrRequest(Lowest(wish.Split(' ')), Essential: false) : Nothing;
    }

    private static AssuranceLevel? Lowest(IEnumerable<string?> values) =>
        values.Select(AssuranceNames.Parse).Where(l => l is not null).Min();

    private static List<string?>? EssentialValues(JsonElement? claims)
    {
        if (claims is not { } given || !TryObject(given, out var root) ||
            !TryMember(root, "id_token", out var idToken) || !TryMember(idToken, "acr", out var acr) ||
            !acr.TryGetProperty("essential", out var essential) || essential.ValueKind != JsonValueKind.True)
        {
            return null;
        }

        List<string?> values = [];
        if (acr.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String)
        {
            values.Add(value.GetString());
        }

        if (acr.TryGetProperty("values", out var several) && several.ValueKind == JsonValueKind.Array)
        {
            values.AddRange(several.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()));
        }

        return values.Count == 0 ? null : values;
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
