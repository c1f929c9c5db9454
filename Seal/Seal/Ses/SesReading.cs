using System.Formats.Asn1;

namespace Yinxin.Seal.Ses;

/// <summary>Strict DER with limits; what fails comes out as <see cref="SesFormatException"/>.</summary>
internal static class SesReading
{
    public static T Guard<T>(ReadOnlyMemory<byte> der, string code, Func<AsnReader, T> read)
    {
        if (der.Length > SesSeal.Largest)
        {
            throw new SesFormatException(code, "The structure is too large.");
        }

        try
        {
            return read(new AsnReader(der, AsnEncodingRules.DER));
        }
        catch (Exception e) when (e is AsnContentException or OverflowException or ArgumentException or InvalidOperationException)
        {
            throw new SesFormatException(code, "Not DER of the expected structure.", e);
        }
    }

    public static void Demand(bool condition, string code, string message)
    {
        if (!condition)
        {
            throw new SesFormatException(code, message);
        }
    }

    public static byte[] Bits(AsnReader reader, Asn1Tag? tag = null)
    {
        var bits = reader.ReadBitString(out var unused, tag);
        Demand(unused == 0, "signature.format", "a BIT STRING has unused bits");
        return bits;
    }

    /// <summary>YYYYMMDDHHMMSSZ: whole seconds only.</summary>
    public static DateTimeOffset Time(AsnReader reader)
    {
        var time = reader.ReadGeneralizedTime();
        Demand(time.Ticks % TimeSpan.TicksPerSecond == 0, "seal.format", "a time has fractions of a second");
        return time;
    }

    /// <summary>ExtensionDatas: untagged in the seal, [0] EXPLICIT in a signature. None is ours; a critical one that we do not know must not be passed over.</summary>
    public static void SkipExtensions(AsnReader reader, Asn1Tag? explicitTag = null)
    {
        if (!reader.HasData)
        {
            return;
        }

        var list = explicitTag is { } tag ? reader.ReadSequence(tag).ReadSequence() : reader.ReadSequence();
        while (list.HasData)
        {
            var extension = list.ReadSequence();
            var id = extension.ReadObjectIdentifier();
            var critical = extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean();
            extension.ReadOctetString();
            extension.ThrowIfNotEmpty();
            Demand(!critical, "signature.format", $"critical extension {id} is unknown");
        }
    }
}
