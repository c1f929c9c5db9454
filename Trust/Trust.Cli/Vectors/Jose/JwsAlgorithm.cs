using System.Security.Cryptography;
using System.Text.Json;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Cli.Vectors.Jose;

/// <summary>An algorithm of RFC 7518 §3.1, RFC 8037, RFC 8812 or RFC 9864, with the only key that it is for.</summary>
/// <param name="Name">The value of <c>alg</c>; case counts.</param>
/// <param name="KeyType">The value of <c>kty</c>.</param>
/// <param name="Curve">The value of <c>crv</c>, or null.</param>
/// <param name="Scheme">How it verifies; null for HMAC.</param>
/// <param name="Mac">The hash of HMAC; null for signatures.</param>
internal sealed record JwsAlgorithm(string Name, string KeyType, string? Curve, SignatureScheme? Scheme, HashAlgorithmName? Mac)
{
    private static readonly JwsAlgorithm[] All =
    [
        Hmac("HS256", HashAlgorithmName.SHA256),
        Hmac("HS384", HashAlgorithmName.SHA384),
        Hmac("HS512", HashAlgorithmName.SHA512),
        Ecdsa("ES256", "P-256", HashFunction.Sha256),
        Ecdsa("ES384", "P-384", HashFunction.Sha384),
        Ecdsa("ES512", "P-521", HashFunction.Sha512),
        Ecdsa("ES256K", "secp256k1", HashFunction.Sha256),
        new("RS256", "RSA", null, new RsaPkcs1Scheme(HashFunction.Sha256), null),
        new("RS384", "RSA", null, new RsaPkcs1Scheme(HashFunction.Sha384), null),
        new("RS512", "RSA", null, new RsaPkcs1Scheme(HashFunction.Sha512), null),
        new("PS256", "RSA", null, new RsaPssScheme(HashFunction.Sha256, HashFunction.Sha256, 32), null),
        new("PS384", "RSA", null, new RsaPssScheme(HashFunction.Sha384, HashFunction.Sha384, 48), null),
        new("PS512", "RSA", null, new RsaPssScheme(HashFunction.Sha512, HashFunction.Sha512, 64), null),
        new("EdDSA", "OKP", "Ed25519", new EdDsaScheme(Curve448: false), null),
        new("EdDSA", "OKP", "Ed448", new EdDsaScheme(Curve448: true), null),
        new("Ed25519", "OKP", "Ed25519", new EdDsaScheme(Curve448: false), null),
        new("Ed448", "OKP", "Ed448", new EdDsaScheme(Curve448: true), null),
    ];

    public static JwsAlgorithm? Find(string name) => Array.Find(All, a => a.Name == name);

    /// <summary>EdDSA goes with two curves: the key says which.</summary>
    public JwsAlgorithm For(string? curve) => Array.Find(All, a => a.Name == Name && a.Curve == curve) ?? this;

    public bool Verify(JsonElement key, byte[] signed, byte[] signature)
    {
        if (Mac is { } hash)
        {
            return CryptographicOperations.FixedTimeEquals(CryptographicOperations.HmacData(hash, Strict.Decode(key.Text("k")!)!, signed), signature);
        }

        var algorithm = For(key.Text("crv"));
        return JsonWebKeys.PublicKey(key, algorithm) is { } spki && SignatureVerifier.Verify(spki, algorithm.Scheme!, signed, signature);
    }

    private static JwsAlgorithm Hmac(string name, HashAlgorithmName hash) => new(name, "oct", null, null, hash);

    private static JwsAlgorithm Ecdsa(string name, string curve, HashFunction hash) =>
        new(name, "EC", curve, new EcdsaScheme(hash) { Format = PairFormat.Fixed, Curve = JsonWebKeys.CurveOid(curve) }, null);
}
