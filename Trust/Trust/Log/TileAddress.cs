using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Yinxin.Trust.Log;

/// <summary>Where a tile or an entry bundle lies (C2SP tlog-tiles).</summary>
/// <param name="Level">0 holds leaf hashes, each hash of a level above the root of a whole tile below; <see cref="Entries"/> stands for bundles.</param>
/// <param name="Index">Number of the tile within its level.</param>
/// <param name="Width">Hashes in it: 256, or fewer at the right edge.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TileAddress(int Level, long Index, int Width = TileAddress.FullWidth)
{
    /// <summary>Hashes in a full tile.</summary>
    public const int FullWidth = 256;

    /// <summary>Levels of the tree in one tile.</summary>
    public const int Height = 8;

    /// <summary>The level of entry bundles.</summary>
    public const int Entries = -1;

    private const int HighestLevel = 63;

    /// <summary>Whether it will never change, because nothing can be added to it.</summary>
    public bool IsFull => Width == FullWidth;

    /// <summary>Bytes of the largest file that can lie there.</summary>
    public int LargestFile => Level == Entries ? EntryBundle.Largest : Width * MerkleHash.Length;

    /// <summary>The tile of a tree at a level, with the width that it has in that tree.</summary>
    public static TileAddress InTree(int level, long index, long treeSize)
    {
        var hashes = level <= 0 ? treeSize : level * Height >= 63 ? 0 : treeSize >> (level * Height);
        return new TileAddress(level, index, (int)Math.Clamp(hashes - (index * FullWidth), 0, FullWidth));
    }

    /// <summary>Path below the log's prefix, e.g. <c>tile/0/x001/x234/067.p/8</c>.</summary>
    public string Path
    {
        get
        {
            var path = new StringBuilder("tile/").Append(Level == Entries ? "entries" : Level.ToString(CultureInfo.InvariantCulture)).Append('/');
            var digits = Index.ToString("D3", CultureInfo.InvariantCulture);
            digits = digits.PadLeft((digits.Length + 2) / 3 * 3, '0');
            for (var i = 0; i < digits.Length; i += 3)
            {
                path.Append(i + 3 < digits.Length ? "x" : "").Append(digits, i, 3).Append(i + 3 < digits.Length ? "/" : "");
            }

            return IsFull ? path.ToString() : path.Append(".p/").Append(Width.ToString(CultureInfo.InvariantCulture)).ToString();
        }
    }

    /// <summary>Reads a path strictly: one path, one tile. False for everything else.</summary>
    public static bool TryParse(string path, out TileAddress tile)
    {
        tile = default;
        if (path.Length > 80)
        {
            return false;
        }

        var parts = path.Split('/');
        if (parts.Length < 3 || parts[0] != "tile" || !TryLevel(parts[1], out var level))
        {
            return false;
        }

        var width = FullWidth;
        var numbers = parts[2..];
        if (numbers.Length >= 2 && numbers[^2].EndsWith(".p", StringComparison.Ordinal))
        {
            if (!TryNumber(numbers[^1], 3, out var partial) || partial is < 1 or >= FullWidth)
            {
                return false;
            }

            width = (int)partial;
            numbers = [.. numbers[..^2], numbers[^2][..^2]];
        }

        if (!TryIndex(numbers, out var index))
        {
            return false;
        }

        tile = new TileAddress(level, index, width);
        return tile.Path == path;
    }

    private static bool TryLevel(string text, out int level)
    {
        level = Entries;
        if (text == "entries")
        {
            return true;
        }

        var known = TryNumber(text, 2, out var number) && number <= HighestLevel;
        level = (int)number;
        return known;
    }

    private static bool TryIndex(string[] parts, out long index)
    {
        index = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var digits = i + 1 < parts.Length && parts[i].StartsWith('x') ? parts[i][1..] : parts[i];
            if (digits.Length != 3 || !digits.All(char.IsAsciiDigit) || parts.Length > 6)
            {
                return false;
            }

            index = (index * 1000) + int.Parse(digits, CultureInfo.InvariantCulture);
        }

        return true;
    }

    private static bool TryNumber(string text, int longest, out long number)
    {
        number = 0;
        return text.Length > 0 && text.Length <= longest && text.All(char.IsAsciiDigit) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
