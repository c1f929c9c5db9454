using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Suites.Verification;

namespace Yinxin.Trust.Suites;

/// <summary>
/// How a signature is to be verified, finer than <see cref="SignatureAlgorithm"/>: every mix of curve and hash that foreign material may bring.
/// We sign with a <see cref="SignatureAlgorithm"/> only; a scheme is for verifying.
/// </summary>
/// <param name="DataHash">The hash over the data; for policies too, which may refuse one by its age. Null where the scheme hashes by itself (EdDSA).</param>
public abstract record SignatureScheme(HashFunction? DataHash)
{
    /// <summary>The scheme that an AlgorithmIdentifier names, or null when it is unknown or its parameters are not as its standard wants them.</summary>
    public static SignatureScheme? Of(AlgorithmIdentifier algorithm) => AlgorithmIdentifiers.Scheme(algorithm);

    /// <summary>The scheme of one of our own algorithms.</summary>
    public static SignatureScheme Of(SignatureAlgorithm algorithm) => AlgorithmIdentifiers.Scheme(algorithm);
}

/// <summary>How a pair r, s is written.</summary>
public enum PairFormat
{
    /// <summary>DER <c>SEQUENCE { r INTEGER, s INTEGER }</c> (RFC 3279 §2.2.3).</summary>
    Der,

    /// <summary>r and s one after the other, each as long as the group order (IEEE P1363, JOSE).</summary>
    Fixed,
}

/// <summary>ECDSA (FIPS 186-5, X9.62).</summary>
/// <param name="Hash">The hash; cut to the group order's length as the standard says.</param>
public sealed record EcdsaScheme(HashFunction Hash) : SignatureScheme(Hash)
{
    /// <summary>How r and s are written.</summary>
    public PairFormat Format { get; init; }

    /// <summary>The only curve allowed, as its OID; null for P-256, P-384 and P-521.</summary>
    public string? Curve { get; init; }

    /// <summary>Allows s up to half of the order only, so that a signature has one form (BIP 62).</summary>
    public bool LowS { get; init; }
}

/// <summary>SM2 with SM3 on sm2p256v1 (GB/T 32918.2), DER.</summary>
public sealed record Sm2Scheme() : SignatureScheme(HashFunction.Sm3)
{
    /// <summary>The user id; null for the default one of GB/T 35276. Everything of the platform uses the default.</summary>
    public ReadOnlyMemory<byte>? UserId { get; init; }
}

/// <summary>RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).</summary>
/// <param name="Hash">The hash inside the DigestInfo, with NULL parameters.</param>
public sealed record RsaPkcs1Scheme(HashFunction Hash) : SignatureScheme(Hash)
{
    /// <summary>The smallest modulus in bits.</summary>
    public int SmallestModulus { get; init; } = 2048;
}

/// <summary>RSASSA-PSS (RFC 8017 §8.1) with trailer 0xBC.</summary>
/// <param name="Hash">The hash over the data.</param>
/// <param name="MaskHash">The hash of MGF1; a SHAKE masks by itself (RFC 8702 §2).</param>
/// <param name="SaltLength">Length of the salt in bytes, exactly.</param>
public sealed record RsaPssScheme(HashFunction Hash, HashFunction MaskHash, int SaltLength) : SignatureScheme(Hash)
{
    /// <summary>The smallest modulus in bits.</summary>
    public int SmallestModulus { get; init; } = 2048;
}

/// <summary>Ed25519 or Ed448, pure (RFC 8032).</summary>
/// <param name="Curve448">Ed448; otherwise Ed25519.</param>
public sealed record EdDsaScheme(bool Curve448) : SignatureScheme((HashFunction?)null);

/// <summary>ML-DSA, pure, with an empty context (FIPS 204, RFC 9881); foreign certificates only.</summary>
/// <param name="ParameterSet">44, 65 or 87.</param>
public sealed record MlDsaScheme(int ParameterSet) : SignatureScheme((HashFunction?)null);

/// <summary>DSA (FIPS 186-4); old foreign material only.</summary>
/// <param name="Hash">The hash.</param>
public sealed record DsaScheme(HashFunction Hash) : SignatureScheme(Hash)
{
    /// <summary>How r and s are written.</summary>
    public PairFormat Format { get; init; }
}
