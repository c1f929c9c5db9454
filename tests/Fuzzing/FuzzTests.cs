using System.Globalization;
using System.Security.Cryptography;
using Xunit;
using Yinxin.Fuzzing.Targets;

namespace Yinxin.Fuzzing;

/// <summary>
/// Every reader stands thousands of damaged inputs: it answers, or refuses by the exception that it documents, and nothing that was changed is taken
/// for genuine. Each run takes another seed; a finding names it, writes the input under <c>artifacts/fuzzing</c>, and belongs into <c>Corpus</c>.
/// </summary>
public sealed class FuzzTests
{
    private const int UsualRounds = 4000, MostShown = 64;

    public static TheoryData<string> Targets
    {
        get
        {
            using var targets = new AllTargets();
            return [.. targets.All.Select(t => t.Name)];
        }
    }

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("YINXIN_FUZZ_ROUNDS"), CultureInfo.InvariantCulture, out var rounds) ? rounds : UsualRounds;

    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("YINXIN_FUZZ_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : RandomNumberGenerator.GetInt32(int.MaxValue);

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_reader_stands_what_a_stranger_sends(string name)
    {
        using var targets = new AllTargets();
        var target = targets.All.Single(t => t.Name == name);
        var seed = Seed;
        Assert.All(target.Seeds, s => Assert.NotNull(target.Read(s)));

        var run = new FuzzRun(target, seed);
        if (run.Run(Rounds) is { } finding)
        {
            Assert.Fail($"{name} {finding.What} (seed {seed}, input {KeptInputs.Keep(name, finding.Input)}, {Difference(target, finding.Input)}): {finding.Exception}");
        }

        // A fuzzer that always gets the same answer tests nothing.
        Assert.True(run.Answers >= 2, $"{name} gave only {run.Answers} different answers.");
    }

    /// <summary>Where the input leaves the good one that it is nearest to: the keys of a run are gone with it. The whole input is kept beside.</summary>
    private static string Difference(FuzzTarget target, byte[] input)
    {
        var (near, start, end) = target.Seeds.Select(s => (Seed: s, Start: s.AsSpan().CommonPrefixLength(input), End: CommonEnd(s, input))).MaxBy(s => s.Start + s.End);
        return $"at {start} «{Shortened(near[start..^end])}» became «{Shortened(input[start..^end])}»";
    }

    /// <summary>How many last bytes are alike, of those behind the first that are not.</summary>
    private static int CommonEnd(byte[] near, byte[] input)
    {
        var (start, end) = (near.AsSpan().CommonPrefixLength(input), 0);
        while (end < Math.Min(near.Length, input.Length) - start && near[^(end + 1)] == input[^(end + 1)])
        {
            end++;
        }

        return end;
    }

    private static string Shortened(byte[] bytes) =>
        bytes.Length <= MostShown ? Convert.ToHexString(bytes) : $"{Convert.ToHexString(bytes.AsSpan(0, MostShown))}… ({bytes.Length} bytes)";

    [Fact]
    public void Every_folder_of_the_corpus_belongs_to_a_target()
    {
        using var targets = new AllTargets();
        Assert.Empty(KeptInputs.Folders().Except(targets.All.Select(t => t.Name), StringComparer.Ordinal));
    }
}
