using System.Globalization;
using System.Security.Cryptography;

namespace Yinxin.Trust.Log;

/// <summary>
/// Follows a tiled log from entry to entry: hashes each, builds the tree anew, and compares every tile on the way with what the log serves.
/// At the sizes of signed heads the root is then compared with the head's: heads that all fit one sequence of entries are consistent with each other,
/// and no proof needs to be asked for. Memory is that of the tree's edge and a few bundles, however long the log.
/// </summary>
public sealed class LogFollower
{
    private const int BundlesAhead = 6;
    private readonly ReadAhead source;
    private readonly TreeTail tail;
    private readonly HashSet<TileAddress> compared = [];
    private (TileAddress Address, IReadOnlyList<ReadOnlyMemory<byte>> Entries) bundle = (default, []);

    private LogFollower(ILogSource source, TreeTail tail) => (this.source, this.tail) = (new ReadAhead(source), tail);

    /// <summary>Begins with the first entry.</summary>
    public LogFollower(ILogSource source)
        : this(source, new TreeTail())
    {
    }

    /// <summary>Entries followed so far.</summary>
    public long Size => tail.Size;

    /// <summary>Root of the tree of these entries.</summary>
    public byte[] Root() => tail.Edge().Root();

    /// <summary>Begins with a later entry; the hashes of those before are the log's word until a root over them is proved.</summary>
    /// <param name="source">The log's files.</param>
    /// <param name="size">Entries that are passed over.</param>
    /// <param name="treeSize">Size of the largest signed head: only files of that tree are asked for.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="LogFaultException">A file of the tree's edge at that size is missing or malformed.</exception>
    public static async Task<LogFollower> FromAsync(ILogSource source, long size, long treeSize, CancellationToken cancellationToken)
    {
        var edge = new Edge();
        try
        {
            foreach (var address in TreeTail.Needs(size).Where(a => a.Width > 0))
            {
                edge[address.Path] = await ReadStartAsync(source, address, treeSize, cancellationToken).ConfigureAwait(false);
            }

            return new LogFollower(source, TreeTail.Load(edge, size));
        }
        catch (CryptographicException e)
        {
            throw new LogFaultException(LogFault.Malformed, e.Message, e);
        }
    }

