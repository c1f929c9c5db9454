using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;

namespace Yinxin.Trust.Certificates.Paths.Names;

/// <summary>The forms of a GeneralName; the numbers are its tags (RFC 5280 §4.2.1.6).</summary>
public enum GeneralNameKind
{
    /// <summary>otherName.</summary>
    Other = 0,

    /// <summary>rfc822Name, a mailbox.</summary>
    Mail = 1,

    /// <summary>dNSName.</summary>
    Dns = 2,

    /// <summary>x400Address.</summary>
    X400 = 3,

    /// <summary>directoryName.</summary>
    Directory = 4,

    /// <summary>ediPartyName.</summary>
    EdiParty = 5,

    /// <summary>uniformResourceIdentifier.</summary>
    Uri = 6,

    /// <summary>iPAddress; in name constraints address and mask.</summary>
    Ip = 7,

    /// <summary>registeredID.</summary>
    RegisteredId = 8,
}

/// <summary>One name of a subject, an issuer or a distribution point.</summary>
/// <param name="Kind">Its form.</param>
/// <param name="Text">For mailboxes, DNS names and URIs; otherwise empty.</param>
/// <param name="Bytes">Content octets as they came.</param>
/// <param name="Directory">For directory names.</param>
public sealed record GeneralName(GeneralNameKind Kind, string Text, ReadOnlyMemory<byte> Bytes, DirectoryName? Directory)
{
    private const int Most = 16384;

    /// <summary>The same name: directory names by RFC 5280 §7.1, all others byte for byte.</summary>
    public bool IsSame(GeneralName other) =>
        Kind == other.Kind && (Directory is { } mine && other.Directory is { } theirs ? mine.Equals(theirs) : Bytes.Span.SequenceEqual(other.Bytes.Span));

    /// <summary>Reads the names inside a GeneralNames; none at all is an error (SIZE 1..MAX).</summary>
    internal static IReadOnlyList<GeneralName> ReadAll(AsnReader names)
    {
        var read = new List<GeneralName>();
        while (names.HasData)
        {
            read.Add(Read(names.ReadEncodedValue()));
            if (read.Count > Most)
            {
                throw new CryptographicException("There are more names than are looked at.");
            }
        }

        return read.Count > 0 ? read : throw new CryptographicException("There is an empty list of names.");
    }

    internal static GeneralName Read(ReadOnlyMemory<byte> encoded)
    {
        var tag = AsnDecoder.ReadEncodedValue(encoded.Span, AsnEncodingRules.DER, out var start, out var length, out var consumed);
        var constructed = tag.TagValue is 0 or 3 or 4 or 5;
        if (consumed != encoded.Length || tag.TagClass != TagClass.ContextSpecific || tag.TagValue is < 0 or > 8 || tag.IsConstructed != constructed)
        {
            throw new CryptographicException("There is a name of no known form.");
        }

        var kind = (GeneralNameKind)tag.TagValue;
        var content = encoded.Slice(start, length);
        return kind switch
        {
            GeneralNameKind.Mail or GeneralNameKind.Dns or GeneralNameKind.Uri => new(kind, Ascii(content.Span), content, null),
            GeneralNameKind.Directory => new(kind, "", content, DirectoryName.Read(content)),
            _ => new(kind, "", content, null),
        };
    }

    /// <summary>IA5String is ASCII; anything above is how a name is made to look like another.</summary>
    private static string Ascii(ReadOnlySpan<byte> content) =>
        content.IndexOfAnyExceptInRange((byte)0x01, (byte)0x7E) < 0 ? Encoding.ASCII.GetString(content)
            : throw new CryptographicException("A name holds bytes that are no ASCII text.");
}
