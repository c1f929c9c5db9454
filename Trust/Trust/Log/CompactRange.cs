using System.Numerics;
using System.Security.Cryptography;

namespace Yinxin.Trust.Log;

/// <summary>
/// The right edge of a tree: the roots of its whole subtrees, largest first. It is all that appending needs, at most 63 hashes however large the tree is,
/// and whoever appends the following entries to it has proved that the new tree extends the old one.
/// </summary>
public sealed class CompactRange
{
    private readonly List<byte[]> hashes;

    private CompactRange(long size, List<byte[]> hashes)
    {
        Size = size;
        this.hashes = hashes;
    }

    /// <summary>Of the empty tree.</summary>
    public CompactRange()
        : this(0, [])
    {
    }

    /// <summary>Entries taken in.</summary>
    public long Size { get; private set; }

    /// <summary>Roots of the whole subtrees, largest first: as many as <see cref="Size"/> has bits set.</summary>
    public IReadOnlyList<byte[]> Hashes => hashes;

    /// <summary>Takes up where another left off.</summary>
    /// <exception cref="CryptographicException">Not as many hashes as the size demands, or hashes of another length.</exception>
    public static CompactRange Of(long size, IEnumerable<byte[]> hashes)
    {
        List<byte[]> list = [.. hashes];
        return size >= 0 && list.Count == BitOperations.PopCount((ulong)size) && list.All(h => h.Length == MerkleHash.Length)
            ? new CompactRange(size, list)
            : throw new CryptographicException($"Not the edge of a tree of {size} entries.");
    }

    /// <summary>Adds an entry's leaf hash.</summary>
    public void Append(byte[] leafHash)
    {
        var hash = leafHash;
        for (var merged = Size; (merged & 1) == 1; merged >>= 1)
        {
            hash = MerkleHash.Node(hashes[^1], hash);
            hashes.RemoveAt(hashes.Count - 1);
        }

        hashes.Add(hash);
        Size++;
    }

    /// <summary>The tree's root.</summary>
    public byte[] Root()
    {
        if (hashes.Count == 0)
        {
            return MerkleHash.Empty();
        }

        var root = hashes[^1];
        for (var i = hashes.Count - 2; i >= 0; i--)
        {
            root = MerkleHash.Node(hashes[i], root);
        }

        return root;
    }

    /// <summary>A copy that grows on its own.</summary>
    public CompactRange Copy() => new(Size, [.. hashes]);
}
