using System.Buffers.Binary;
using Yinxin.Trust.Log;

namespace Yinxin.Bench.Log;

/// <summary>Tiles of a log of any size without its entries: each is made when it is asked for, always the same. What a proof costs depends on their number and size alone.</summary>
internal sealed class SimulatedTiles : ITileSource
{
    public byte[]? Read(string path, int largest)
    {
        if (!TileAddress.TryParse(path, out var tile) || tile.Level == TileAddress.Entries)
        {
            return null;
        }

        var content = new byte[tile.Width * MerkleHash.Length];
        for (var i = 0; i < tile.Width; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(i * MerkleHash.Length), (tile.Index * TileAddress.FullWidth) + i);
            content[(i * MerkleHash.Length) + 8] = (byte)tile.Level;
        }

        return content;
    }
}
