using Yinxin.Trust.Suites;
using Yinxin.Trust.Suites.Verification;

namespace Yinxin.Trust.TrustLists;

/// <summary>
/// Names of algorithms in a JWS (RFC 7518 §3.1, RFC 9864). SM2 has no registered name: <c>SM2</c> here means SM2 with SM3 and the default user id of
/// GB/T 35276, the signature written as r and s of 32 bytes each, like ES256.
/// </summary>
internal static class JwsAlgorithms
{
    private const int PairLength = 64;

    private static readonly Dictionary<string, SignatureAlgorithm> Names = new(StringComparer.Ordinal)
    {
        ["ES256"] = SignatureAlgorithm.Es256,
        ["ES384"] = SignatureAlgorithm.Es384,
        ["RS256"] = SignatureAlgorithm.Rs256,
        ["PS256"] = SignatureAlgorithm.Ps256,
        ["EdDSA"] = SignatureAlgorithm.Ed25519,
        ["Ed25519"] = SignatureAlgorithm.Ed25519,
        ["SM2"] = SignatureAlgorithm.Sm2,
    };

    public static string NameOf(SignatureAlgorithm algorithm) => Names.First(n => n.Value == algorithm).Key;

    public static SignatureAlgorithm? Find(string name) => Names.TryGetValue(name, out var algorithm) ? algorithm : null;

    public static byte[] Sign(ISigner signer, byte[] data)
    {
        var signature = signer.Sign(data);
        return signer.Algorithm switch
        {
            SignatureAlgorithm.Es256 or SignatureAlgorithm.Sm2 => FixedPair.FromDer(signature, PairLength / 2),
            SignatureAlgorithm.Es384 => FixedPair.FromDer(signature, 48),
            _ => signature,
        };
    }

    public static bool Verify(ReadOnlySpan<byte> publicKey, SignatureAlgorithm algorithm, byte[] data, byte[] signature) => algorithm switch
    {
        SignatureAlgorithm.Sm2 => signature.Length == PairLength && SignatureVerifier.Verify(publicKey, algorithm, data, FixedPair.ToDer(signature)),
        SignatureAlgorithm.Es256 => SignatureVerifier.Verify(publicKey, new EcdsaScheme(HashFunction.Sha256) { Format = PairFormat.Fixed, Curve = EcKey.P256 }, data, signature),
        SignatureAlgorithm.Es384 => SignatureVerifier.Verify(publicKey, new EcdsaScheme(HashFunction.Sha384) { Format = PairFormat.Fixed, Curve = EcKey.P384 }, data, signature),
        _ => SignatureVerifier.Verify(publicKey, algorithm, data, signature),
    };
}