    /// <summary>Follows on up to a size, and compares the tiles that it makes full.</summary>
    /// <param name="size">Where to stop.</param>
    /// <param name="treeSize">Size of the largest signed head: only files of that tree are asked for.</param>
    /// <param name="entry">Told of each entry and its place; may be null.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="LogFaultException">Files are missing, malformed, or contradict the entries.</exception>
    public async Task AdvanceAsync(long size, long treeSize, Func<long, ReadOnlyMemory<byte>, CancellationToken, ValueTask>? entry, CancellationToken cancellationToken)
    {
        while (tail.Size < size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await LoadBundleAsync(tail.Size / TileAddress.FullWidth, treeSize, cancellationToken).ConfigureAwait(false);
            var end = Math.Min(size, (bundle.Address.Index + 1) * TileAddress.FullWidth);
            for (var position = tail.Size; position < end; position++)
            {
                var content = bundle.Entries[(int)(position % TileAddress.FullWidth)];
                tail.Append(content);
                if (entry is not null)
                {
                    await entry(position, content, cancellationToken).ConfigureAwait(false);
                }
            }

            foreach (var file in tail.TakeFullFiles())
            {
                await CompareAsync(file, mayBeGone: false, cancellationToken).ConfigureAwait(false);
                await ComparePartialsAsync(file, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Compares the partial tiles of the tree as it is now, which a log with a head of this size must serve until the full ones are there.</summary>
    /// <param name="treeSize">Size of the largest signed head.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="LogFaultException">One is missing or contradicts the entries.</exception>
    public async Task CompareEdgeAsync(long treeSize, CancellationToken cancellationToken)
    {
        foreach (var file in tail.TakeFiles())
        {
            _ = TileAddress.TryParse(file.Path, out var address);
            await CompareAsync(file, mayBeGone: TileAddress.InTree(address.Level, address.Index, treeSize).IsFull, cancellationToken).ConfigureAwait(false);
            await ComparePartialsAsync(file, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A tile as it was in a smaller tree: the first part of the one of a larger tree.</summary>
    private static async Task<byte[]> ReadStartAsync(ILogSource source, TileAddress wanted, long treeSize, CancellationToken cancellationToken)
    {
        var (address, content) = await ReadAsync(source, TileAddress.InTree(wanted.Level, wanted.Index, treeSize), cancellationToken).ConfigureAwait(false);
        return wanted.Level == TileAddress.Entries
            ? EntryBundle.Encode([.. EntryBundle.Decode(content, address.Width).Take(wanted.Width)])
            : content[..Math.Min(content.Length, wanted.Width * MerkleHash.Length)];
    }

    /// <summary>The file, or the full one in its place: the log may have grown since its head was read, and the partial one may be gone.</summary>
    private static async Task<(TileAddress Address, byte[] Content)> ReadAsync(ILogSource source, TileAddress address, CancellationToken cancellationToken)
    {
        var full = address with { Width = TileAddress.FullWidth };
        return await source.ReadAsync(address.Path, address.LargestFile, cancellationToken).ConfigureAwait(false) is { } content ? (address, content)
            : !address.IsFull && await source.ReadAsync(full.Path, full.LargestFile, cancellationToken).ConfigureAwait(false) is { } filled ? (full, filled)
            : throw new LogFaultException(LogFault.Missing, $"{address.Path} is missing.");
    }

    private async Task LoadBundleAsync(long index, long treeSize, CancellationToken cancellationToken)
    {
        var address = TileAddress.InTree(TileAddress.Entries, index, treeSize);
        if (bundle.Address == address)
        {
            return;
        }

        for (var ahead = index; ahead < index + BundlesAhead && (ahead + 1) * TileAddress.FullWidth <= treeSize; ahead++)
        {
            source.Expect(new TileAddress(TileAddress.Entries, ahead), cancellationToken);
            source.Expect(new TileAddress(0, ahead), cancellationToken);
        }

        var (from, content) = await ReadAsync(source, address, cancellationToken).ConfigureAwait(false);
        try
        {
            bundle = (address, EntryBundle.Decode(content, from.Width));
        }
        catch (CryptographicException e)
        {
            throw new LogFaultException(LogFault.Malformed, $"{from.Path}: {e.Message}", e);
        }
    }

    private async Task CompareAsync(TileFile file, bool mayBeGone, CancellationToken cancellationToken)
    {
        _ = TileAddress.TryParse(file.Path, out var address);
        compared.Add(address);
        if (address == bundle.Address)
        {
            // The entries come from this very file.
            return;
        }

        try
        {
            var (from, served) = await ReadAsync(source, address, cancellationToken).ConfigureAwait(false);
            DemandSame(from.Path, file.Content.Span, from == address ? served : served.AsSpan(0, Math.Min(served.Length, file.Content.Length)));
        }
        catch (LogFaultException e) when (e.Fault == LogFault.Missing && mayBeGone)
        {
            // Its full tile is compared when it is reached.
        }
    }

    /// <summary>Narrower partial tiles that still lie beside: whoever kept an older head reads them.</summary>
    private async Task ComparePartialsAsync(TileFile file, CancellationToken cancellationToken)
    {
        _ = TileAddress.TryParse(file.Path, out var address);
        foreach (var partial in source.PartialWidths(address).Where(w => w < address.Width).Select(w => address with { Width = w }).Where(compared.Add))
        {
            var width = partial.Width;
            var served = await source.ReadAsync(partial.Path, partial.LargestFile, cancellationToken).ConfigureAwait(false) ?? [];
            var length = address.Level == TileAddress.Entries ? EntryBundle.LengthOf(file.Content, width) : width * MerkleHash.Length;
            DemandSame(partial.Path, file.Content.Span[..length], served);
        }

        if (address.IsFull)
        {
            compared.RemoveWhere(a => a.Level == address.Level);
        }
    }

    private static void DemandSame(string path, ReadOnlySpan<byte> built, ReadOnlySpan<byte> served)
    {
        if (built.SequenceEqual(served))
        {
            return;
        }

        var same = built.CommonPrefixLength(served);
        throw built.Length == served.Length
            ? new LogFaultException(LogFault.Tile, string.Create(CultureInfo.InvariantCulture, $"{path} is not what the entries give, from byte {same} on."))
            : new LogFaultException(LogFault.Malformed, string.Create(CultureInfo.InvariantCulture, $"{path} has {served.Length} bytes instead of {built.Length}."));
    }

    private sealed class Edge : Dictionary<string, byte[]>, ITileSource
    {
        public byte[]? Read(string path, int largest) => this.GetValueOrDefault(path);
    }
}
