using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Yinxin.License.Validation;

/// <summary>Why a PDF's signature does not cover what a reader shows.</summary>
/// <param name="code">Stable code.</param>
/// <param name="message">What was found.</param>
internal sealed class PdfSignatureException(string code, string message) : CryptographicException(message)
{
    public string Code { get; } = code;
}

/// <summary>The one signature of a licence PDF: its CMS, and the digest of every byte but the hole that holds it.</summary>
internal sealed partial record PdfSignatureReading(byte[] Cms, byte[] Digest)
{
    /// <summary>Reads with a bounded scan of the bytes, not with a PDF parser: what parsers understand differently is what shadow attacks live on.</summary>
    public static PdfSignatureReading Read(byte[] pdf)
    {
        if (!pdf.AsSpan().StartsWith("%PDF-1."u8))
        {
            throw new PdfSignatureException("pdf.format", "Not a PDF file.");
        }

        var text = Encoding.Latin1.GetString(pdf);
        var ranges = ByteRange().Matches(text);
        if (ranges.Count != 1)
        {
            throw new PdfSignatureException("pdf.signature.count", ranges.Count == 0 ? "The file is not signed." : "The file holds more than one signature.");
        }

        var numbers = ranges[0].Groups["n"].Captures.Select(c => long.Parse(c.ValueSpan, CultureInfo.InvariantCulture)).ToArray();
        var (start, before, after, rest) = (numbers[0], numbers[1], numbers[2], numbers[3]);
        if (after + rest != pdf.Length)
        {
            throw new PdfSignatureException("pdf.coverage", after + rest < pdf.Length ? "Something was appended after the signature." : "The file is truncated.");
        }

        if (start != 0 || before <= 0 || after <= before + 2 || after > pdf.Length || pdf[before] != '<' || pdf[after - 1] != '>'
            || ranges[0].Index > before || !text.AsSpan(0, (int)before).TrimEnd().EndsWith("/Contents", StringComparison.Ordinal))
        {
            throw new PdfSignatureException("pdf.coverage", "The signed ranges leave out more than the signature itself.");
        }

        return new PdfSignatureReading(Contents(text.AsSpan((int)before + 1, (int)(after - before - 2))), DigestOf(pdf, (int)before, (int)after));
    }

    private static byte[] Contents(ReadOnlySpan<char> hex)
    {
        // One spelling of the digits only: otherwise a changed byte could mean the same.
        if (hex.ContainsAnyInRange('a', 'f'))
        {
            throw new PdfSignatureException("pdf.signature.contents", "The signature is not written in upper-case digits.");
        }

        byte[] bytes;
        try
        {
            bytes = Convert.FromHexString(hex);
        }
        catch (FormatException)
        {
            throw new PdfSignatureException("pdf.signature.contents", "The signature's place holds something else.");
        }

        // What follows the DER structure must be the padding that the signer reserved.
        if (!System.Formats.Asn1.AsnDecoder.TryReadEncodedValue(bytes, System.Formats.Asn1.AsnEncodingRules.DER, out _, out _, out _, out var length) || bytes.AsSpan(length).ContainsAnyExcept((byte)0))
        {
            throw new PdfSignatureException("pdf.signature.contents", "The signature is not one DER structure.");
        }

        return bytes[..length];
    }

    private static byte[] DigestOf(byte[] pdf, int before, int after)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(pdf, 0, before);
        hash.AppendData(pdf, after, pdf.Length - after);
        return hash.GetHashAndReset();
    }

    [GeneratedRegex(@"/ByteRange\s*\[\s*(?<n>\d{1,10})\s+(?<n>\d{1,10})\s+(?<n>\d{1,10})\s+(?<n>\d{1,10})\s*\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 2000)]
    private static partial Regex ByteRange();
}
