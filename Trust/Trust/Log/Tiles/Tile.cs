using System.Security.Cryptography;

namespace Yinxin.Trust.Log;

/// <summary>A tile with the nodes between its hashes.</summary>
public sealed class Tile
{
    /// <summary>Height within the tile, then position; the first row is what the file holds.</summary>
    private readonly byte[][]?[] rows = new byte[][]?[TileAddress.Height + 1];

    private Tile(byte[][] hashes) => rows[0] = hashes;

    /// <summary>What the file holds.</summary>
    public IReadOnlyList<byte[]> Hashes => rows[0]!;

    /// <summary>Reads a tile; of one that has been filled since, the full one serves as well.</summary>
    /// <exception cref="CryptographicException">It is not there or has another length.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Tile Read(ITileSource source, TileAddress address)
    {
        var full = address with { Width = TileAddress.FullWidth };
        var content = source.Read(address.Path, TileAddress.FullWidth * MerkleHash.Length)
            ?? (address.IsFull ? null : Start(source.Read(full.Path, TileAddress.FullWidth * MerkleHash.Length), address))
            ?? throw new CryptographicException($"{address.Path} is missing.");
        return Of(address, content);
    }

    /// <summary>Takes a tile's content apart.</summary>
    /// <exception cref="CryptographicException">Another length than its width demands.</exception>
    public static Tile Of(TileAddress address, byte[] content) => content.Length == address.Width * MerkleHash.Length
        ? new Tile([.. content.Chunk(MerkleHash.Length)])
        : throw new CryptographicException($"{address.Path} does not hold exactly {address.Width} hashes.");

    /// <summary>Computes every node that there is.</summary>
    internal void Complete() => Node(System.Numerics.BitOperations.Log2((uint)Hashes.Count), 0);

    /// <summary>A node inside.</summary>
    /// <param name="height">0 is the file's own row, 8 the tile's root.</param>
    /// <param name="position">From the left.</param>
    public byte[] Node(int height, int position)
    {
        for (var h = 1; h <= height; h++)
        {
            rows[h] ??= Above(rows[h - 1]!);
        }

        return rows[height]![position];
    }

    private static byte[]? Start(byte[]? full, TileAddress address) =>
        full is null || full.Length == TileAddress.FullWidth * MerkleHash.Length ? full?[..(address.Width * MerkleHash.Length)]
            : throw new CryptographicException($"{(address with { Width = TileAddress.FullWidth }).Path} does not hold exactly {TileAddress.FullWidth} hashes.");

    private static byte[][] Above(byte[][] row)
    {
        var above = new byte[row.Length / 2][];
        for (var i = 0; i < above.Length; i++)
        {
            above[i] = MerkleHash.Node(row[2 * i], row[(2 * i) + 1]);
        }

        return above;
    }
}
