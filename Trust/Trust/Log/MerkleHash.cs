using System.Security.Cryptography;

namespace Yinxin.Trust.Log;

/// <summary>The hashing of the tree (RFC 6962 §2.1): leaves and nodes begin with different bytes, so that none passes for the other.</summary>
public static class MerkleHash
{
    /// <summary>Bytes in a hash (SHA-256).</summary>
    public const int Length = 32;

    /// <summary>Of a tree without entries. A copy each time: a hash handed out must not change another's.</summary>
    public static byte[] Empty() => SHA256.HashData([]);

    /// <summary>Of one entry: SHA-256 over 0x00 and the entry.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> entry)
    {
        var buffer = entry.Length < 512 ? stackalloc byte[entry.Length + 1] : new byte[entry.Length + 1];
        buffer[0] = 0x00;
        entry.CopyTo(buffer[1..]);
        return SHA256.HashData(buffer);
    }

    /// <summary>Of two subtrees beside each other: SHA-256 over 0x01, the left hash and the right hash.</summary>
    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> buffer = stackalloc byte[1 + (2 * Length)];
        buffer[0] = 0x01;
        left.CopyTo(buffer[1..]);
        right.CopyTo(buffer[(1 + Length)..]);
        return SHA256.HashData(buffer);
    }
}
