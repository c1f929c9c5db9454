using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>Object identifiers of the hash functions (RFC 5754, RFC 8017 appendix B.1, NIST CSOR, GB/T 33560).</summary>
internal static class HashIdentifiers
{
    private const string Nist = "2.16.840.1.101.3.4.2.";

    private static readonly Dictionary<HashFunction, DerObjectIdentifier> Identifiers = new()
    {
        [HashFunction.Sha1] = new("1.3.14.3.2.26"),
        [HashFunction.Sha224] = new(Nist + "4"),
        [HashFunction.Sha256] = new(Nist + "1"),
        [HashFunction.Sha384] = new(Nist + "2"),
        [HashFunction.Sha512] = new(Nist + "3"),
        [HashFunction.Sha512Bits224] = new(Nist + "5"),
        [HashFunction.Sha512Bits256] = new(Nist + "6"),
        [HashFunction.Sha3Bits224] = new(Nist + "7"),
        [HashFunction.Sha3Bits256] = new(Nist + "8"),
        [HashFunction.Sha3Bits384] = new(Nist + "9"),
        [HashFunction.Sha3Bits512] = new(Nist + "10"),
        [HashFunction.Shake128] = new(Nist + "11"),
        [HashFunction.Shake256] = new(Nist + "12"),
        [HashFunction.Sm3] = new("1.2.156.10197.1.401"),
    };

    private static readonly Dictionary<DerObjectIdentifier, HashFunction> Functions = Identifiers.ToDictionary(pair => pair.Value, pair => pair.Key);

    public static DerObjectIdentifier Of(HashFunction function) => Identifiers[function];

    /// <summary>The hash of an identifier whose parameters are absent or NULL (RFC 5754 §2, RFC 4055 §2.1), or null.</summary>
    public static HashFunction? Function(AlgorithmIdentifier algorithm) =>
        algorithm.Parameters is null or Asn1Null && Functions.TryGetValue(algorithm.Algorithm, out var function) ? function : null;
}
