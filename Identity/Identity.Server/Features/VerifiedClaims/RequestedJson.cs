using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Yinxin.Identity.Server.Features.VerifiedClaims;

/// <summary>
/// Identity Assurance, "Requesting verification data" to "Omitting elements", as one function: from what is there, only what is asked for; nothing at all when a condition (<c>value</c>,
/// <c>values</c>, <c>max_age</c>) is not met, because a client that set it could not use the rest.
/// </summary>
internal static class RequestedJson
{
    /// <summary>Whoever asks for an object or a part of it gets these as well: without them it is none (schema: required).</summary>
    private static readonly string[] Required = ["trust_framework", "type", "check_method"];

    /// <summary>There is none here, and what is asked of it may not filter ("Requesting verification data").</summary>
    private const string WithoutEffect = "assurance_details";

    /// <param name="asked">Null (any value will do), an object with conditions, an object of members, or an array of alternatives.</param>
    /// <param name="there">What could be given; null when there is nothing.</param>
    /// <param name="now">For <c>max_age</c>.</param>
    /// <param name="given">What is given; null when nothing is there and nothing was demanded, or when no part of an object was asked for.</param>
    /// <returns>False when a condition is not met, at any depth.</returns>
    public static bool TrySelect(JsonElement asked, JsonNode? there, DateTimeOffset now, out JsonNode? given)
    {
        if (asked.ValueKind == JsonValueKind.Array)
        {
            return TrySelectSome(asked, there as JsonArray, now, out given);
        }

        if (asked.ValueKind == JsonValueKind.Object && there is not JsonValue)
        {
            return TrySelectMembers(asked, there as JsonObject, now, out given) && Meets(asked, there, now);
        }

        given = there is JsonValue ? there.DeepClone() : null;
        return asked.ValueKind != JsonValueKind.Object || Meets(asked, there, now);
    }

    private static bool TrySelectMembers(JsonElement asked, JsonObject? there, DateTimeOffset now, out JsonNode? given)
    {
        given = null;
        var selected = new JsonObject();
        foreach (var name in Required)
        {
            if (there?[name] is { } required)
            {
                selected[name] = required.DeepClone();
            }
        }

        foreach (var member in asked.EnumerateObject().Where(m => !RequestedSyntax.Qualifies(m.Name) && m.Name != WithoutEffect))
        {
            // Also where there is nothing: what is demanded of a part that is missing is not met.
            if (!TrySelect(member.Value, there?[member.Name], now, out var value))
            {
                return false;
            }

            if (value is not null)
            {
                selected[member.Name] = value;
            }
        }

        given = selected.Count == 0 ? null : selected;
        return true;
    }

    /// <summary>Each element that fits one of the alternatives, cut down to it; at least one must. Without a list, an alternative that demands nothing.</summary>
    private static bool TrySelectSome(JsonElement asked, JsonArray? there, DateTimeOffset now, out JsonNode? given)
    {
        given = null;
        if (there is null)
        {
            return asked.EnumerateArray().Any(alternative => TrySelect(alternative, null, now, out _));
        }

        var selected = new JsonArray();
        foreach (var element in there)
        {
            foreach (var alternative in asked.EnumerateArray())
            {
                if (TrySelect(alternative, element, now, out var value) && value is not null)
                {
                    selected.Add(value);
                    break;
                }
            }
        }

        given = selected;
        return selected.Count > 0;
    }

    private static bool Meets(JsonElement asked, JsonNode? there, DateTimeOffset now)
    {
        var text = there is JsonValue leaf && leaf.TryGetValue<string>(out var t) ? t : null;
        if (asked.TryGetProperty("value", out var value) && (value.ValueKind != JsonValueKind.String || value.GetString() != text))
        {
            return false;
        }

        if (asked.TryGetProperty("values", out var values) &&
            (values.ValueKind != JsonValueKind.Array || !values.EnumerateArray().Any(v => v.ValueKind == JsonValueKind.String && v.GetString() == text)))
        {
            return false;
        }

        return !asked.TryGetProperty("max_age", out var maxAge) ||
            (maxAge.ValueKind == JsonValueKind.Number && maxAge.TryGetDouble(out var seconds) && seconds >= 0 &&
                DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) && (now - time).TotalSeconds <= seconds);
    }
}
