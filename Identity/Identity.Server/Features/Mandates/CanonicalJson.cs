using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>RFC 8785 for what the records hold: objects, lists, text, whole numbers, true and false. One content has one byte form.</summary>
internal static class CanonicalJson
{
    public static byte[] Bytes(JsonNode node)
    {
        var text = new StringBuilder();
        Write(node, text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Write(JsonNode node, StringBuilder text)
    {
        switch (node)
        {
            case JsonObject members:
                text.Append('{');
                Join(members.Where(m => m.Value is not null).OrderBy(m => m.Key, StringComparer.Ordinal), text, member =>
                {
                    Write(member.Key, text);
                    text.Append(':');
                    Write(member.Value!, text);
                });
                text.Append('}');
                break;
            case JsonArray items:
                text.Append('[');
                Join(items, text, item => Write(item!, text));
                text.Append(']');
                break;
            case JsonValue value when value.TryGetValue(out string? words):
                Write(words, text);
                break;
            case JsonValue value when value.TryGetValue(out bool truth):
                text.Append(truth ? "true" : "false");
                break;
            case JsonValue value when value.TryGetValue(out int small):
                text.Append(CultureInfo.InvariantCulture, $"{small}");
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"{node.GetValue<long>()}");
                break;
        }
    }

    private static void Join<T>(IEnumerable<T> items, StringBuilder text, Action<T> write)
    {
        var first = true;
        foreach (var item in items)
        {
            text.Append(first ? "" : ",");
            first = false;
            write(item);
        }
    }

    private static void Write(string words, StringBuilder text)
    {
        text.Append('"');
        foreach (var character in words)
        {
            _ = character switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => text.Append(character),
            };
        }

        text.Append('"');
    }
}
