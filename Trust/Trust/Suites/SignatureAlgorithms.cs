using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Suites.Verification;

namespace Yinxin.Trust.Suites;

/// <summary>What belongs to each algorithm: its suite, its identifier, the hash of content that it signs.</summary>
public static class SignatureAlgorithms
{
    /// <summary>The suite that an algorithm belongs to.</summary>
    public static SignatureSuite Suite(this SignatureAlgorithm algorithm) =>
        algorithm == SignatureAlgorithm.Sm2 ? SignatureSuite.Sm : SignatureSuite.International;

    /// <summary>The algorithm that a suite uses when nobody asks for another: ES256 or SM2.</summary>
    public static SignatureAlgorithm FirstAlgorithm(this SignatureSuite suite) =>
        suite == SignatureSuite.Sm ? SignatureAlgorithm.Sm2 : SignatureAlgorithm.Es256;

    /// <summary>As it is written: parameters absent for ECDSA (RFC 5758 §3.2), Ed25519 (RFC 8410 §3) and SM2, NULL for RSA PKCS#1, hash, mask and salt length for PSS (RFC 4055).</summary>
    public static AlgorithmIdentifier Identifier(this SignatureAlgorithm algorithm) => AlgorithmIdentifiers.Identifier(algorithm);

    /// <summary>The algorithm of an identifier, or null when it is none of ours or its parameters are wrong. Foreign ones are read with <see cref="SignatureScheme.Of(AlgorithmIdentifier)"/>.</summary>
    public static SignatureAlgorithm? Of(AlgorithmIdentifier identifier) => SignatureScheme.Of(identifier) switch
    {
        EcdsaScheme { Hash: HashFunction.Sha256 } => SignatureAlgorithm.Es256,
        EcdsaScheme { Hash: HashFunction.Sha384 } => SignatureAlgorithm.Es384,
        RsaPkcs1Scheme { Hash: HashFunction.Sha256 } => SignatureAlgorithm.Rs256,
        RsaPssScheme { Hash: HashFunction.Sha256, MaskHash: HashFunction.Sha256, SaltLength: 32 } => SignatureAlgorithm.Ps256,
        EdDsaScheme { Curve448: false } => SignatureAlgorithm.Ed25519,
        Sm2Scheme => SignatureAlgorithm.Sm2,
        _ => null,
    };

    /// <summary>The hash of content that a CMS signed with this algorithm names: the signature's own (RFC 5754 §3, RFC 5753), SHA-512 for Ed25519 (RFC 8419 §3.1).</summary>
    public static HashFunction ContentHash(this SignatureAlgorithm algorithm) => SignatureScheme.Of(algorithm).DataHash ?? HashFunction.Sha512;
}
