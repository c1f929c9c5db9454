using Org.BouncyCastle.Math;

namespace Yinxin.Trust.Tests.Vectors;

/// <summary>Writes a pair of integers in the right way and in all wrong ones.</summary>
internal static class Sm2Encoding
{
    public static byte[] Der(BigInteger r, BigInteger s) => Sequence([.. Integer(r.ToByteArray()), .. Integer(s.ToByteArray())]);

    public static byte[] Integer(params byte[] content) => Tagged(0x02, content);

    public static byte[] Sequence(params byte[] content) => Tagged(0x30, content);

    public static byte[] Tagged(byte tag, byte[] content) => content.Length < 128 ? [tag, (byte)content.Length, .. content] : [tag, 0x81, (byte)content.Length, .. content];

    /// <summary>Every way to write r and s that is not the one form of DER, with a name for each.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> Wrong(BigInteger r, BigInteger s)
    {
        byte[] ri = Integer(r.ToByteArray());
        byte[] si = Integer(s.ToByteArray());
        byte[] body = [.. ri, .. si];
        var right = Sequence(body);
        yield return ("length of the sequence in long form", [0x30, 0x81, (byte)body.Length, .. body]);
        yield return ("length of the sequence in two bytes", [0x30, 0x82, 0x00, (byte)body.Length, .. body]);
        yield return ("length of r in long form", Sequence([0x02, 0x81, .. ri[1..], .. si]));
        yield return ("length of s in long form", Sequence([.. ri, 0x02, 0x81, .. si[1..]]));
        yield return ("BER indefinite length", [0x30, 0x80, .. body, 0x00, 0x00]);
        yield return ("BER indefinite length without its end", [0x30, 0x80, .. body]);
        yield return ("length overflows 32 bits", [0x30, 0x85, 0x01, 0x00, 0x00, 0x00, (byte)body.Length, .. body]);
        yield return ("length of 2^31 - 1", [0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, .. body]);
        yield return ("length one too large", [0x30, (byte)(body.Length + 1), .. body]);
        yield return ("length one too small", [0x30, (byte)(body.Length - 1), .. body]);
        yield return ("r with a leading zero too many", Sequence([.. Integer([0x00, .. Positive(r)]), .. si]));
        yield return ("s with a leading zero too many", Sequence([.. ri, .. Integer([0x00, .. Positive(s)])]));
        yield return ("r without its sign byte", Sequence([.. Integer(r.ToByteArrayUnsigned()), .. si]));
        yield return ("s without its sign byte", Sequence([.. ri, .. Integer(s.ToByteArrayUnsigned())]));
        yield return ("a zero byte after the signature", [.. right, 0x00]);
        yield return ("NULL after the signature", [.. right, 0x05, 0x00]);
        yield return ("a zero byte inside the sequence", Sequence([.. body, 0x00]));
        yield return ("NULL inside the sequence", Sequence([.. body, 0x05, 0x00]));
        yield return ("a third integer", Sequence([.. body, 0x02, 0x01, 0x01]));
        yield return ("r alone", Sequence(ri));
        yield return ("empty sequence", [0x30, 0x00]);
        yield return ("empty integers", Sequence([0x02, 0x00, 0x02, 0x00]));
        yield return ("a SET instead of the sequence", Tagged(0x31, body));
        yield return ("a primitive sequence tag", Tagged(0x10, body));
        yield return ("r as OCTET STRING", Sequence([.. Tagged(0x04, r.ToByteArray()), .. si]));
        yield return ("s as ENUMERATED", Sequence([.. ri, .. Tagged(0x0a, s.ToByteArray())]));
        yield return ("the sequence in a sequence", Sequence(right));
        yield return ("the sequence in an OCTET STRING", Tagged(0x04, right));
        yield return ("64 raw bytes", [.. Fixed(r), .. Fixed(s)]);
        yield return ("65 raw bytes", [0x00, .. Fixed(r), .. Fixed(s)]);
        yield return ("last byte missing", right[..^1]);
        yield return ("only the first half", right[..(right.Length / 2)]);
        yield return ("only a tag", [0x30]);
        yield return ("nothing", []);
        yield return ("0", [0x00]);
    }

    /// <summary>With a sign byte in any case, so that one more is one too many.</summary>
    private static byte[] Positive(BigInteger value) => value.ToByteArray() is [0x00, ..] bytes ? bytes : [0x00, .. value.ToByteArray()];

    private static byte[] Fixed(BigInteger value)
    {
        var bytes = value.ToByteArrayUnsigned();
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
