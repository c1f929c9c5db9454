namespace Yinxin.Fuzzing.Mutation;

/// <summary>Changes that keep the structure readable, so that they reach the code behind the first check.</summary>
internal static class TlvMutations
{
    private static readonly byte[] Tags = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x24, 0x30, 0x31, 0x80, 0x81, 0xa0, 0xa1, 0xa2, 0xa3];

    private static readonly byte[][] Integers = [[], [0x00], [0x01], [0x80], [0xff], [0x00, 0x01], [0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0x00, 0xff, 0xff, 0xff, 0xff], [0x80, 0, 0, 0, 0, 0, 0, 0]];

    private static readonly LengthForm[] Forms = Enum.GetValues<LengthForm>();

    /// <summary>Null when the input is no tree.</summary>
    public static byte[]? Mutate(byte[] input, byte[] other, Randomness random)
    {
        if (TlvNode.Parse(input) is not { } root)
        {
            return null;
        }

        var nodes = root.All().ToList();
        var node = random.One(nodes);
        var parents = nodes.Where(n => n.IsConstructed).ToList();
        switch (random.Below(11))
        {
            case 0:
                node.Tag = random.One(Tags);
                break;
            case 1:
                node.Form = random.One(Forms);
                break;
            case 2 when parents.Count > 0:
                var twice = random.One(parents);
                twice.Children.Insert(random.Below(twice.Children.Count + 1), random.One(twice.Children).Copy());
                break;
            case 3 when parents.Count > 0:
                var poorer = random.One(parents);
                poorer.Children.RemoveAt(random.Below(poorer.Children.Count));
                break;
            case 4 when parents.Count > 0:
                var mixed = random.One(parents);
                mixed.Children.Reverse(0, 1 + random.Below(mixed.Children.Count));
                break;
            case 5:
                Replace(node, new TlvNode { Tag = 0x02, Content = random.One(Integers) });
                break;
            case 6:
                Nest(node, random);
                break;
            case 7 when TlvNode.Parse(other) is { } donor:
                Replace(node, random.One(donor.All().ToList()).Copy());
                break;
            case 8:
                Replace(node, new TlvNode { Tag = node.Tag, Content = ByteMutations.Mutate(node.Content, other, random) });
                break;
            case 9:
                Replace(node, new TlvNode { Tag = node.Tag });
                break;
            default:
                Replace(node, new TlvNode { Tag = node.Tag, Content = random.Bytes(1 + random.Below(4096)) });
                break;
        }

        return root.Encode();
    }

    private static void Nest(TlvNode node, Randomness random)
    {
        var inner = node.Copy();
        for (var depth = random.One((int[])[1, 20, 200, 5000]); depth > 0; depth--)
        {
            // Written at once: a tree of this depth would need a stack as deep to be written.
            inner = new TlvNode { Tag = 0x30, Content = inner.Encode() };
            if (inner.Content.Length > 48 * 1024)
            {
                break;
            }
        }

        Replace(node, inner);
    }

    private static void Replace(TlvNode node, TlvNode with)
    {
        (node.Tag, node.Content, node.Form) = (with.Tag, with.Content, with.Form);
        node.Children.Clear();
        node.Children.AddRange(with.Children);
    }
}
