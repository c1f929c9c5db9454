using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Yinxin.License.Signing;

/// <summary>A PDF that waits for its signature: everything is in place but the bytes of the CMS.</summary>
/// <param name="Bytes">The whole file, the hole filled with zeros.</param>
/// <param name="HoleStart">Offset of <c>&lt;</c>.</param>
/// <param name="HoleLength">Length including <c>&lt;</c> and <c>&gt;</c>.</param>
public sealed record PreparedPdf(byte[] Bytes, int HoleStart, int HoleLength)
{
    /// <summary>SHA-256 over everything but the hole.</summary>
    public byte[] Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Bytes, 0, HoleStart);
        hash.AppendData(Bytes, HoleStart + HoleLength, Bytes.Length - HoleStart - HoleLength);
        return hash.GetHashAndReset();
    }

    /// <summary>Puts the CMS into the hole.</summary>
    /// <exception cref="CryptographicException">It does not fit.</exception>
    public byte[] Complete(ReadOnlySpan<byte> cms)
    {
        var hex = Convert.ToHexString(cms);
        if (hex.Length > HoleLength - 2)
        {
            throw new CryptographicException($"The signature needs {hex.Length} characters; {HoleLength - 2} are reserved.");
        }

        var file = (byte[])Bytes.Clone();
        Encoding.ASCII.GetBytes(hex, file.AsSpan(HoleStart + 1));
        return file;
    }
}

/// <summary>
/// Adds a certifying signature to a PDF by an incremental update (ISO 32000-1 §7.5.6, §12.8; PAdES: ETSI EN 319 142-1): signature field
/// with the visible seal, permissions «no change allowed», and attachments that the signature covers.
/// </summary>
public static class PdfSigning
{
    private const float PointsPerMm = 72 / 25.4f;
    private const int ReservedBytes = 12 * 1024;
    private const string ByteRangePlaceholder = "[0 0000000000 0000000000 0000000000]";

