using System.Security.Cryptography;
using System.Text;
using Xunit;
using Yinxin.Trust.Log;

namespace Yinxin.Trust.Tests.Log;

/// <summary>The tree against the definition in RFC 6962 §2.1, written out as it stands there.</summary>
public sealed class TreeTests
{
    private const int Entries = 700;
    private static readonly byte[][] Data = [.. Enumerable.Range(0, Entries).Select(i => Encoding.UTF8.GetBytes($"entry {i}"))];

    [Fact]
    public void Every_proof_of_small_trees_holds_and_a_changed_one_does_not()
    {
        for (var size = 1; size <= 40; size++)
        {
            var proofs = new ProofBuilder(Store(size), size);
            var root = Mth(0, size);
            for (var i = 0; i < size; i++)
            {
                var proof = proofs.Inclusion(i);
                Assert.True(MerkleProof.Includes(i, size, MerkleHash.Leaf(Data[i]), proof, root));
                Assert.False(MerkleProof.Includes(i, size, MerkleHash.Leaf(Data[i + 1]), proof, root));
                Refuses(proof, changed => MerkleProof.Includes(i, size, MerkleHash.Leaf(Data[i]), changed, root));
            }

            foreach (var subtree in from start in Enumerable.Range(0, size) from end in Enumerable.Range(start + 1, size - start) select new Subtree(start, end))
            {
                if (!subtree.IsValid)
                {
                    Assert.Throws<ArgumentOutOfRangeException>(() => proofs.SubtreeConsistency(subtree));
                    continue;
                }

                var proof = proofs.SubtreeConsistency(subtree);
                var own = Mth((int)subtree.Start, (int)subtree.End);
                Assert.True(MerkleProof.ContainsSubtree(subtree, size, own, root, proof));
                Assert.False(MerkleProof.ContainsSubtree(subtree, size, MerkleHash.Leaf(own), root, proof));
                Refuses(proof, changed => MerkleProof.ContainsSubtree(subtree, size, own, root, changed));
            }
        }
    }

    [Fact]
    public void Tiles_of_a_tree_beyond_one_tile_give_the_defined_roots_and_proofs()
    {
        foreach (var size in new[] { 255, 256, 257, 511, 512, 513, 700 })
        {
            var store = Store(size);
            var root = Mth(0, size);
            Assert.Equal(root, TreeTail.Load(store, size, root).Edge().Root());
            var proofs = new ProofBuilder(store, size, new TileCache());
            for (var i = 0; i < size; i += 7)
            {
                Assert.True(MerkleProof.Includes(i, size, MerkleHash.Leaf(Data[i]), proofs.Inclusion(i), root));
                Assert.Equal(i > 0, MerkleProof.Extends(i, size, Mth(0, i), root, proofs.Consistency(i)));
            }
        }
    }

    [Fact]
    public void Appending_in_any_batches_writes_the_same_files()
    {
        var (whole, pieces) = (Store(Entries), new MemoryTiles());
        for (var (size, step) = (0, 1); size < Entries; size += step, step = Math.Min(step + 3, Entries - size))
        {
            var tail = TreeTail.Load(pieces, size, Mth(0, size));
            Array.ForEach(Data[size..(size + step)], e => tail.Append(e));
            pieces.Write(tail.TakeFiles());
        }

        Assert.All(whole.Files, f => Assert.Equal(f.Value, pieces.Files[f.Key]));
    }

    [Fact]
    public void A_damaged_or_missing_file_of_the_edge_is_found_when_it_is_loaded()
    {
        var root = Mth(0, Entries);
        foreach (var path in new[] { "tile/0/002.p/188", "tile/1/000.p/2", "tile/entries/002.p/188" })
        {
            var store = Store(Entries);
            var kept = store.Files[path];
            store.Files[path] = kept[..^1];
            Assert.Throws<CryptographicException>(() => TreeTail.Load(store, Entries, root));
            store.Files.Remove(path);
            Assert.Throws<CryptographicException>(() => TreeTail.Load(store, Entries, root));
            store.Files[path] = kept;
            Assert.Equal(Entries, TreeTail.Load(store, Entries, root).Size);
        }
    }

    [Theory]
    [InlineData("tile/0/000", 0, 0, 256)]
    [InlineData("tile/3/x001/x234/067", 3, 1_234_067, 256)]
    [InlineData("tile/entries/x001/000.p/7", -1, 1000, 7)]
    [InlineData("tile/63/999.p/255", 63, 999, 255)]
    public void A_tile_has_one_path(string path, int level, long index, int width)
    {
        Assert.True(TileAddress.TryParse(path, out var tile));
        Assert.Equal((new TileAddress(level, index, width), path), (tile, tile.Path));
    }

    [Theory]
    [InlineData("tile/00/000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/0/x000/001")]
    [InlineData("tile/0/001/000")]
    [InlineData("tile/0/x001")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p")]
    [InlineData("tile/0/../000")]
    [InlineData("tile/0/٠٠٠")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("tile//000")]
    [InlineData("checkpoint")]
    public void Another_spelling_is_no_path(string path) => Assert.False(TileAddress.TryParse(path, out _));

    [Theory]
    [InlineData("0001", 1)]
    [InlineData("00016100", 1)]
    [InlineData("000161", 2)]
    [InlineData("000161ffff", 2)]
    [InlineData("00", 1)]
    public void A_bundle_that_is_cut_off_or_too_long_is_refused(string hex, int count) =>
        Assert.Throws<CryptographicException>(() => EntryBundle.Decode(Convert.FromHexString(hex), count));

    [Fact]
    public void The_widths_are_those_of_the_specification_s_example()
    {
        Assert.Equal(112, TileAddress.InTree(0, 273, 70_000).Width);
        Assert.Equal(17, TileAddress.InTree(1, 1, 70_000).Width);
        Assert.Equal(1, TileAddress.InTree(2, 0, 70_000).Width);
        Assert.Equal((256, 1), (TileAddress.InTree(0, 0, 256).Width, TileAddress.InTree(1, 0, 256).Width));
    }

    private static MemoryTiles Store(int size)
    {
        var (tail, store) = (new TreeTail(), new MemoryTiles());
        Array.ForEach(Data[..size], e => tail.Append(e));
        store.Write(tail.TakeFiles());
        return store;
    }

    private static byte[] Mth(int start, int end)
    {
        var n = end - start;
        if (n <= 1)
        {
            return n == 0 ? MerkleHash.Empty() : MerkleHash.Leaf(Data[start]);
        }

        var k = 1;
        while (k * 2 < n)
        {
            k *= 2;
        }

        return SHA256.HashData([1, .. Mth(start, start + k), .. Mth(start + k, end)]);
    }

    private static void Refuses(IReadOnlyList<byte[]> proof, Func<IReadOnlyList<byte[]>, bool> accepts)
    {
        for (var i = 0; i < proof.Count; i++)
        {
            byte[][] changed = [.. proof.Select(h => (byte[])h.Clone())];
            changed[i][^1] ^= 1;
            Assert.False(accepts(changed));
            Assert.False(accepts([.. proof.Where((_, at) => at != i)]));
        }

        Assert.False(accepts([.. proof, MerkleHash.Empty()]));
    }
}
