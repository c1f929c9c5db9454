using System.Formats.Asn1;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>The two integers of an ECDSA, DSA or SM2 signature, read in one form only: 1 ≤ r, s &lt; order, DER minimal, nothing after.</summary>
internal readonly ref struct SignaturePair
{
    private SignaturePair(ReadOnlySpan<byte> r, ReadOnlySpan<byte> s)
    {
        R = r;
        S = s;
    }

    /// <summary>Big-endian without leading zeros.</summary>
    public ReadOnlySpan<byte> R { get; }

    /// <summary>Big-endian without leading zeros.</summary>
    public ReadOnlySpan<byte> S { get; }

    /// <param name="signature">The signature as it came.</param>
    /// <param name="format">How it must be written.</param>
    /// <param name="order">Group order, big-endian without leading zeros.</param>
    /// <param name="pair">What was read.</param>
    public static bool TryRead(ReadOnlySpan<byte> signature, PairFormat format, ReadOnlySpan<byte> order, out SignaturePair pair)
    {
        pair = default;
        if (format == PairFormat.Der ? !TryReadDer(signature, out pair) : !TryReadFixed(signature, order.Length, out pair))
        {
            return false;
        }

        return IsInRange(pair.R, order) && IsInRange(pair.S, order);
    }

    /// <summary>Compares two big-endian numbers without leading zeros.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);

    private static bool IsInRange(ReadOnlySpan<byte> value, ReadOnlySpan<byte> order) => !value.IsEmpty && Compare(value, order) < 0;

    private static bool TryReadFixed(ReadOnlySpan<byte> signature, int length, out SignaturePair pair)
    {
        pair = default;
        if (signature.Length != 2 * length)
        {
            return false;
        }

        pair = new SignaturePair(signature[..length].TrimStart((byte)0), signature[length..].TrimStart((byte)0));
        return true;
    }

    private static bool TryReadDer(ReadOnlySpan<byte> signature, out SignaturePair pair)
    {
        pair = default;
        try
        {
            AsnDecoder.ReadSequence(signature, AsnEncodingRules.DER, out var start, out var length, out var consumed);
            var content = signature.Slice(start, length);
            var r = AsnDecoder.ReadIntegerBytes(content, AsnEncodingRules.DER, out var first);
            var s = AsnDecoder.ReadIntegerBytes(content[first..], AsnEncodingRules.DER, out var second);
            if (consumed != signature.Length || first + second != content.Length || (r[0] & 0x80) != 0 || (s[0] & 0x80) != 0)
            {
                return false;
            }

            pair = new SignaturePair(r.TrimStart((byte)0), s.TrimStart((byte)0));
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
