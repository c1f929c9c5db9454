using System.Text.Json;

namespace Yinxin.Trust.Cli.Vectors;

/// <summary>Members of JSON objects, with errors that name what is missing.</summary>
internal static class Reading
{
    /// <summary>The elements of an array member.</summary>
    public static IEnumerable<JsonElement> Members(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var array) || array.ValueKind != JsonValueKind.Array)
        {
            throw new VectorException($"there is no array {name}");
        }

        foreach (var member in array.EnumerateArray())
        {
            yield return member.ValueKind == JsonValueKind.Object ? member : throw new VectorException($"{name} holds something that is no object");
        }
    }

    /// <summary>A member that is text, or null.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A member that is an object, or null; the first name that there is.</summary>
    public static JsonElement? Object(this JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Bytes in hexadecimal digits.</summary>
    public static byte[] Bytes(this JsonElement element, string name) =>
        element.OptionalBytes(name) ?? throw new VectorException($"there is no {name}");

    /// <summary>Bytes in hexadecimal digits, or null when there is no such member.</summary>
    public static byte[]? OptionalBytes(this JsonElement element, string name)
    {
        try
        {
            return element.Text(name) is { } text ? Convert.FromHexString(text) : null;
        }
        catch (FormatException e)
        {
            throw new VectorException($"{name} is not hexadecimal", e);
        }
    }

    /// <summary>A whole number.</summary>
    public static int Number(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw new VectorException($"there is no number {name}");
}
