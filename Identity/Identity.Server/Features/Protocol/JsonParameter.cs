using System.Text.Json;
using OpenIddict.Abstractions;

namespace Yinxin.Identity.Server.Features.Protocol;

/// <summary>
/// A parameter of a request that is JSON (OIDC Core §5.5, RFC 9396 §2), read by everybody in the same strict way: two readers that differ over a member named twice would let
/// one of them pass what the other would have refused.
/// </summary>
internal static class JsonParameter
{
    /// <summary>Text in an address and in a form; the engine may hand a pushed request's over as JSON.</summary>
    /// <returns>Null when the request has no such parameter.</returns>
    public static string? TextOf(OpenIddictRequest request, string name)
    {
        if (request[name] is not { } parameter)
        {
            return null;
        }

        var given = (JsonElement)parameter;
        return given.ValueKind == JsonValueKind.String ? given.GetString() : given.GetRawText();
    }

    /// <param name="name">Of the parameter, for the client's developer.</param>
    /// <param name="text">The parameter.</param>
    /// <param name="depth">How deeply it may be nested.</param>
    /// <param name="read">Makes something of it. Half a surrogate pair in any text throws in there, and is a malformed request like the rest.</param>
    /// <returns>What <paramref name="read"/> makes of it, or why it is none.</returns>
    public static (T? Value, string? Failure) Read<T>(string name, string text, int depth, Func<JsonElement, (T? Value, string? Failure)> read)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = depth, AllowDuplicateProperties = false });
            return read(document.RootElement.Clone());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, $"{name} is not JSON, is nested too deeply, names a member twice or has text that is no Unicode.");
        }
    }
}
