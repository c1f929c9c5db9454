namespace Yinxin.Trust.Log;

/// <summary>Tiles that many proofs share and that never change: all above the leaves, and those of the right edge, whose width is part of their name. Holds at most <paramref name="capacity"/> tiles (16 KiB each), the least used go first. Safe for concurrent use.</summary>
public sealed class TileCache(int capacity = 2048)
{
    private readonly Dictionary<TileAddress, LinkedListNode<(TileAddress Address, Tile Tile)>> known = [];
    private readonly LinkedList<(TileAddress Address, Tile Tile)> byUse = new();
    private readonly Lock gate = new();

    /// <summary>The tile, from memory or from its file.</summary>
    public Tile Get(ITileSource source, TileAddress address)
    {
        if (address.IsFull && address.Level <= 0)
        {
            return Tile.Read(source, address);
        }

        lock (gate)
        {
            if (known.TryGetValue(address, out var node))
            {
                byUse.Remove(node);
                byUse.AddFirst(node);
                return node.Value.Tile;
            }
        }

        var tile = Tile.Read(source, address);
        // All rows now: afterwards threads only read.
        tile.Complete();
        lock (gate)
        {
            if (known.TryAdd(address, byUse.AddFirst((address, tile))) && known.Count > capacity)
            {
                known.Remove(byUse.Last!.Value.Address);
                byUse.RemoveLast();
            }
        }

        return tile;
    }
}