    /// <summary>Prepares.</summary>
    /// <param name="pdf">A file with one page as <see cref="Rendering.PdfRenderer"/> writes it.</param>
    /// <param name="stamp">The visible seal.</param>
    /// <param name="pageHeightMm">To count from the bottom, as PDF does.</param>
    /// <param name="attachment">Name and content of the attached file.</param>
    /// <param name="signerName">Name shown by readers.</param>
    /// <param name="time">Claimed signing time.</param>
    public static PreparedPdf Prepare(byte[] pdf, SealStamp stamp, float pageHeightMm, (string Name, byte[] Content) attachment, string signerName, DateTimeOffset time)
    {
        var file = PdfFile.Read(pdf);
        var catalog = file.Dictionary(file.Root);
        var pages = file.Dictionary(PdfFile.Reference(catalog, "/Pages"));
        var pageNumber = PdfFile.Reference(pages, "/Kids");
        var page = file.Dictionary(pageNumber);
        var (signature, field, appearance, image, mask, embedded, specification) =
            (file.Size, file.Size + 1, file.Size + 2, file.Size + 3, file.Size + 4, file.Size + 5, file.Size + 6);
        var (color, maskData, edge) = stamp.Encode();
        var content = SealStamp.Deflate(attachment.Content);
        var (left, bottom) = ((stamp.CenterX - (stamp.Diameter / 2)) * PointsPerMm, (pageHeightMm - stamp.CenterY - (stamp.Diameter / 2)) * PointsPerMm);
        var points = stamp.Diameter * PointsPerMm;

        var update = new Update(pdf, file);
        update.Add(file.Root, $"{Open(catalog)}/Lang (zh-CN) /AcroForm <</Fields [{field} 0 R] /SigFlags 3>> /Perms <</DocMDP {signature} 0 R>> /AF [{specification} 0 R] " +
            $"/Names <</EmbeddedFiles <</Names [({attachment.Name}) {specification} 0 R]>>>>>>");
        update.Add(pageNumber, $"{Open(page)}/Annots [{field} 0 R]>>");
        update.Add(field, string.Create(CultureInfo.InvariantCulture,
            $"<</Type /Annot /Subtype /Widget /FT /Sig /T (Seal) /TU {Text(signerName)} /F 132 /P {pageNumber} 0 R /Rect [{left:0.###} {bottom:0.###} {left + points:0.###} {bottom + points:0.###}] /AP <</N {appearance} 0 R>> /V {signature} 0 R>>"));
        var draw = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"q {points:0.###} 0 0 {points:0.###} 0 0 cm /Seal Do Q"));
        update.AddStream(appearance, string.Create(CultureInfo.InvariantCulture, $"/Type /XObject /Subtype /Form /BBox [0 0 {points:0.###} {points:0.###}] /Resources <</XObject <</Seal {image} 0 R>>>>"), draw);
        update.AddStream(image, $"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceRGB /BitsPerComponent 8 /SMask {mask} 0 R", color);
        update.AddStream(mask, $"/Type /XObject /Subtype /Image /Width {edge} /Height {edge} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", maskData);
        update.AddStream(embedded, $"/Type /EmbeddedFile /Subtype /application#2Fjson /Params <</Size {attachment.Content.Length} /ModDate {Date(time)}>> /Filter /FlateDecode", content);
        update.Add(specification, $"<</Type /Filespec /F ({attachment.Name}) /UF ({attachment.Name}) /AFRelationship /Data /EF <</F {embedded} 0 R /UF {embedded} 0 R>>>>");
        update.Add(signature, $"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /Name {Text(signerName)} /M {Date(time)} " +
            $"/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /P 1 /V /1.2>>>>] /ByteRange {ByteRangePlaceholder} /Contents <{new string('0', ReservedBytes * 2)}>>>");
        return Fill(update.Finish(file.Size + 7));
    }

    private static PreparedPdf Fill(byte[] bytes)
    {
        var holeStart = bytes.AsSpan().LastIndexOf("/Contents <"u8) + "/Contents ".Length;
        var holeLength = (ReservedBytes * 2) + 2;
        var after = holeStart + holeLength;
        var range = string.Create(CultureInfo.InvariantCulture, $"[0 {holeStart:D10} {after:D10} {bytes.Length - after:D10}]");
        var place = bytes.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(ByteRangePlaceholder));
        Encoding.ASCII.GetBytes(range, bytes.AsSpan(place));
        return new PreparedPdf(bytes, holeStart, holeLength);
    }

    /// <summary>A dictionary without its end, to be continued.</summary>
    private static string Open(string dictionary) => dictionary[..^2] + " ";

    /// <summary>Text as UTF-16 with byte order mark, in hex: needs no escaping.</summary>
    private static string Text(string text) => $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";

    private static string Date(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"(D:{time.UtcDateTime:yyyyMMddHHmmss}Z)");

    /// <summary>Objects appended behind the original bytes, with a cross-reference section of their own.</summary>
    private sealed class Update(byte[] original, PdfFile file)
    {
        private readonly MemoryStream output = Begin(original);
        private readonly SortedDictionary<int, long> offsets = [];

        public void Add(int number, string body)
        {
            offsets[number] = output.Position;
            Write($"{number} 0 obj\n{body}\nendobj\n");
        }

        public void AddStream(int number, string entries, byte[] data)
        {
            offsets[number] = output.Position;
            Write($"{number} 0 obj\n<<{entries} /Length {data.Length}>>\nstream\n");
            output.Write(data);
            Write("\nendstream\nendobj\n");
        }

        public byte[] Finish(int size)
        {
            var start = output.Position;
            Write("xref\n");
            foreach (var (number, offset) in offsets)
            {
                Write(string.Create(CultureInfo.InvariantCulture, $"{number} 1\n{offset:D10} 00000 n \n"));
            }

            Write($"trailer\n<</Size {size} /Root {file.Root} 0 R /Prev {file.StartXref}>>\nstartxref\n{start}\n%%EOF\n");
            return output.ToArray();
        }

        private static MemoryStream Begin(byte[] original)
        {
            var stream = new MemoryStream();
            stream.Write(original);
            if (original[^1] != '\n')
            {
                stream.WriteByte((byte)'\n');
            }

            return stream;
        }

        private void Write(string text) => output.Write(Encoding.ASCII.GetBytes(text));
    }
}
