using System.Numerics;
using System.Security.Cryptography;

namespace Yinxin.Trust.Log;

/// <summary>Builds proofs from a log's tiles. One for each request: it remembers the tiles it read.</summary>
/// <param name="source">The tiles.</param>
/// <param name="size">Size of a tree whose head was signed: every hash comes from tiles of that tree.</param>
/// <param name="cache">Tiles that proofs share.</param>
public sealed class ProofBuilder(ITileSource source, long size, TileCache? cache = null)
{
    private readonly Dictionary<TileAddress, Tile> read = [];

    /// <summary>That the entry at <paramref name="index"/> is in the tree (RFC 9162 §2.1.3.1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such entry in the tree.</exception>
    /// <exception cref="CryptographicException">A tile is missing or damaged.</exception>
    public IReadOnlyList<byte[]> Inclusion(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        return Down(new Subtree(index, index + 1));
    }

    /// <summary>That the tree begins with the tree of <paramref name="oldSize"/> entries (RFC 9162 §2.1.4.1); empty for equal sizes and for 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The old tree is larger.</exception>
    /// <exception cref="CryptographicException">A tile is missing or damaged.</exception>
    public IReadOnlyList<byte[]> Consistency(long oldSize) => oldSize == 0 ? [] : SubtreeConsistency(new Subtree(0, oldSize));

    /// <summary>That the subtree is part of the tree (draft-ietf-plants-merkle-tree-certs §4.4.1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such subtree.</exception>
    /// <exception cref="CryptographicException">A tile is missing or damaged.</exception>
    public IReadOnlyList<byte[]> SubtreeConsistency(Subtree subtree) =>
        subtree.IsValid && subtree.End <= size ? Down(subtree) : throw new ArgumentOutOfRangeException(nameof(subtree));

    /// <summary>Hash of the entries from <paramref name="start"/> to before <paramref name="end"/>, a range that a subtree of the tree covers.</summary>
    /// <exception cref="CryptographicException">A tile is missing or damaged.</exception>
    public byte[] Hash(long start, long end)
    {
        if (start == end)
        {
            return MerkleHash.Empty();
        }

        var hashes = new Stack<byte[]>();
        while (start < end)
        {
            var height = BitOperations.Log2((ulong)(end - start));
            hashes.Push(Node(height, start >> height));
            start += 1L << height;
        }

        var hash = hashes.Pop();
        while (hashes.TryPop(out var left))
        {
            hash = MerkleHash.Node(left, hash);
        }

        return hash;
    }

    /// <summary>From the root down to the subtree; each step leaves the other half's hash. The first hashes are the lowest.</summary>
    private List<byte[]> Down(Subtree subtree)
    {
        var (start, end, crossed) = (0L, size, false);
        var proof = new List<byte[]>();
        while (start != subtree.Start || end != subtree.End)
        {
            var middle = start + (1L << BitOperations.Log2((ulong)(end - start - 1)));
            if (subtree.End <= middle)
            {
                proof.Add(Hash(middle, end));
                end = middle;
            }
            else
            {
                proof.Add(Hash(start, middle));
                // The subtree reaches across the middle: its own root no longer stands for what is left of it.
                crossed |= subtree.Start < middle;
                subtree = subtree with { Start = Math.Max(subtree.Start, middle) };
                start = middle;
            }
        }

        if (crossed)
        {
            proof.Add(Hash(start, end));
        }

        proof.Reverse();
        return proof;
    }

    private byte[] Node(int height, long position)
    {
        var (level, inTile) = Math.DivRem(height, TileAddress.Height);
        var first = position << inTile;
        var address = TileAddress.InTree(level, first / TileAddress.FullWidth, size);
        if (!read.TryGetValue(address, out var tile))
        {
            read[address] = tile = cache?.Get(source, address) ?? Tile.Read(source, address);
        }

        return tile.Node(inTile, (int)(first % TileAddress.FullWidth) >> inTile);
    }
}
