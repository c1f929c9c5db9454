namespace Yinxin.Trust.Suites;

/// <summary>How a key signs: algorithm, curve or padding, and hash in one. The names are those of JOSE (RFC 7518 §3.1, RFC 9864) but for SM2, which has none there.</summary>
public enum SignatureAlgorithm
{
    /// <summary>ECDSA on P-256 with SHA-256 (FIPS 186-5, RFC 5758).</summary>
    Es256,

    /// <summary>ECDSA on P-384 with SHA-384 (FIPS 186-5, RFC 5758).</summary>
    Es384,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256, modulus of at least 2048 bits (RFC 8017 §8.2).</summary>
    Rs256,

    /// <summary>RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes (RFC 8017 §8.1, RFC 4055).</summary>
    Ps256,

    /// <summary>Ed25519 (RFC 8032, RFC 8410).</summary>
    Ed25519,

    /// <summary>SM2 with SM3 on sm2p256v1, default user id (GB/T 32918, GB/T 35276).</summary>
    Sm2,
}
