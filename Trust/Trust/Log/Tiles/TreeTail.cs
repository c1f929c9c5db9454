using System.Security.Cryptography;

namespace Yinxin.Trust.Log;

/// <summary>
/// The growing end of a tiled tree: of each level the tile that is not full yet, and the entries of the last bundle. Entries go in, files come out;
/// what is in a file depends on the entries and their places alone, so that whoever writes it twice writes the same.
/// </summary>
public sealed class TreeTail
{
    private readonly List<Level> levels = [];
    private readonly List<ReadOnlyMemory<byte>> bundle = [];
    private readonly List<TileFile> finished = [];

    /// <summary>Entries in the tree.</summary>
    public long Size { get; private set; }

    /// <summary>Reads the end of a stored tree; of a partial file that has been filled since, the full one serves as well.</summary>
    /// <param name="source">The stored files.</param>
    /// <param name="size">The tree's size.</param>
    /// <param name="root">The root that the signed head states.</param>
    /// <exception cref="CryptographicException">A file is missing or damaged, or the tree has another root.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static TreeTail Load(ITileSource source, long size, ReadOnlySpan<byte> root)
    {
        var tail = Load(source, size);
        return root.SequenceEqual(tail.Edge().Root()) ? tail : throw new CryptographicException($"The stored tiles do not have the root that the head of {size} entries states.");
    }

    /// <summary>As above, for whoever has no root yet and proves one of a later tree.</summary>
    /// <exception cref="CryptographicException">A file is missing or damaged.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static TreeTail Load(ITileSource source, long size)
    {
        var tail = new TreeTail { Size = size };
        for (var level = 0; level * TileAddress.Height < 63 && size >> (level * TileAddress.Height) > 0; level++)
        {
            var hashes = size >> (level * TileAddress.Height);
            var address = TileAddress.InTree(level, hashes / TileAddress.FullWidth, size);
            tail.levels.Add(new Level { Index = address.Index });
            if (address.Width > 0)
            {
                tail.levels[level].Hashes.AddRange(Tile.Read(source, address).Hashes);
            }
        }

        var entries = TileAddress.InTree(TileAddress.Entries, size / TileAddress.FullWidth, size);
        if (entries.Width > 0)
        {
            tail.bundle.AddRange(EntryBundle.Read(source, entries));
        }

        return tail;
    }

    /// <summary>The files that <see cref="Load(ITileSource, long)"/> reads.</summary>
    public static IEnumerable<TileAddress> Needs(long size)
    {
        for (var level = 0; level * TileAddress.Height < 63 && size >> (level * TileAddress.Height) > 0; level++)
        {
            yield return TileAddress.InTree(level, (size >> (level * TileAddress.Height)) / TileAddress.FullWidth, size);
        }

        yield return TileAddress.InTree(TileAddress.Entries, size / TileAddress.FullWidth, size);
    }

    /// <summary>Adds an entry at the end.</summary>
    public void Append(ReadOnlyMemory<byte> entry)
    {
        bundle.Add(entry);
        if (bundle.Count == TileAddress.FullWidth)
        {
            finished.Add(Bundle());
            bundle.Clear();
        }

        Size++;
        Append(0, MerkleHash.Leaf(entry.Span));
    }

    /// <summary>The files that the entries since the last call filled.</summary>
    public IReadOnlyList<TileFile> TakeFullFiles()
    {
        List<TileFile> files = [.. finished];
        finished.Clear();
        return files;
    }

    /// <summary>The files that the entries since the last call filled or widened.</summary>
    public IReadOnlyList<TileFile> TakeFiles()
    {
        List<TileFile> files = [.. TakeFullFiles()];
        if (bundle.Count > 0)
        {
            files.Add(Bundle());
        }

        for (var i = 0; i < levels.Count; i++)
        {
            if (levels[i].Changed && levels[i].Hashes.Count > 0)
            {
                files.Add(TileOf(i));
            }

            levels[i].Changed = false;
        }

        return files;
    }

    /// <summary>The tree's right edge, and by it the root.</summary>
    public CompactRange Edge()
    {
        var hashes = new List<byte[]>();
        for (var i = levels.Count - 1; i >= 0; i--)
        {
            var range = new CompactRange();
            levels[i].Hashes.ForEach(range.Append);
            hashes.AddRange(range.Hashes);
        }

        return CompactRange.Of(Size, hashes);
    }

    private void Append(int level, byte[] hash)
    {
        if (levels.Count == level)
        {
            levels.Add(new Level());
        }

        var at = levels[level];
        at.Hashes.Add(hash);
        at.Changed = true;
        if (at.Hashes.Count == TileAddress.FullWidth)
        {
            finished.Add(TileOf(level));
            var range = new CompactRange();
            at.Hashes.ForEach(range.Append);
            at.Hashes.Clear();
            at.Index++;
            Append(level + 1, range.Root());
        }
    }

    private TileFile TileOf(int level)
    {
        var at = levels[level];
        var content = new byte[at.Hashes.Count * MerkleHash.Length];
        for (var i = 0; i < at.Hashes.Count; i++)
        {
            at.Hashes[i].CopyTo(content, i * MerkleHash.Length);
        }

        return new TileFile(new TileAddress(level, at.Index, at.Hashes.Count).Path, content);
    }

    /// <summary>Called before the first level counts the entry, so the index is the one of the entries so far.</summary>
    private TileFile Bundle() => new(
        new TileAddress(TileAddress.Entries, (levels.Count == 0 ? 0 : levels[0].Index), bundle.Count).Path, EntryBundle.Encode(bundle));

    private sealed class Level
    {
        public long Index { get; set; }

        public List<byte[]> Hashes { get; } = [];

        public bool Changed { get; set; }
    }
}
