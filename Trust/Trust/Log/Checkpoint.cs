using System.Globalization;
using System.Security.Cryptography;

namespace Yinxin.Trust.Log;

/// <summary>A tree head (C2SP tlog-checkpoint): the text that a log signs.</summary>
/// <param name="Origin">The log's name.</param>
/// <param name="Size">Entries in the tree.</param>
/// <param name="Root">Root hash, 32 bytes.</param>
/// <param name="Extensions">Further lines; nobody can audit them, and we write none.</param>
public sealed record Checkpoint(string Origin, long Size, ReadOnlyMemory<byte> Root, IReadOnlyList<string> Extensions)
{
    /// <summary>A head without further lines.</summary>
    public Checkpoint(string origin, long size, ReadOnlyMemory<byte> root)
        : this(origin, size, root, [])
    {
    }

    /// <summary>The signed text: three lines and the further ones, each with its newline.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root.Span)}\n{string.Concat(Extensions.Select(e => e + "\n"))}");

    /// <summary>Reads the text of a note.</summary>
    /// <exception cref="CryptographicException">Not a checkpoint, or one in another spelling.</exception>
    public static Checkpoint Parse(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length < 4 || lines[^1].Length > 0 || lines[..^1].Any(l => l.Length == 0)
            || !TrySize(lines[1], out var size) || !StrictBase64.TryDecode(lines[2], out var root) || root.Length != MerkleHash.Length)
        {
            throw new CryptographicException("The note is not a checkpoint.");
        }

        return new Checkpoint(lines[0], size, root, lines[3..^1]);
    }

    /// <summary>A decimal number without leading zeros, below 2^63.</summary>
    public static bool TrySize(string text, out long size)
    {
        size = 0;
        return text.Length is > 0 and <= 19 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0')
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size);
    }
}
