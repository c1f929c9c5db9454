using System.Formats.Asn1;

namespace Yinxin.Trust.Ocsp;

/// <summary>The small parts that requests and responses share.</summary>
internal static class OcspWriting
{
    public static void Nonce(AsnWriter writer, ReadOnlySpan<byte> nonce)
    {
        var value = new AsnWriter(AsnEncodingRules.DER);
        value.WriteOctetString(nonce);
        Extension(writer, OcspIdentifiers.Nonce, value.Encode());
    }

    public static void Extension(AsnWriter writer, string oid, ReadOnlySpan<byte> value)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            writer.WriteOctetString(value);
        }
    }
}
