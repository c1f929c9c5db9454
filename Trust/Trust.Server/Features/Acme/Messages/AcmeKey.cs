using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Yinxin.Trust.Server.Features.Acme.Problems;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Acme.Messages;

/// <summary>A public key of a JWS (RFC 7517, RFC 7518 §6, RFC 8037).</summary>
/// <param name="Type">P-256, P-384, RSA or Ed25519.</param>
/// <param name="Info">DER SubjectPublicKeyInfo.</param>
/// <param name="Thumbprint">RFC 7638 with SHA-256, base64url.</param>
internal sealed record AcmeKey(string Type, byte[] Info, string Thumbprint)
{
    public const int SmallestModulus = 2048;
    public const int LargestModulus = 4096;

    private const string P256 = "1.2.840.10045.3.1.7";
    private const string P384 = "1.3.132.0.34";
    private const string Ed25519 = "1.3.101.112";

    /// <summary>Algorithms that are accepted; each belongs to one type of key. MACs and «none» are not among them.</summary>
    public static readonly IReadOnlyList<string> Algorithms = ["ES256", "ES384", "RS256", "EdDSA", "Ed25519"];

    /// <summary>Whether the key signed these bytes by this algorithm.</summary>
    public bool Verifies(string algorithm, byte[] data, byte[] signature) => Scheme(algorithm) is { } scheme && SignatureVerifier.Verify(Info, scheme, data, signature);

    /// <exception cref="AcmeException">badPublicKey or malformed.</exception>
    public static AcmeKey Read(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || jwk.TryGetProperty("d", out _) || jwk.TryGetProperty("k", out _))
        {
            throw AcmeErrorKind.Malformed.Because("jwk is not a public key.");
        }

        return (Text(jwk, "kty"), jwk.TryGetProperty("crv", out _) ? Text(jwk, "crv") : null) switch
        {
            ("EC", "P-256") => Ec(jwk, "P-256", P256, 32),
            ("EC", "P-384") => Ec(jwk, "P-384", P384, 48),
            ("RSA", null) => Rsa(jwk),
            ("OKP", "Ed25519") => Edwards(jwk),
            _ => throw AcmeErrorKind.BadPublicKey.Because("Keys are EC on P-256 or P-384, RSA, or OKP on Ed25519."),
        };
    }

    private SignatureScheme? Scheme(string algorithm) => (algorithm, Type) switch
    {
        ("ES256", "P-256") => new EcdsaScheme(HashFunction.Sha256) { Format = PairFormat.Fixed, Curve = P256 },
        ("ES384", "P-384") => new EcdsaScheme(HashFunction.Sha384) { Format = PairFormat.Fixed, Curve = P384 },
        ("RS256", "RSA") => SignatureScheme.Of(SignatureAlgorithm.Rs256),
        ("EdDSA" or "Ed25519", "Ed25519") => SignatureScheme.Of(SignatureAlgorithm.Ed25519),
        _ => null,
    };

    private static AcmeKey Ec(JsonElement jwk, string curve, string oid, int length)
    {
        var (x, y) = (Bytes(jwk, "x", length), Bytes(jwk, "y", length));
        return new AcmeKey(
            curve, Encode(w => { w.WriteObjectIdentifier("1.2.840.10045.2.1"); w.WriteObjectIdentifier(oid); }, [4, .. x, .. y]),
            Digest($$"""{"crv":"{{curve}}","kty":"EC","x":"{{Base64Url.EncodeToString(x)}}","y":"{{Base64Url.EncodeToString(y)}}"}"""));
    }

    private static AcmeKey Edwards(JsonElement jwk)
    {
        var x = Bytes(jwk, "x", 32);
        return new AcmeKey("Ed25519", Encode(w => w.WriteObjectIdentifier(Ed25519), x), Digest($$"""{"crv":"Ed25519","kty":"OKP","x":"{{Base64Url.EncodeToString(x)}}"}"""));
    }

    private static AcmeKey Rsa(JsonElement jwk)
    {
        var (n, e) = (Bytes(jwk, "n"), Bytes(jwk, "e"));
        // One key has one thumbprint: numbers without zeros before them (RFC 7518 §6.3.1).
        if (n.Length is < SmallestModulus / 8 or > LargestModulus / 8 || n[0] == 0 || e.Length is 0 or > 8 || e[0] == 0 || n.Length * 8 - System.Numerics.BitOperations.LeadingZeroCount((uint)n[0]) + 24 < SmallestModulus)
        {
            throw AcmeErrorKind.BadPublicKey.Because($"RSA keys have {SmallestModulus} to {LargestModulus} bits and no leading zeros.");
        }

        var key = new AsnWriter(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteIntegerUnsigned(n);
            key.WriteIntegerUnsigned(e);
        }

        return new AcmeKey(
            "RSA", Encode(w => { w.WriteObjectIdentifier("1.2.840.113549.1.1.1"); w.WriteNull(); }, key.Encode()),
            Digest($$"""{"e":"{{Base64Url.EncodeToString(e)}}","kty":"RSA","n":"{{Base64Url.EncodeToString(n)}}"}"""));
    }

    private static byte[] Encode(Action<AsnWriter> algorithm, byte[] key)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                algorithm(writer);
            }

            writer.WriteBitString(key);
        }

        return writer.Encode();
    }

    private static string Digest(string json) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(json)));

    private static string Text(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString()! : throw AcmeErrorKind.Malformed.Because($"jwk: {name} is missing or no text.");

    private static byte[] Bytes(JsonElement jwk, string name, int? length = null) =>
        StrictBase64Url.Decode(Text(jwk, name)) is { } bytes && (length is null || bytes.Length == length) ? bytes : throw AcmeErrorKind.BadPublicKey.Because($"jwk: {name} is not base64url of the right length.");
}
