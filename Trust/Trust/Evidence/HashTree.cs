using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Evidence;

/// <summary>A hash tree over groups of digests (RFC 4998 §4.2): binary, a node is the digest of its children in binary ascending order, and a node without a neighbour rises as it is.</summary>
internal sealed class HashTree
{
    private readonly HashFunction hash;
    private readonly IReadOnlyList<IReadOnlyList<byte[]>> groups;
    private readonly List<List<byte[]>> levels = [];

    /// <param name="hash">The digest of the tree.</param>
    /// <param name="groups">For each data object group the digests of its documents; none empty.</param>
    public HashTree(HashFunction hash, IReadOnlyList<IReadOnlyList<byte[]>> groups)
    {
        (this.hash, this.groups) = (hash, groups);
        levels.Add([.. groups.Select(g => Node(hash, g))]);
        while (levels[^1].Count > 1)
        {
            levels.Add([.. levels[^1].Chunk(2).Select(pair => Node(hash, pair))]);
        }
    }

    /// <summary>What the timestamp covers.</summary>
    public byte[] Root => levels[^1][0];

    /// <summary>One value stays as it is; of several, the digest of all in binary ascending order.</summary>
    public static byte[] Node(HashFunction hash, IReadOnlyList<byte[]> values) =>
        values.Count == 1 ? values[0] : hash.Hash([.. values.Order(BinaryOrder.Instance).SelectMany(v => v)]);

    /// <summary>The lists of values from which the root follows for one group: its documents first when there are several, then the neighbours on the way up. Empty when the group is the root.</summary>
    public IReadOnlyList<IReadOnlyList<byte[]>> ReducedFor(int group)
    {
        var lists = new List<IReadOnlyList<byte[]>>();
        if (groups[group].Count > 1)
        {
            lists.Add([.. groups[group].Order(BinaryOrder.Instance)]);
        }

        var index = group;
        foreach (var level in levels)
        {
            if ((index ^ 1) < level.Count)
            {
                // The way's own value stands only in the first list; later ones are computed by the verifier.
                lists.Add(lists.Count > 0 ? [level[index ^ 1]] : [.. new[] { level[index], level[index ^ 1] }.Order(BinaryOrder.Instance)]);
            }

            index /= 2;
        }

        return lists;
    }

    /// <summary>The root that follows from the values of one group and a reduced tree; null when the tree does not begin with exactly these values (§4.3).</summary>
    public static byte[]? RootOf(HashFunction hash, IReadOnlyList<byte[]> values, IReadOnlyList<IReadOnlyList<byte[]>> lists)
    {
        if (lists.Count == 0)
        {
            return Node(hash, values);
        }

        // Of a group, no document may be missing and none may be there that was not given; a single one stands among its neighbours.
        var first = lists[0];
        if (!values.All(v => first.Any(f => f.AsSpan().SequenceEqual(v))) || (values.Count > 1 && first.Count != values.Count))
        {
            return null;
        }

        return lists.Skip(1).Aggregate(Node(hash, first), (node, list) => Node(hash, [.. list, node]));
    }

    private sealed class BinaryOrder : IComparer<byte[]>
    {
        public static readonly BinaryOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
