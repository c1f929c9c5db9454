using System.Formats.Asn1;
using System.Text;

namespace Yinxin.Trust.Certificates.Paths.Names;

/// <summary>The string types of names and how they are compared (RFC 5280 §7.1).</summary>
internal static class DirectoryString
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding StrictBmp = new(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true);
    private static readonly UTF32Encoding StrictUniversal = new(bigEndian: true, byteOrderMark: false, throwOnInvalidCharacters: true);

    /// <summary>The text, or null when the value is no string: then it compares by its bytes only.</summary>
    public static string? Read(ReadOnlyMemory<byte> encoded)
    {
        var tag = Asn1Tag.Decode(encoded.Span, out _);
        if (tag.TagClass != TagClass.Universal || tag.IsConstructed)
        {
            return null;
        }

        Encoding? encoding = tag.TagValue switch
        {
            (int)UniversalTagNumber.UTF8String => StrictUtf8,
            (int)UniversalTagNumber.PrintableString or (int)UniversalTagNumber.IA5String or (int)UniversalTagNumber.T61String
                or (int)UniversalTagNumber.NumericString or (int)UniversalTagNumber.VisibleString => Encoding.Latin1,
            (int)UniversalTagNumber.BMPString => StrictBmp,
            (int)UniversalTagNumber.UniversalString => StrictUniversal,
            _ => null,
        };
        try
        {
            return encoding?.GetString(AsnDecoder.ReadEncodedValue(encoded.Span, AsnEncodingRules.DER, out var start, out var length, out _) == tag
                ? encoded.Span.Slice(start, length) : default);
        }
        catch (ArgumentException)
        {
            // Two different broken strings must not become the same text.
            return null;
        }
    }

    /// <summary>Compatibility forms folded, letters lower, runs of spaces one, none at the ends.</summary>
    public static string Prepare(string text)
    {
        if (text.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9'))
        {
            return text;
        }

        var folded = text.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        var prepared = new StringBuilder(folded.Length);
        foreach (var c in folded.Trim())
        {
            if (!char.IsWhiteSpace(c))
            {
                prepared.Append(c);
            }
            else if (prepared[^1] != ' ')
            {
                prepared.Append(' ');
            }
        }

        return prepared.ToString();
    }
}
