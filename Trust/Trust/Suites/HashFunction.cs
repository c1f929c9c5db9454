namespace Yinxin.Trust.Suites;

/// <summary>Hash functions that signatures name. SHA-1 and SHA-224 are for foreign material only: whether they may still be trusted is the caller's policy.</summary>
public enum HashFunction
{
    /// <summary>SHA-1 (FIPS 180-4); broken for collisions, for old foreign material only.</summary>
    Sha1,

    /// <summary>SHA-224 (FIPS 180-4).</summary>
    Sha224,

    /// <summary>SHA-256 (FIPS 180-4).</summary>
    Sha256,

    /// <summary>SHA-384 (FIPS 180-4).</summary>
    Sha384,

    /// <summary>SHA-512 (FIPS 180-4).</summary>
    Sha512,

    /// <summary>SHA-512/224 (FIPS 180-4 §5.3.6.1).</summary>
    Sha512Bits224,

    /// <summary>SHA-512/256 (FIPS 180-4 §5.3.6.2).</summary>
    Sha512Bits256,

    /// <summary>SHA3-224 (FIPS 202).</summary>
    Sha3Bits224,

    /// <summary>SHA3-256 (FIPS 202).</summary>
    Sha3Bits256,

    /// <summary>SHA3-384 (FIPS 202).</summary>
    Sha3Bits384,

    /// <summary>SHA3-512 (FIPS 202).</summary>
    Sha3Bits512,

    /// <summary>SHAKE128 with 32 bytes of output (FIPS 202, RFC 8692 §3).</summary>
    Shake128,

    /// <summary>SHAKE256 with 64 bytes of output (FIPS 202, RFC 8692 §3).</summary>
    Shake256,

    /// <summary>SM3 (GB/T 32905).</summary>
    Sm3,
}
