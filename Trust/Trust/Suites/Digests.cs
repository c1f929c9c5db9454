using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;

namespace Yinxin.Trust.Suites;

/// <summary>SHA-256 and SM3; both 32 bytes.</summary>
public static class Digests
{
    /// <summary>Length of either digest in bytes.</summary>
    public const int Length = 32;

    /// <summary>The digest of a suite over bytes.</summary>
    public static byte[] Hash(this SignatureSuite suite, ReadOnlySpan<byte> data) =>
        suite == SignatureSuite.Sm ? Sm3(data) : SHA256.HashData(data);

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
