using System.Formats.Asn1;

namespace Yinxin.Trust.Keys.Pkcs11;

/// <summary>Writes a token's r ‖ s (Cryptoki 3.0 mechanisms §2.3.1) as DER <c>SEQUENCE { r, s }</c> (RFC 3279 §2.2.3).</summary>
internal static class SignaturePair
{
    public static byte[] ToDer(ReadOnlySpan<byte> pair)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(Minimal(pair[..(pair.Length / 2)]));
            writer.WriteIntegerUnsigned(Minimal(pair[(pair.Length / 2)..]));
        }

        return writer.Encode();
    }

    private static ReadOnlySpan<byte> Minimal(ReadOnlySpan<byte> value)
    {
        var start = value.IndexOfAnyExcept((byte)0);
        return start < 0 ? value[^1..] : value[start..];
    }
}
