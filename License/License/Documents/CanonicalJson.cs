using System.Text;
using System.Text.Json;

namespace Yinxin.License.Documents;

/// <summary>One byte form for one content (RFC 8785, restricted to what licences hold: objects, arrays, strings, whole numbers, true, false, null).</summary>
public static class CanonicalJson
{
    /// <summary>The canonical UTF-8 bytes.</summary>
    /// <exception cref="JsonException">A fraction, a number beyond 2⁵³, or the same member twice.</exception>
    public static byte[] Bytes(JsonElement element)
    {
        var builder = new StringBuilder();
        Write(element, builder);
        return Encoding.UTF8.GetBytes(builder.ToString());
    }

    private static void Write(JsonElement element, StringBuilder builder)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(element, builder);
                break;
            case JsonValueKind.Array:
                builder.Append('[');
                var first = true;
                foreach (var item in element.EnumerateArray())
                {
                    builder.Append(first ? "" : ",");
                    first = false;
                    Write(item, builder);
                }

                builder.Append(']');
                break;
            case JsonValueKind.String:
                WriteString(element.GetString()!, builder);
                break;
            case JsonValueKind.Number:
                builder.Append(element.TryGetInt64(out var number) && Math.Abs(number) <= 1L << 53 ? number : throw new JsonException("Licences hold whole numbers only."));
                break;
            default:
                builder.Append(element.GetRawText());
                break;
        }
    }

    private static void WriteObject(JsonElement element, StringBuilder builder)
    {
        builder.Append('{');
        string? previous = null;
        foreach (var member in element.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            if (member.Name == previous)
            {
                throw new JsonException($"Member {member.Name} appears twice.");
            }

            builder.Append(previous is null ? "" : ",");
            previous = member.Name;
            WriteString(member.Name, builder);
            builder.Append(':');
            Write(member.Value, builder);
        }

        builder.Append('}');
    }

    private static void WriteString(string text, StringBuilder builder)
    {
        builder.Append('"');
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' => builder.Append("\\\""),
                '\\' => builder.Append("\\\\"),
                '\b' => builder.Append("\\b"),
                '\f' => builder.Append("\\f"),
                '\n' => builder.Append("\\n"),
                '\r' => builder.Append("\\r"),
                '\t' => builder.Append("\\t"),
                < ' ' => builder.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => builder.Append(character),
            };
        }

        builder.Append('"');
    }
}
