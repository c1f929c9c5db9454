using System.Formats.Asn1;
using System.Numerics;

namespace Yinxin.Trust.TrustLists;

/// <summary>r and s one after the other, as JOSE writes them (RFC 7518 §3.4), and as DER.</summary>
internal static class FixedPair
{
    public static byte[] FromDer(byte[] signature, int length)
    {
        var pair = new AsnReader(signature, AsnEncodingRules.DER).ReadSequence();
        var bytes = new byte[2 * length];
        Write(pair.ReadInteger(), bytes.AsSpan(0, length));
        Write(pair.ReadInteger(), bytes.AsSpan(length));
        return bytes;
    }

    public static byte[] ToDer(ReadOnlySpan<byte> pair)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new BigInteger(pair[..(pair.Length / 2)], isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new BigInteger(pair[(pair.Length / 2)..], isUnsigned: true, isBigEndian: true));
        }

        return writer.Encode();
    }

    private static void Write(BigInteger number, Span<byte> target)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(target[(target.Length - bytes.Length)..]);
    }
}
