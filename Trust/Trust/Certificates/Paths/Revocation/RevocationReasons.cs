using System.Formats.Asn1;

namespace Yinxin.Trust.Certificates.Paths.Revocation;

/// <summary>ReasonFlags (RFC 5280 §4.2.1.13): bit n of the BIT STRING is bit n here.</summary>
internal static class RevocationReasons
{
    /// <summary>keyCompromise to aACompromise; bit 0 is unused.</summary>
    public const int All = 0b1_1111_1110;

    public static int Read(AsnReader reader, Asn1Tag tag)
    {
        var bits = reader.ReadBitString(out var unused, tag);
        var reasons = 0;
        for (var i = 0; i < (bits.Length * 8) - unused && i < 16; i++)
        {
            reasons |= (bits[i / 8] & (0x80 >> (i % 8))) != 0 ? 1 << i : 0;
        }

        return reasons & All;
    }
}
