namespace Yinxin.Fuzzing.Mutation;

/// <summary>One tag-length-value of BER/DER, read leniently and written as one likes: the point is to write what no encoder would.</summary>
internal sealed class TlvNode
{
    private const int Deepest = 40;

    public required byte Tag { get; set; }

    public byte[] Content { get; set; } = [];

    public List<TlvNode> Children { get; private init; } = [];

    public LengthForm Form { get; set; } = LengthForm.Shortest;

    /// <summary>Children instead of content, also those that hide in an OCTET STRING or BIT STRING.</summary>
    public bool IsConstructed => Children.Count > 0;

    /// <summary>The whole input as one value, or null when it is none.</summary>
    public static TlvNode? Parse(ReadOnlySpan<byte> bytes) => ParseMany(bytes, 0) is { Count: 1 } one ? one[0] : null;

    public IEnumerable<TlvNode> All() => Children.SelectMany(c => c.All()).Prepend(this);

    public TlvNode Copy() => new() { Tag = Tag, Content = Content, Form = Form, Children = [.. Children.Select(c => c.Copy())] };

    public byte[] Encode()
    {
        byte[] content = IsConstructed ? [.. Prefix(), .. Children.SelectMany(c => c.Encode())] : Content;
        return Form == LengthForm.Indefinite ? [Tag, 0x80, .. content, 0x00, 0x00] : [Tag, .. Length(content.Length), .. content];
    }

    private byte[] Length(int length) => Form switch
    {
        LengthForm.Padded => [0x84, .. BigEndian(length)],
        LengthForm.TooLarge => [0x84, 0x7f, 0xff, 0xff, 0xff],
        LengthForm.TooLong => [0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        LengthForm.OneLess => Shortest(Math.Max(0, length - 1)),
        LengthForm.OneMore => Shortest(length + 1),
        _ => Shortest(length),
    };

    private static byte[] Shortest(int length) => length switch
    {
        < 0x80 => [(byte)length],
        < 0x100 => [0x81, (byte)length],
        < 0x10000 => [0x82, (byte)(length >> 8), (byte)length],
        _ => [0x84, .. BigEndian(length)],
    };

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    /// <summary>A BIT STRING that holds a structure begins with the count of its unused bits.</summary>
    private byte[] Prefix() => Tag == 0x03 ? [0x00] : [];

    private static List<TlvNode>? ParseMany(ReadOnlySpan<byte> bytes, int depth)
    {
        var nodes = new List<TlvNode>();
        while (bytes.Length > 0)
        {
            if (depth > Deepest || bytes.Length < 2 || (bytes[0] & 0x1f) == 0x1f || Header(bytes) is not var (header, length) || length > bytes.Length - header)
            {
                return null;
            }

            var content = bytes.Slice(header, length);
            var inside = bytes[0] switch
            {
                0x03 when content.Length > 2 && content[0] == 0 => ParseMany(content[1..], depth + 1),
                0x04 when content.Length > 2 => ParseMany(content, depth + 1),
                var tag when (tag & 0x20) != 0 => ParseMany(content, depth + 1),
                _ => null,
            };
            nodes.Add(new TlvNode { Tag = bytes[0], Content = content.ToArray(), Children = inside ?? [] });
            bytes = bytes[(header + length)..];
        }

        return nodes;
    }

    private static (int Header, int Length)? Header(ReadOnlySpan<byte> bytes)
    {
        if (bytes[1] < 0x80)
        {
            return (2, bytes[1]);
        }

        var octets = bytes[1] & 0x7f;
        if (octets is 0 or > 3 || bytes.Length < 2 + octets)
        {
            return null;
        }

        var length = 0;
        foreach (var b in bytes.Slice(2, octets))
        {
            length = (length << 8) | b;
        }

        return (2 + octets, length);
    }
}
