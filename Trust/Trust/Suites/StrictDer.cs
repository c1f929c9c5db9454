using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Yinxin.Trust.Suites;

/// <summary>
/// Distinguished encoding (X.690 §10, §11) all the way down. Parsers take BER where DER is due, and sign or verify what they would have written instead of
/// what came: one meaning then has many spellings, and bytes nobody signed ride along.
/// </summary>
public static class StrictDer
{
    /// <summary>Deepest nesting that is read. Certificates and CMS need less than twenty.</summary>
    public const int Deepest = 64;

    /// <summary>Passes when the bytes are exactly one value, and every value in it is in its one form. What OCTET and BIT STRINGs hold is not looked into.</summary>
    /// <exception cref="CryptographicException">They are not; the message says what is wrong.</exception>
    public static void Demand(ReadOnlySpan<byte> der)
    {
        try
        {
            if (Walk(der, depth: 0) != der.Length)
            {
                throw new CryptographicException("Bytes follow the structure.");
            }
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException("Not DER: " + e.Message, e);
        }
    }

    private static int Walk(ReadOnlySpan<byte> bytes, int depth)
    {
        if (depth > Deepest)
        {
            throw new CryptographicException($"The structure is nested more than {Deepest} deep.");
        }

        var tag = AsnDecoder.ReadEncodedValue(bytes, AsnEncodingRules.DER, out var start, out var length, out var consumed);
        if (tag.TagClass == TagClass.Universal)
        {
            DemandForm(bytes[..consumed], (UniversalTagNumber)tag.TagValue, tag.IsConstructed);
        }

        if (tag.IsConstructed)
        {
            for (var content = bytes.Slice(start, length); content.Length > 0;)
            {
                content = content[Walk(content, depth + 1)..];
            }
        }

        return consumed;
    }

    private static void DemandForm(ReadOnlySpan<byte> value, UniversalTagNumber type, bool constructed)
    {
        if (constructed != (type is UniversalTagNumber.Sequence or UniversalTagNumber.Set or UniversalTagNumber.External or UniversalTagNumber.Embedded))
        {
            throw new CryptographicException($"Not DER: {type} in pieces, or whole where it has parts.");
        }

        switch (type)
        {
            case UniversalTagNumber.Boolean:
                AsnDecoder.ReadBoolean(value, AsnEncodingRules.DER, out _);
                break;
            case UniversalTagNumber.Integer:
                AsnDecoder.ReadIntegerBytes(value, AsnEncodingRules.DER, out _);
                break;
            case UniversalTagNumber.Enumerated:
                AsnDecoder.ReadEnumeratedBytes(value, AsnEncodingRules.DER, out _);
                break;
            case UniversalTagNumber.Null:
                AsnDecoder.ReadNull(value, AsnEncodingRules.DER, out _);
                break;
            case UniversalTagNumber.ObjectIdentifier:
                AsnDecoder.ReadObjectIdentifier(value, AsnEncodingRules.DER, out _);
                break;
            case UniversalTagNumber.BitString:
                AsnDecoder.TryReadPrimitiveBitString(value, AsnEncodingRules.DER, out _, out _, out _);
                break;
            case UniversalTagNumber.Set:
                // Also where the type is SET and not SET OF: its members' tags differ, and the order of tags is that of the bytes.
                AsnDecoder.ReadSetOf(value, AsnEncodingRules.DER, out _, out _, out _);
                break;
            case UniversalTagNumber.UtcTime:
                AsnDecoder.ReadUtcTime(value, AsnEncodingRules.DER, out _);
                break;
            case UniversalTagNumber.GeneralizedTime:
                AsnDecoder.ReadGeneralizedTime(value, AsnEncodingRules.DER, out _);
                break;
            case UniversalTagNumber.EndOfContents:
                throw new CryptographicException("Not DER: an open end.");
        }
    }
}
