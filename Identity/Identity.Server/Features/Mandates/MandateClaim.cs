using System.Globalization;
using System.Text.Json.Nodes;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>A mandate as tokens say it; <c>Identity.Client</c> reads it.</summary>
internal static class MandateClaim
{
    public static JsonObject Of(Mandate mandate) => new()
    {
        ["id"] = mandate.Id.ToString(),
        ["version"] = Standing.TokenVersion(mandate),
        ["powers"] = List(mandate.Powers),
        ["seals"] = List(mandate.Seals),
        ["scope"] = new JsonObject { ["reach"] = mandate.Reach.ToString().ToLowerInvariant(), ["matters"] = List(mandate.Matters) },
        ["valid_until"] = EndOf(mandate).ToUnixTimeSeconds(),
    };

    public static string End(Mandate mandate) => EndOf(mandate).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    public static JsonObject WithoutNulls(this JsonObject value)
    {
        foreach (var name in value.Where(m => m.Value is null).Select(m => m.Key).ToList())
        {
            value.Remove(name);
        }

        return value;
    }

    /// <summary>A part passed on ends with the whole.</summary>
    private static DateTimeOffset EndOf(Mandate mandate) => mandate.Parent is { } parent && parent.ValidTo < mandate.ValidTo ? parent.ValidTo : mandate.ValidTo;

    private static JsonArray List(IEnumerable<string> items) => new([.. items.Select(i => (JsonNode)i)]);
}
