using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;

namespace Yinxin.Trust.Certificates.Paths.Names;

/// <summary>
/// A distinguished name, prepared for comparing once (RFC 5280 §7.1, RFC 4518): letter case, runs of spaces and the string type do not count,
/// the order of the relative names does.
/// </summary>
public sealed class DirectoryName : IEquatable<DirectoryName>
{
    private const int MostComponents = 64;
    private readonly (string Type, string Value)[] attributes;
    private readonly string[] components;
    private readonly string key;

    private DirectoryName(ReadOnlyMemory<byte> encoded, string[] components, (string Type, string Value)[] attributes)
    {
        Encoded = encoded;
        this.components = components;
        this.attributes = attributes;
        key = string.Join('\u0001', components);
    }

    /// <summary>DER of the Name.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>No relative name at all.</summary>
    public bool IsEmpty => components.Length == 0;

    /// <exception cref="CryptographicException">Not DER of a Name, or longer than any name is.</exception>
    internal static DirectoryName Read(ReadOnlyMemory<byte> encoded)
    {
        var reader = new AsnReader(encoded, AsnEncodingRules.DER);
        var sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        return Read(sequence, encoded);
    }

    /// <summary>One relative name added below a full one (RFC 5280 §4.2.1.13, nameRelativeToCRLIssuer).</summary>
    internal DirectoryName Append(ReadOnlyMemory<byte> relative)
    {
        var content = new AsnWriter(AsnEncodingRules.DER);
        using (content.PushSequence())
        {
            var reader = new AsnReader(Encoded, AsnEncodingRules.DER).ReadSequence();
            while (reader.HasData)
            {
                content.WriteEncodedValue(reader.ReadEncodedValue().Span);
            }

            content.WriteEncodedValue(relative.Span);
        }

        return Read(content.Encode());
    }

    /// <summary>True when this name begins with all relative names of <paramref name="subtree"/>.</summary>
    public bool IsWithin(DirectoryName subtree) =>
        subtree.components.Length <= components.Length && components.AsSpan(0, subtree.components.Length).SequenceEqual(subtree.components);

    /// <summary>The values of an attribute as they were written, in their order.</summary>
    public IEnumerable<string> Values(string type) => attributes.Where(a => a.Type == type).Select(a => a.Value);

    /// <inheritdoc/>
    public bool Equals(DirectoryName? other) => other is not null && key == other.key;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DirectoryName);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(key);

    /// <summary>For people: the common name, or all values.</summary>
    public override string ToString() =>
        IsEmpty ? "(no name)" : Values(Oids.CommonName).FirstOrDefault() ?? string.Join(", ", attributes.Select(a => a.Value));

    private static DirectoryName Read(AsnReader sequence, ReadOnlyMemory<byte> encoded)
    {
        var components = new List<string>();
        var attributes = new List<(string, string)>();
        while (sequence.HasData)
        {
            var set = sequence.ReadSetOf();
            var parts = new List<string>();
            while (set.HasData)
            {
                var pair = set.ReadSequence();
                var type = pair.ReadObjectIdentifier();
                var value = pair.ReadEncodedValue();
                pair.ThrowIfNotEmpty();
                var text = DirectoryString.Read(value);
                attributes.Add((type, text ?? Convert.ToHexString(value.Span)));
                parts.Add(type + (text is null ? "#" + Convert.ToHexString(value.Span) : "=" + DirectoryString.Prepare(text)));
            }

            if (parts.Count == 0 || parts.Count > MostComponents || components.Count > MostComponents)
            {
                throw new CryptographicException("A name holds an empty part, or more parts than any name has.");
            }

            parts.Sort(StringComparer.Ordinal);
            components.Add(string.Join('\u0002', parts));
        }

        return new DirectoryName(encoded, [.. components], [.. attributes]);
    }
}
