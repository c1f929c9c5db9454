using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Yinxin.Trust.Suites;

/// <summary>A family of algorithms; every part of the platform works with either. The finer choice is <see cref="SignatureAlgorithm"/>.</summary>
public enum SignatureSuite
{
    /// <summary>ECDSA, RSA and Ed25519 with SHA-2; ES256 unless something else is asked for (FIPS 186-5).</summary>
    International,

    /// <summary>SM2 with SM3 on sm2p256v1, default user id (GB/T 32918, GB/T 35276).</summary>
    Sm,
}

/// <summary>Object identifiers and names of the suites.</summary>
public static class SuiteIdentifiers
{
    /// <summary>ecdsa-with-SHA256 (RFC 5758 §3.2).</summary>
    public static readonly DerObjectIdentifier EcdsaWithSha256 = new("1.2.840.10045.4.3.2");

    /// <summary>SM2-with-SM3 (GB/T 33560).</summary>
    public static readonly DerObjectIdentifier Sm2WithSm3 = new("1.2.156.10197.1.501");

    /// <summary>id-sha256 (RFC 5754 §2.2).</summary>
    public static readonly DerObjectIdentifier Sha256 = new("2.16.840.1.101.3.4.2.1");

    /// <summary>SM3 (GB/T 33560).</summary>
    public static readonly DerObjectIdentifier Sm3 = new("1.2.156.10197.1.401");

    /// <summary>Curve P-256 (RFC 5480).</summary>
    public static readonly DerObjectIdentifier P256 = new("1.2.840.10045.3.1.7");

    /// <summary>Curve sm2p256v1 (GB/T 33560).</summary>
    public static readonly DerObjectIdentifier Sm2Curve = new("1.2.156.10197.1.301");

    /// <summary>The suite's first signature algorithm, ES256 or SM2; parameters are absent in both.</summary>
    public static AlgorithmIdentifier SignatureAlgorithm(this SignatureSuite suite) =>
        new(suite == SignatureSuite.Sm ? Sm2WithSm3 : EcdsaWithSha256);

    /// <summary>The digest algorithm; parameters are absent in both suites (RFC 5754 §2).</summary>
    public static AlgorithmIdentifier DigestAlgorithm(this SignatureSuite suite) =>
        new(suite == SignatureSuite.Sm ? Sm3 : Sha256);

    /// <summary>The name used in JSON: <c>sm</c> or <c>international</c>.</summary>
    public static string Name(this SignatureSuite suite) => suite == SignatureSuite.Sm ? "sm" : "international";

    /// <summary>The suite whose first algorithm this is (ES256 or SM2), or null; for all others see <see cref="SignatureAlgorithms.Of"/>.</summary>
    public static SignatureSuite? OfSignature(DerObjectIdentifier algorithm) =>
        algorithm.Equals(Sm2WithSm3) ? SignatureSuite.Sm : algorithm.Equals(EcdsaWithSha256) ? SignatureSuite.International : null;

    /// <summary>The suite of a digest algorithm, or null when it is neither.</summary>
    public static SignatureSuite? OfDigest(DerObjectIdentifier algorithm) =>
        algorithm.Equals(Sm3) ? SignatureSuite.Sm : algorithm.Equals(Sha256) ? SignatureSuite.International : null;
}
