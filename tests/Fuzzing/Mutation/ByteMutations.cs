namespace Yinxin.Fuzzing.Mutation;

/// <summary>Changes that know nothing of the format.</summary>
internal static class ByteMutations
{
    private static readonly byte[] Edges = [0x00, 0x01, 0x7f, 0x80, 0x81, 0x84, 0xff, (byte)'\n', (byte)'"', (byte)'{'];

    public static byte[] Mutate(byte[] input, byte[] other, Randomness random)
    {
        if (input.Length == 0)
        {
            return random.Bytes(1 + random.Below(16));
        }

        var at = random.Below(input.Length);
        var length = 1 + random.Below(Math.Min(64, input.Length - at));
        switch (random.Below(8))
        {
            case 0:
                return With(input, at, (byte)(input[at] ^ (1 << random.Below(8))));
            case 1:
                return With(input, at, random.One(Edges));
            case 2:
                return [.. input[..at], .. input[(at + length)..]];
            case 3:
                return [.. input[..at], .. input[at..(at + length)], .. input[at..]];
            case 4:
                return [.. input[..at], .. random.Bytes(length), .. input[at..]];
            case 5:
                return input[..at];
            case 6:
                return [.. input, .. random.Bytes(length)];
            default:
                return [.. input[..at], .. other[Math.Min(at, other.Length)..]];
        }
    }

    private static byte[] With(byte[] input, int at, byte value)
    {
        var copy = (byte[])input.Clone();
        copy[at] = value;
        return copy;
    }
}
