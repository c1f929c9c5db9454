using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Yinxin.Trust.Ocsp;

/// <summary>The small parts that requests and responses share, in DER only.</summary>
internal static class OcspReading
{
    private const int MostExtensions = 20;

    public static Asn1Tag Tag(int number, bool constructed = true) => new(TagClass.ContextSpecific, number, constructed);

    /// <summary>Content of an explicit tag, or null when it is not there.</summary>
    public static AsnReader? Explicit(this AsnReader reader, int number)
    {
        if (!reader.HasData || !reader.PeekTag().HasSameClassAndValue(Tag(number)))
        {
            return null;
        }

        return reader.ReadSequence(Tag(number));
    }

    /// <summary>The version, if it is written: v1 is the default, and DER does not write defaults.</summary>
    public static void DemandFirstVersion(this AsnReader reader)
    {
        if (reader.Explicit(0) is not null)
        {
            throw new CryptographicException("Only version 1 is known, and DER leaves it out.");
        }
    }

    /// <summary>Extensions by identifier; one that stands twice, or a list without any, is malformed (RFC 5280 §4.2).</summary>
    public static Dictionary<string, OcspExtension> Extensions(this AsnReader explicitTag)
    {
        var list = explicitTag.ReadSequence();
        explicitTag.ThrowIfNotEmpty();
        var found = new Dictionary<string, OcspExtension>(StringComparer.Ordinal);
        do
        {
            var extension = list.ReadSequence();
            var oid = extension.ReadObjectIdentifier();
            var critical = extension.HasData && extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && Critical(extension);
            var value = extension.ReadOctetString();
            extension.ThrowIfNotEmpty();
            if (found.Count == MostExtensions || !found.TryAdd(oid, new OcspExtension(critical, value)))
            {
                throw new CryptographicException("An extension stands twice, or there are too many.");
            }
        }
        while (list.HasData);
        return found;
    }

    /// <summary>The nonce in an extension: an OCTET STRING of 1 to 128 bytes (RFC 9654 §2.1).</summary>
    public static ReadOnlyMemory<byte>? Nonce(this IReadOnlyDictionary<string, OcspExtension> extensions)
    {
        if (!extensions.TryGetValue(OcspIdentifiers.Nonce, out var extension))
        {
            return null;
        }

        var value = AsnDecoder.ReadOctetString(extension.Value.Span, AsnEncodingRules.DER, out var consumed);
        return consumed == extension.Value.Length && value.Length is > 0 and <= OcspRequest.LongestNonce
            ? value : throw new CryptographicException("A nonce has 1 to 128 bytes.");
    }

    private static bool Critical(AsnReader extension) =>
        extension.ReadBoolean() ? true : throw new CryptographicException("DER leaves «not critical» out.");
}

/// <summary>One extension without its identifier.</summary>
internal sealed record OcspExtension(bool Critical, ReadOnlyMemory<byte> Value);
