using System.Diagnostics;
using Yinxin.Fuzzing.Mutation;
using Yinxin.Fuzzing.Targets;

namespace Yinxin.Fuzzing;

/// <summary>
/// Mutates what is at hand, gives it to the target, and keeps as new material what was answered in a new way: the same refusal at the same place
/// in the code is nothing new. Bounded by a count; the count is raised for long runs by <c>YINXIN_FUZZ_ROUNDS</c>.
/// </summary>
internal sealed class FuzzRun(FuzzTarget target, int seed)
{
    private const int Largest = 128 * 1024;
    private const int MostMaterial = 4000;

    private readonly Randomness random = new(seed);
    private readonly HashSet<string> answers = new(StringComparer.Ordinal);
    private readonly List<byte[]> material = [];
    private readonly HashSet<string> seeds = [.. target.Seeds.Select(Convert.ToHexString)];

    /// <summary>Different answers seen.</summary>
    public int Answers => answers.Count;

    /// <summary>Inputs that were accepted although they are none of the seeds, and rightly so.</summary>
    public int Accepted { get; private set; }

    /// <summary>Runs.</summary>
    /// <param name="rounds">Mutants to try.</param>
    /// <returns>What was found, or null.</returns>
    public FuzzFinding? Run(int rounds)
    {
        foreach (var seed in target.Seeds)
        {
            if (Try(seed) is { } finding)
            {
                return finding;
            }

            material.Add(seed);
        }

        foreach (var kept in KeptInputs.Of(target.Name))
        {
            if (Try(kept) is { } finding)
            {
                return finding;
            }

            material.Add(kept);
        }

        for (var round = 0; round < rounds; round++)
        {
            if (Try(Mutant()) is { } finding)
            {
                return finding;
            }
        }

        return null;
    }

    private byte[] Mutant()
    {
        // Half of the time near the good ones: most of what is new lies one or two steps from them.
        var mutant = random.Below(2) == 0 ? random.One(target.Seeds) : random.One(material);
        for (var steps = 1 + random.Below(3); steps > 0; steps--)
        {
            var other = random.One(material);
            mutant = (random.Below(3) > 0 ? (mutant is [(byte)'{', ..] ? JsonMutations.Mutate(mutant, random) : TlvMutations.Mutate(mutant, other, random)) : null) ?? ByteMutations.Mutate(mutant, other, random);
        }

        return mutant.Length > Largest ? mutant[..Largest] : mutant;
    }

    private FuzzFinding? Try(byte[] input)
    {
        string answer;
        try
        {
            var read = target.Read(input);
            if (read is not null && !seeds.Contains(Convert.ToHexString(input)))
            {
                if (target.IsForgery(input, read))
                {
                    return new FuzzFinding(input, "was accepted although it was changed", null);
                }

                Accepted++;
            }

            answer = read is null ? "refused" : "accepted";
        }
        catch (Exception e) when (target.Refuses(e))
        {
            answer = Place(e);
        }
        catch (Exception e)
        {
            return new FuzzFinding(input, $"made {e.GetType().Name}, which is not documented", e);
        }

        if (answers.Add(answer) && material.Count < MostMaterial)
        {
            material.Add(input);
        }

        return null;
    }

    /// <summary>Where in the code it was refused: the innermost frames, of the inner cause where there is one.</summary>
    private static string Place(Exception exception)
    {
        var cause = exception.GetBaseException();
        var frames = new StackTrace(cause).GetFrames().Take(6).Select(f => f.GetMethod()?.Name + "@" + f.GetILOffset());
        return cause.GetType().Name + " " + string.Join(' ', frames);
    }
}

/// <summary>An input that a target does not stand.</summary>
/// <param name="Input">The bytes.</param>
/// <param name="What">What happened.</param>
/// <param name="Exception">The exception, if there was one.</param>
internal sealed record FuzzFinding(byte[] Input, string What, Exception? Exception);
