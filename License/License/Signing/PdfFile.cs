using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Yinxin.License.Signing;

/// <summary>The little of a PDF file's structure (ISO 32000-1 §7.5) that an incremental update needs: its classic cross-reference table, trailer, and single objects as text.</summary>
internal sealed class PdfFile
{
    private const int Largest = 20 * 1024 * 1024;
    private readonly byte[] bytes;
    private readonly Dictionary<int, int> offsets;

    private PdfFile(byte[] bytes, Dictionary<int, int> offsets, int size, int root, int startXref)
    {
        this.bytes = bytes;
        this.offsets = offsets;
        Size = size;
        Root = root;
        StartXref = startXref;
    }

    /// <summary>Number of objects, one above the highest number.</summary>
    public int Size { get; }

    /// <summary>Number of the catalog.</summary>
    public int Root { get; }

    /// <summary>Offset of the cross-reference table.</summary>
    public int StartXref { get; }

    /// <summary>Reads a file that a renderer of ours has just written.</summary>
    /// <exception cref="CryptographicException">Not such a file.</exception>
    public static PdfFile Read(byte[] bytes)
    {
        if (bytes.Length is < 64 or > Largest)
        {
            throw new CryptographicException("Not a PDF file of a size that is signed here.");
        }

        var tail = Encoding.Latin1.GetString(bytes, Math.Max(0, bytes.Length - 2048), Math.Min(2048, bytes.Length));
        var start = Number(tail, tail.LastIndexOf("startxref", StringComparison.Ordinal) + 9);
        var trailer = tail[Math.Max(0, tail.LastIndexOf("trailer", StringComparison.Ordinal))..];
        var size = Number(trailer, trailer.IndexOf("/Size", StringComparison.Ordinal) + 5);
        var root = Number(trailer, trailer.IndexOf("/Root", StringComparison.Ordinal) + 5);
        return new PdfFile(bytes, Table(bytes, start), size, root, start);
    }

    /// <summary>The dictionary text of an object, from <c>&lt;&lt;</c> to its closing <c>&gt;&gt;</c>.</summary>
    public string Dictionary(int number)
    {
        var start = offsets.TryGetValue(number, out var offset) ? offset : throw new CryptographicException($"Object {number} is missing.");
        var text = Encoding.Latin1.GetString(bytes, start, Math.Min(bytes.Length - start, 64 * 1024));
        var end = text.IndexOf("endobj", StringComparison.Ordinal);
        var open = text.IndexOf("<<", StringComparison.Ordinal);
        var close = text.LastIndexOf(">>", end, StringComparison.Ordinal);
        return open < 0 || close < open ? throw new CryptographicException($"Object {number} is no dictionary.") : text[open..(close + 2)];
    }

    /// <summary>The object that a key of a dictionary refers to.</summary>
    public static int Reference(string dictionary, string key) => Number(dictionary, dictionary.IndexOf(key, StringComparison.Ordinal) + key.Length);

    private static Dictionary<int, int> Table(byte[] bytes, int start)
    {
        var text = Encoding.Latin1.GetString(bytes, start, Math.Min(bytes.Length - start, 256 * 1024));
        var lines = text.Split('\n');
        var offsets = new Dictionary<int, int>();
        if (!text.StartsWith("xref", StringComparison.Ordinal) || lines.Length < 3)
        {
            throw new CryptographicException("The file has no classic cross-reference table.");
        }

        var count = Number(lines[1], lines[1].IndexOf(' ', StringComparison.Ordinal));
        for (var i = 0; i < count && i + 2 < lines.Length; i++)
        {
            if (lines[i + 2].Length >= 18 && lines[i + 2][17] == 'n')
            {
                offsets[i] = Number(lines[i + 2], 0);
            }
        }

        return offsets;
    }

    private static int Number(string text, int from)
    {
        if (from < 0 || from >= text.Length)
        {
            throw new CryptographicException("The PDF's structure is not as expected.");
        }

        var start = from;
        while (start < text.Length && !char.IsAsciiDigit(text[start]))
        {
            start++;
        }

        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return int.TryParse(text.AsSpan(start, end - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new CryptographicException("The PDF's structure is not as expected.");
    }
}
