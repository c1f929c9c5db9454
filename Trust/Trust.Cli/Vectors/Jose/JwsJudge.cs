using System.Text;
using System.Text.Json;

namespace Yinxin.Trust.Cli.Vectors.Jose;

/// <summary>Judges compact JWS (RFC 7515) against the group's key or key set, and nothing that the token itself brings along.</summary>
internal static class JwsJudge
{
    private static readonly JsonDocumentOptions HeaderOptions = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>The public key where there is one: the private one is at hand only to make more tests.</summary>
    public static Func<JsonElement, Verdict> For(JsonElement group)
    {
        var keys = group.Object("public", "private") ?? throw new VectorException("a group has neither a public nor a private key");
        return test => test.TryGetProperty("jws", out var jws)
            ? jws.ValueKind == JsonValueKind.String ? Judge(jws.GetString()!, keys) : Verdict.Refused("Only the compact serialization is read.")
            : new Verdict(null, "Encryption is not judged here.");
    }

    private static Verdict Judge(string jws, JsonElement keys)
    {
        var parts = jws.Split('.');
        if (parts.Length != 3)
        {
            return Verdict.Refused("A compact JWS has three parts.");
        }

        if (Strict.Decode(parts[0]) is not { Length: > 0 } header || Strict.Decode(parts[1]) is null || Strict.Decode(parts[2]) is not { Length: > 0 } signature)
        {
            return Verdict.Refused("A part is missing or not base64url in its one form.");
        }

        try
        {
            using var read = JsonDocument.Parse(header, HeaderOptions);
            return Judge(read.RootElement, keys, Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]), signature);
        }
        catch (JsonException)
        {
            return Verdict.Refused("The header is not JSON, or names a member twice.");
        }
    }

    private static Verdict Judge(JsonElement header, JsonElement keys, byte[] signed, byte[] signature)
    {
        if (header.ValueKind != JsonValueKind.Object || header.Text("alg") is not { } name)
        {
            return Verdict.Refused("The header names no algorithm.");
        }

        // RFC 7515 §4.1.11: whoever does not know a critical extension must refuse; none is known here, b64 (RFC 7797) neither.
        if (header.TryGetProperty("crit", out _) || header.TryGetProperty("b64", out _))
        {
            return Verdict.Refused("The header has an extension that is not known.");
        }

        if (JwsAlgorithm.Find(name) is not { } algorithm)
        {
            return Verdict.Refused($"The algorithm {name} is not accepted.");
        }

        if (header.TryGetProperty("kid", out var kid) && kid.ValueKind != JsonValueKind.String)
        {
            return Verdict.Refused("The key id is not text.");
        }

        var (key, why) = KeyChoice.Find(keys, header.Text("kid"));
        return key is null ? Verdict.Refused(why!)
            : JsonWebKeys.WhyNot(key.Value, algorithm) is { } reason ? Verdict.Refused(reason)
            : Verdict.Of(algorithm.Verify(key.Value, signed, signature));
    }
}
