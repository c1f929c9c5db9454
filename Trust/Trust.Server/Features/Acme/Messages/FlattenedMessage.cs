using System.Text;
using System.Text.Json;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Messages;

/// <summary>
/// A JWS in flattened form (RFC 7515 §7.2.2) by the rules of RFC 8555 §6.2: exactly the members <c>protected</c>, <c>payload</c> and <c>signature</c>,
/// each once, no unprotected header, nothing critical, no detached or unencoded payload, either <c>jwk</c> or <c>kid</c>.
/// </summary>
/// <param name="Algorithm">As the header names it; not judged yet.</param>
/// <param name="Url">What the client means to ask.</param>
/// <param name="Nonce">Null when there is none.</param>
/// <param name="Jwk">The key, or null.</param>
/// <param name="Kid">The account or external key, or null.</param>
/// <param name="Signed">What the signature is over.</param>
/// <param name="Payload">Empty for POST-as-GET.</param>
/// <param name="Signature">The bytes.</param>
internal sealed record FlattenedMessage(string Algorithm, string Url, string? Nonce, JsonElement? Jwk, string? Kid, byte[] Signed, byte[] Payload, byte[] Signature)
{
    private static readonly HashSet<string> Members = new(StringComparer.Ordinal) { "protected", "payload", "signature" };

    /// <exception cref="AcmeException">malformed.</exception>
    public static FlattenedMessage Read(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || message.EnumerateObject().Any(m => !Members.Contains(m.Name)))
        {
            throw AcmeErrorKind.Malformed.Because("The body is not a flattened JWS of protected, payload and signature alone.");
        }

        var (header, payload) = (Text(message, "protected"), Text(message, "payload"));
        var read = Header(Decode(header, "protected"));
        if (read.TryGetProperty("crit", out _) || read.TryGetProperty("b64", out _))
        {
            throw AcmeErrorKind.Malformed.Because("The protected header demands what is not known here.");
        }

        var jwk = read.TryGetProperty("jwk", out var key) ? key : (JsonElement?)null;
        var kid = Optional(read, "kid");
        return (jwk is null) == (kid is null) ? throw AcmeErrorKind.Malformed.Because("The protected header holds exactly one of jwk and kid.")
            : new FlattenedMessage(
                Text(read, "alg"), Text(read, "url"), Optional(read, "nonce"), jwk, kid, Encoding.ASCII.GetBytes($"{header}.{payload}"),
                Decode(payload, "payload"), Decode(Text(message, "signature"), "signature"));
    }

    /// <summary>Reads JSON from bytes, strictly.</summary>
    /// <exception cref="AcmeException">malformed.</exception>
    public static JsonElement Json(ReadOnlyMemory<byte> utf8, string what)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, AcmeJson.Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw AcmeErrorKind.Malformed.Because($"The {what} is not a JSON object.");
        }
        catch (JsonException)
        {
            throw AcmeErrorKind.Malformed.Because($"The {what} is not JSON, or a member stands there twice.");
        }
    }

    private static JsonElement Header(byte[] json) => Json(json, "protected header");

    private static byte[] Decode(string text, string name) => StrictBase64Url.Decode(text) ?? throw AcmeErrorKind.Malformed.Because($"{name} is not base64url in its one form.");

    private static string Text(JsonElement element, string name) => Optional(element, name) ?? throw AcmeErrorKind.Malformed.Because($"{name} is missing.");

    private static string? Optional(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var member) ? null : member.ValueKind == JsonValueKind.String ? member.GetString() : throw AcmeErrorKind.Malformed.Because($"{name} is no text.");
}
