namespace Yinxin.Trust.Log;

/// <summary>The verification of a subtree's consistency, step by step (draft-ietf-plants-merkle-tree-certs §4.4.3; with start 0 it is RFC 9162 §2.1.4.2).</summary>
internal sealed class SubtreeClimb(Subtree subtree, long size)
{
    private long first = subtree.Start;
    private long last = subtree.End - 1;
    private long treeLast = size - 1;
    private byte[] subtreeHash = [];
    private byte[] treeHash = [];

    /// <summary>Goes up to the highest node that the subtree ends with whole. Answers how many hashes of the proof were used, null when one is missing.</summary>
    public int? Begin(ReadOnlySpan<byte> subtreeRoot, IReadOnlyList<byte[]> proof)
    {
        var endsTree = last == treeLast;
        while (first != last && (endsTree || (last & 1) == 1))
        {
            Up();
        }

        if (first == last)
        {
            subtreeHash = treeHash = subtreeRoot.ToArray();
            return 0;
        }

        if (proof.Count == 0)
        {
            return null;
        }

        subtreeHash = treeHash = proof[0];
        return 1;
    }

    /// <summary>Takes in one sibling after the other; false when there are more than the tree has levels.</summary>
    public bool Climb(IEnumerable<byte[]> siblings)
    {
        foreach (var sibling in siblings)
        {
            if (treeLast == 0)
            {
                return false;
            }

            if ((last & 1) == 1 || last == treeLast)
            {
                Left(sibling);
            }
            else
            {
                treeHash = MerkleHash.Node(treeHash, sibling);
            }

            Up();
        }

        return true;
    }

    /// <summary>Whether both hashes came out, at the top.</summary>
    public bool Ends(ReadOnlySpan<byte> subtreeRoot, ReadOnlySpan<byte> root) =>
        treeLast == 0 && subtreeRoot.SequenceEqual(subtreeHash) && root.SequenceEqual(treeHash);

    private void Left(byte[] sibling)
    {
        if (first < last)
        {
            subtreeHash = MerkleHash.Node(sibling, subtreeHash);
        }

        treeHash = MerkleHash.Node(sibling, treeHash);
        while (last != 0 && (last & 1) == 0)
        {
            Up();
        }
    }

    private void Up()
    {
        first >>= 1;
        last >>= 1;
        treeLast >>= 1;
    }
}
