namespace Yinxin.Fuzzing.Mutation;

/// <summary>Choices of one run; the same seed makes the same run.</summary>
internal sealed class Randomness(int seed)
{
    private readonly Random random = new(seed);

    public int Below(int bound) => random.Next(bound);

    public T One<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];

    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
