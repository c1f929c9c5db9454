using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>Digests by name: the platform's where it has them everywhere, BouncyCastle's for the rest.</summary>
internal static class Hashing
{
    public static byte[] Hash(HashFunction function, ReadOnlySpan<byte> data)
    {
        switch (function)
        {
            case HashFunction.Sha1:
#pragma warning disable CA5350 // Old foreign certificates are read with it; whether they are trusted is decided elsewhere.
                return SHA1.HashData(data);
#pragma warning restore CA5350
            case HashFunction.Sha256:
                return SHA256.HashData(data);
            case HashFunction.Sha384:
                return SHA384.HashData(data);
            case HashFunction.Sha512:
                return SHA512.HashData(data);
            default:
                var digest = Digest(function);
                digest.BlockUpdate(data);
                var hash = new byte[digest.GetDigestSize()];
                digest.DoFinal(hash);
                return hash;
        }
    }

    public static IDigest Digest(HashFunction function) => function switch
    {
        HashFunction.Sha1 => new Sha1Digest(),
        HashFunction.Sha224 => new Sha224Digest(),
        HashFunction.Sha256 => new Sha256Digest(),
        HashFunction.Sha384 => new Sha384Digest(),
        HashFunction.Sha512 => new Sha512Digest(),
        HashFunction.Sha512Bits224 => new Sha512tDigest(224),
        HashFunction.Sha512Bits256 => new Sha512tDigest(256),
        HashFunction.Sha3Bits224 => new Sha3Digest(224),
        HashFunction.Sha3Bits256 => new Sha3Digest(256),
        HashFunction.Sha3Bits384 => new Sha3Digest(384),
        HashFunction.Sha3Bits512 => new Sha3Digest(512),
        HashFunction.Shake128 => new ShakeDigest(128),
        HashFunction.Shake256 => new ShakeDigest(256),
        HashFunction.Sm3 => new SM3Digest(),
        _ => throw new CryptographicException("Unknown hash function."),
    };

    /// <summary>The platform's name, or null where not every platform has the hash.</summary>
    public static HashAlgorithmName? PlatformName(HashFunction function) => function switch
    {
        HashFunction.Sha1 => HashAlgorithmName.SHA1,
        HashFunction.Sha256 => HashAlgorithmName.SHA256,
        HashFunction.Sha384 => HashAlgorithmName.SHA384,
        HashFunction.Sha512 => HashAlgorithmName.SHA512,
        _ => null,
    };
}
