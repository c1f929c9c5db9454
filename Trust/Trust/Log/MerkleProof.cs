using System.Numerics;

namespace Yinxin.Trust.Log;

/// <summary>Verifies proofs. Each answers true or false and never throws: wrong lengths, impossible indices and surplus hashes are simply not proofs.</summary>
public static class MerkleProof
{
    /// <summary>Most hashes that any proof of a tree below 2^63 entries holds.</summary>
    public const int LongestProof = 63;

    /// <summary>Whether the leaf stands at <paramref name="index"/> in the tree of <paramref name="size"/> entries with this root (RFC 9162 §2.1.3.2).</summary>
    public static bool Includes(long index, long size, ReadOnlySpan<byte> leafHash, IReadOnlyList<byte[]> proof, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size || leafHash.Length != MerkleHash.Length || root.Length != MerkleHash.Length || !AreHashes(proof))
        {
            return false;
        }

        var (position, last) = (index, size - 1);
        var hash = leafHash.ToArray();
        foreach (var sibling in proof)
        {
            if (last == 0)
            {
                return false;
            }

            hash = Climb(hash, sibling, ref position, ref last);
        }

        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>Whether the tree of <paramref name="newSize"/> entries begins with that of <paramref name="oldSize"/> (RFC 9162 §2.1.4.2). The empty tree proves nothing and is refused.</summary>
    public static bool Extends(long oldSize, long newSize, ReadOnlySpan<byte> oldRoot, ReadOnlySpan<byte> newRoot, IReadOnlyList<byte[]> proof) =>
        oldSize > 0 && ContainsSubtree(new Subtree(0, oldSize), newSize, oldRoot, newRoot, proof);

    /// <summary>Whether the leaf stands at <paramref name="index"/> of the whole log, inside the subtree with this root (draft-ietf-plants-merkle-tree-certs §4.3).</summary>
    public static bool SubtreeIncludes(long index, Subtree subtree, ReadOnlySpan<byte> leafHash, IReadOnlyList<byte[]> proof, ReadOnlySpan<byte> subtreeRoot) =>
        subtree.IsValid && index >= subtree.Start && index < subtree.End
        && Includes(index - subtree.Start, subtree.End - subtree.Start, leafHash, proof, subtreeRoot);

    /// <summary>Whether the subtree with its root is part of the tree of <paramref name="size"/> entries (same draft §4.4). An empty subtree is part of every tree.</summary>
    public static bool ContainsSubtree(Subtree subtree, long size, ReadOnlySpan<byte> subtreeRoot, ReadOnlySpan<byte> root, IReadOnlyList<byte[]> proof)
    {
        if (subtree.Start >= 0 && subtree.Start == subtree.End)
        {
            return subtree.End <= size && proof.Count == 0 && subtreeRoot.SequenceEqual(MerkleHash.Empty());
        }

        if (subtree == new Subtree(0, size))
        {
            return size > 0 && proof.Count == 0 && root.SequenceEqual(subtreeRoot);
        }

        if (!subtree.IsValid || subtree.End > size || subtreeRoot.Length != MerkleHash.Length || root.Length != MerkleHash.Length || !AreHashes(proof))
        {
            return false;
        }

        var climb = new SubtreeClimb(subtree, size);
        var used = climb.Begin(subtreeRoot, proof);
        return used is not null && climb.Climb(proof.Skip(used.Value)) && climb.Ends(subtreeRoot, root);
    }

    private static byte[] Climb(byte[] hash, byte[] sibling, ref long position, ref long last)
    {
        byte[] parent;
        if ((position & 1) == 1 || position == last)
        {
            parent = MerkleHash.Node(sibling, hash);
            // Levels without a right neighbour add nothing.
            var empty = position == 0 ? 0 : (position & 1) == 1 ? 0 : BitOperations.TrailingZeroCount(position);
            position >>= empty;
            last >>= empty;
        }
        else
        {
            parent = MerkleHash.Node(hash, sibling);
        }

        position >>= 1;
        last >>= 1;
        return parent;
    }

    private static bool AreHashes(IReadOnlyList<byte[]> proof) => proof.Count <= LongestProof && proof.All(h => h.Length == MerkleHash.Length);
}
