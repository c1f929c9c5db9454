using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Yinxin.Identity.Server.Features.VerifiedClaims;

/// <summary>
/// Identity Assurance §6.2 and §6.3 as one function: from what is there, only what is asked for; nothing at all when a condition (<c>value</c>,
/// <c>values</c>, <c>max_age</c>) is not met, because a client that set it could not use the rest.
/// </summary>
internal static class RequestedJson
{
    private static readonly HashSet<string> Conditions = ["value", "values", "essential", "max_age", "purpose"];

    /// <param name="asked">Null (anything will do), an object with conditions, an object of members, or an array of alternatives.</param>
    /// <param name="there">What could be given; null when there is nothing.</param>
    /// <param name="now">For <c>max_age</c>.</param>
    /// <param name="given">What is given; null when nothing is there and nothing was demanded.</param>
    /// <returns>False when a condition is not met.</returns>
    public static bool TrySelect(JsonElement asked, JsonNode? there, DateTimeOffset now, out JsonNode? given)
    {
        if (asked.ValueKind == JsonValueKind.Array)
        {
            return TrySelectSome(asked, there as JsonArray, now, out given);
        }

        if (asked.ValueKind == JsonValueKind.Object && there is JsonObject members)
        {
            return TrySelectMembers(asked, members, now, out given);
        }

        given = there?.DeepClone();
        return asked.ValueKind != JsonValueKind.Object || Meets(asked, there, now);
    }

    private static bool TrySelectMembers(JsonElement asked, JsonObject there, DateTimeOffset now, out JsonNode? given)
    {
        var selected = new JsonObject();
        given = selected;
        foreach (var member in asked.EnumerateObject().Where(m => !Conditions.Contains(m.Name)))
        {
            if (!TrySelect(member.Value, there[member.Name], now, out var value))
            {
                return false;
            }

            if (value is not null)
            {
                selected[member.Name] = value;
            }
        }

        return true;
    }

    /// <summary>Each element that fits one of the alternatives, cut down to it; at least one must.</summary>
    private static bool TrySelectSome(JsonElement asked, JsonArray? there, DateTimeOffset now, out JsonNode? given)
    {
        var selected = new JsonArray();
        given = selected;
        foreach (var element in there ?? [])
        {
            foreach (var alternative in asked.EnumerateArray())
            {
                if (TrySelect(alternative, element, now, out var value) && value is JsonObject { Count: > 0 })
                {
                    selected.Add(value);
                    break;
                }
            }
        }

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
            (maxAge.ValueKind == JsonValueKind.Number && maxAge.TryGetInt64(out var seconds) && seconds >= 0 &&
                DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) && (now - time).TotalSeconds <= seconds);
    }
}
