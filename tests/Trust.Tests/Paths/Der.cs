using System.Formats.Asn1;
using System.Net;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>DER of the parts of certificates, right or deliberately wrong.</summary>
internal static class Der
{
    public static byte[] Write(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }

    public static byte[] Sequence(params IEnumerable<byte[]> parts) => Write(w =>
    {
        using (w.PushSequence())
        {
            foreach (var part in parts)
            {
                w.WriteEncodedValue(part);
            }
        }
    });

    public static byte[] Oid(string oid) => Write(w => w.WriteObjectIdentifier(oid));

    public static byte[] Integer(int value) => Write(w => w.WriteInteger(value));

    public static byte[] Octets(byte[] value) => Write(w => w.WriteOctetString(value));

    /// <summary>A value under a context tag.</summary>
    public static byte[] Tagged(int tag, byte[] content, bool constructed = true) => [(byte)(0x80 | (constructed ? 0x20 : 0) | tag), .. Length(content.Length), .. content];

    /// <summary>A distinguished name of one common name, or none.</summary>
    public static byte[] Name(string? commonName, UniversalTagNumber type = UniversalTagNumber.UTF8String) => commonName is null ? Sequence() : Names(("2.5.4.3", commonName, type));

    public static byte[] Names(params (string Type, string Value, UniversalTagNumber Form)[] attributes) => Write(w =>
    {
        using (w.PushSequence())
        {
            foreach (var (type, value, form) in attributes)
            {
                using (w.PushSetOf())
                using (w.PushSequence())
                {
                    w.WriteObjectIdentifier(type);
                    w.WriteCharacterString(form, value);
                }
            }
        }
    });

    public static byte[] Dns(string name) => Tagged(2, System.Text.Encoding.UTF8.GetBytes(name), constructed: false);

    public static byte[] Mail(string mailbox) => Tagged(1, System.Text.Encoding.UTF8.GetBytes(mailbox), constructed: false);

    public static byte[] Uri(string uri) => Tagged(6, System.Text.Encoding.UTF8.GetBytes(uri), constructed: false);

    public static byte[] Ip(string address) => Tagged(7, IPAddress.Parse(address).GetAddressBytes(), constructed: false);

    public static byte[] Range(string address, string mask) => Tagged(7, [.. IPAddress.Parse(address).GetAddressBytes(), .. IPAddress.Parse(mask).GetAddressBytes()], constructed: false);

    public static byte[] Directory(byte[] name) => Tagged(4, name);

    /// <summary>otherName of a private type, NULL inside.</summary>
    public static byte[] Other(string type) => Tagged(0, [.. Oid(type), .. Tagged(0, [5, 0])]);

    public static byte[] BasicConstraints(bool authority, int? pathLength = null) => Write(w =>
    {
        using (w.PushSequence())
        {
            if (authority)
            {
                w.WriteBoolean(true);
            }

            if (pathLength is { } length)
            {
                w.WriteInteger(length);
            }
        }
    });

    /// <summary>Bits by their number in RFC 5280 §4.2.1.3.</summary>
    public static byte[] KeyUsage(params int[] bits)
    {
        var octets = new byte[2];
        foreach (var bit in bits)
        {
            octets[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        var used = bits.Length == 0 ? 0 : bits.Max() + 1;
        return Write(w => w.WriteBitString(octets.AsSpan(0, (used + 7) / 8), (8 - (used % 8)) % 8));
    }

    public static byte[] Oids(params string[] oids) => Sequence(oids.Select(Oid));

    public static byte[] NameConstraints(byte[][]? permitted = null, byte[][]? excluded = null) => Sequence(
        (permitted is null ? [] : new[] { Tagged(0, [.. permitted.SelectMany(p => Sequence(p))]) }).Concat(excluded is null ? [] : [Tagged(1, [.. excluded.SelectMany(e => Sequence(e))])]));

    public static byte[] AuthorityKey(byte[]? keyId, byte[]? issuer = null, byte[]? serial = null) => Sequence(
        new[] { keyId is null ? null : Tagged(0, keyId, constructed: false), issuer is null ? null : Tagged(1, Directory(issuer)), serial is null ? null : Tagged(2, serial, constructed: false) }.OfType<byte[]>());

    public static byte[] DistributionPoints(params byte[][] names) => Sequence(Sequence(Tagged(0, Tagged(0, [.. names.SelectMany(n => n)]))));

    private static byte[] Length(int length) => length < 0x80 ? [(byte)length] : length < 0x100 ? [0x81, (byte)length] : [0x82, (byte)(length >> 8), (byte)length];
}
