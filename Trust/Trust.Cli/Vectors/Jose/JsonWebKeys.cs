using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text.Json;

namespace Yinxin.Trust.Cli.Vectors.Jose;

/// <summary>JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037): whether one may verify by an algorithm, and its SubjectPublicKeyInfo.</summary>
internal static class JsonWebKeys
{
    /// <summary>Null when the key is for verifying by this algorithm; otherwise the reason.</summary>
    public static string? WhyNot(JsonElement key, JwsAlgorithm algorithm)
    {
        var expected = algorithm.For(key.Text("crv"));
        return key switch
        {
            _ when key.TryGetProperty("use", out _) && key.Text("use") != "sig" => "The key is not for signatures.",
            _ when key.TryGetProperty("key_ops", out var operations) && !Contains(operations, "verify") => "The key is not for verifying.",
            _ when key.TryGetProperty("alg", out _) && Meant(key.Text("alg")) != algorithm.Name => "The key is for another algorithm.",
            _ when key.Text("kty") != expected.KeyType || key.Text("crv") != expected.Curve => "The key is not of the algorithm's kind.",
            _ when expected.Mac is { } mac && !IsLongEnough(key, mac) => "The secret is shorter than the hash (RFC 7518 §3.2).",
            _ => null,
        };
    }

    /// <summary>DER SubjectPublicKeyInfo, or null when a member is missing or not in its one form.</summary>
    public static byte[]? PublicKey(JsonElement key, JwsAlgorithm algorithm) => algorithm.KeyType switch
    {
        "EC" when Member(key, "x") is { } x && Member(key, "y") is { } y && x.Length == FieldLength(algorithm.Curve) && y.Length == x.Length =>
            Spki("1.2.840.10045.2.1", w => w.WriteObjectIdentifier(CurveOid(algorithm.Curve!)), [0x04, .. x, .. y]),
        "RSA" when Member(key, "n") is { Length: > 0 } n && Member(key, "e") is { Length: > 0 } e =>
            Spki("1.2.840.113549.1.1.1", w => w.WriteNull(), RsaKey(n, e)),
        "OKP" when Member(key, "x") is { } x => Spki(algorithm.Curve == "Ed448" ? "1.3.101.113" : "1.3.101.112", _ => { }, x),
        _ => null,
    };

    public static string CurveOid(string curve) => curve switch
    {
        "P-256" => "1.2.840.10045.3.1.7",
        "P-384" => "1.3.132.0.34",
        "P-521" => "1.3.132.0.35",
        "secp256k1" => "1.3.132.0.10",
        _ => throw new VectorException($"the curve {curve} is not known"),
    };

    /// <summary>The name ES521, which keys made after RFC 7520's examples bear, can only mean ES512: the algorithm on P-521.</summary>
    private static string? Meant(string? name) => name == "ES521" ? "ES512" : name;

    private static int FieldLength(string? curve) => curve switch { "P-384" => 48, "P-521" => 66, _ => 32 };

    private static bool Contains(JsonElement operations, string operation) =>
        operations.ValueKind == JsonValueKind.Array && operations.EnumerateArray().Any(o => o.ValueKind == JsonValueKind.String && o.GetString() == operation);

    private static bool IsLongEnough(JsonElement key, HashAlgorithmName mac) =>
        Member(key, "k") is { } secret && secret.Length >= CryptographicOperations.HashData(mac, []).Length;

    private static byte[]? Member(JsonElement key, string name) => key.Text(name) is { } text ? Strict.Decode(text) : null;

    private static byte[] RsaKey(byte[] modulus, byte[] exponent)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(modulus.AsSpan().TrimStart((byte)0) is { IsEmpty: false } n ? n : [0]);
            writer.WriteIntegerUnsigned(exponent.AsSpan().TrimStart((byte)0) is { IsEmpty: false } e ? e : [0]);
        }

        return writer.Encode();
    }

    private static byte[] Spki(string algorithm, Action<AsnWriter> parameters, byte[] key)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(algorithm);
                parameters(writer);
            }

            writer.WriteBitString(key);
        }

        return writer.Encode();
    }
}
