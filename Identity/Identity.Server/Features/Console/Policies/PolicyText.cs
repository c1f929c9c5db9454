using System.Text.Encodings.Web;
using System.Text.Json;

namespace Yinxin.Identity.Server.Features.Console.Policies;

/// <summary>A policy's document laid out for reading and editing; the stored one stays as it is to the byte.</summary>
internal static class PolicyText
{
    // Shown in a page, which encodes for HTML by itself: Chinese stays Chinese.
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(string document) => JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(document), Readable);
}
