using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Digests;
using Yinxin.Trust.Suites.Verification;

namespace Yinxin.Trust.Suites;

/// <summary>Digests by suite (SHA-256 and SM3, both 32 bytes) and by name.</summary>
public static class Digests
{
    /// <summary>Length of a suite's digest in bytes.</summary>
    public const int Length = 32;

    /// <summary>The digest of a suite over bytes.</summary>
    public static byte[] Hash(this SignatureSuite suite, ReadOnlySpan<byte> data) =>
        suite == SignatureSuite.Sm ? Sm3(data) : SHA256.HashData(data);

    /// <summary>The digest of any hash function over bytes.</summary>
    public static byte[] Hash(this HashFunction function, ReadOnlySpan<byte> data) => Hashing.Hash(function, data);

    /// <summary>Length of a digest in bytes.</summary>
    public static int Size(this HashFunction function) => Hashing.Digest(function).GetDigestSize();

    /// <summary>The identifier of a hash function; parameters are absent (RFC 5754 §2).</summary>
    public static AlgorithmIdentifier Identifier(this HashFunction function) => new(HashIdentifiers.Of(function));

    /// <summary>The hash function of an identifier with absent or NULL parameters, or null when it is not known.</summary>
    public static HashFunction? OfIdentifier(AlgorithmIdentifier identifier) => HashIdentifiers.Function(identifier);

    /// <summary>SM3 (GB/T 32905).</summary>
    public static byte[] Sm3(ReadOnlySpan<byte> data)
    {
        var digest = new SM3Digest();
        digest.BlockUpdate(data);
        var hash = new byte[Length];
        digest.DoFinal(hash);
        return hash;
    }
}
