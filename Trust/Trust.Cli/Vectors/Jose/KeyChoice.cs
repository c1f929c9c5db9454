using System.Text.Json;

namespace Yinxin.Trust.Cli.Vectors.Jose;

/// <summary>Finds the one key of a JWK or JWK set (RFC 7517) that a header means.</summary>
internal static class KeyChoice
{
    public static (JsonElement? Key, string? Why) Find(JsonElement keys, string? kid)
    {
        if (!keys.TryGetProperty("keys", out var set))
        {
            return kid is not null && keys.Text("kid") is { } own && own != kid ? (null, "The header names another key.") : (keys, null);
        }

        if (set.ValueKind != JsonValueKind.Array)
        {
            return (null, "The key set is malformed.");
        }

        var all = set.EnumerateArray().ToList();
        // A secret among public keys: whoever verifies with such a set could be made to take a public key for a secret, or has published the secret.
        if (all.Select(k => k.Text("kty") == "oct").Distinct().Count() > 1)
        {
            return (null, "The key set mixes secrets with public keys.");
        }

        var meant = kid is null ? all : [.. all.Where(k => k.Text("kid") == kid)];
        return meant.Count == 1 ? (meant[0], null) : (null, meant.Count == 0 ? "No key has this id." : "More than one key has this id.");
    }
}
