namespace Yinxin.Trust.Log;

/// <summary>Fetches the files that will be asked for next while the present ones are hashed: over a distant server the waiting is most of the time.</summary>
internal sealed class ReadAhead(ILogSource source) : ILogSource
{
    private readonly Dictionary<string, Task<byte[]?>> coming = new(StringComparer.Ordinal);

    /// <summary>Begins to fetch, if that is not going on already.</summary>
    public void Expect(TileAddress tile, CancellationToken cancellationToken)
    {
        if (!coming.ContainsKey(tile.Path))
        {
            coming[tile.Path] = source.ReadAsync(tile.Path, tile.LargestFile, cancellationToken).AsTask();
        }
    }

    public async ValueTask<byte[]?> ReadAsync(string path, int largest, CancellationToken cancellationToken) =>
        await (coming.Remove(path, out var expected) ? expected : source.ReadAsync(path, largest, cancellationToken).AsTask()).ConfigureAwait(false);

    public IEnumerable<int> PartialWidths(TileAddress tile) => source.PartialWidths(tile);
}
