using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>From which distance on two answers are told apart by their time: the larger of the two.</summary>
/// <param name="Share">Of the shorter one's median.</param>
/// <param name="Milliseconds">Whatever the median is: what a busy machine of two cores does to half of all answers.</param>
internal sealed record AnswerBound(double Share, double Milliseconds)
{
    /// <summary>
    /// Where no password is hashed. What a door does is compared before the time is, statement by statement (<see cref="EnumerationSuite"/>, for every door whose time is judged), so that no question
    /// to the database, which is what such an answer consists of, hides below this bound; what does is work in memory: of microseconds, where nothing is hashed.
    /// </summary>
    public static readonly AnswerBound Plain = new(0.05, 3);

    /// <summary>
    /// Where one is: the pace that hides which kind of hash it was (<see cref="Server.Features.SignIn.PasswordPace"/>) is learned from what hashes took, and is as exact as the machine is quiet.
    /// </summary>
    public static readonly AnswerBound WithHash = new(0.25, 2);
}

/// <summary>
/// Whether two answers can be told apart by their time. They are asked for in pairs, one right after the other, so that whatever else the machine does meets both. What is judged is the distribution
/// of the differences within the pairs of all rounds: its median must lie beyond the bound, and one of the two be the longer in so many pairs that it is no chance. Each pair counts once, however far
/// apart its two are, so that a machine that stops for a moment weighs no more than any other pair.
/// </summary>
internal static class AnswerTimes
{
    /// <summary>With the one that warms up no more questions about one person than a door takes within an hour; the next round is in another one.</summary>
    private const int Pairs = 8;

    /// <summary>One of three may be spoiled by something else. No single quiet one acquits: the pairs of all rounds are judged together.</summary>
    private const int LeastRounds = 3;

    /// <summary>A median beyond the bound is asked for again until then.</summary>
    private const int MostRounds = 6;

    /// <summary>
    /// In standard deviations of the sign test: at 48 pairs one must be the longer in 38. Where both take the same it comes out so once in 16,000 times, and the median must be beyond the bound besides,
    /// each time that it was looked at. A true difference beyond the bound is found unless the machine is so restless that it changes most pairs by more than that.
    /// </summary>
    private const double Sure = 4;

    /// <param name="door">For the message.</param>
    /// <param name="bound">Which distance is one.</param>
    /// <param name="prepare">Done before each round and not measured.</param>
    /// <param name="known">About somebody with an account.</param>
    /// <param name="unknown">About somebody without.</param>
    public static Task AssertAlikeAsync(string door, AnswerBound bound, Func<Task> prepare, Func<Task> known, Func<Task> unknown) =>
        JudgeAsync(door, bound, prepare, () => MillisecondsAsync(known), () => MillisecondsAsync(unknown));

    /// <summary>The same with times that are told.</summary>
    /// <param name="door">For the message.</param>
    /// <param name="bound">Which distance is one.</param>
    /// <param name="prepare">Done before each round and not measured.</param>
    /// <param name="known">Milliseconds of one about somebody with an account.</param>
    /// <param name="unknown">Of one about somebody without.</param>
    public static async Task JudgeAsync(string door, AnswerBound bound, Func<Task> prepare, Func<Task<double>> known, Func<Task<double>> unknown)
    {
        var (first, second) = (new List<double>(), new List<double>());
        for (var round = 1; round <= MostRounds; round++)
        {
            await prepare();
            await known();
            await unknown();
            for (var i = 0; i < Pairs; i++)
            {
                // Each comes first every other time: what one leaves to be done in the background falls on both.
                if (i % 2 == 0)
                {
                    first.Add(await known());
                    second.Add(await unknown());
                }
                else
                {
                    second.Add(await unknown());
                    first.Add(await known());
                }
            }

            if (round >= LeastRounds && !IsFar(first, second, bound))
            {
                return;
            }
        }

        if (Apart(first, second, bound) != 0)
        {
            Assert.Fail(string.Create(
                CultureInfo.InvariantCulture,
                $"{door}: with and without an account are told apart by time, medians {Median(first):0.0}/{Median(second):0.0} ms, of the differences {Median(Differences(first, second)):0.0} ms"));
        }
    }

    /// <returns>0: not to be told apart; 1: the first is slower; -1: the second is.</returns>
    public static int Apart(IReadOnlyList<double> first, IReadOnlyList<double> second, AnswerBound bound)
    {
        var differences = Differences(first, second);
        var prevails = differences.Sum(d => Math.Sign(d));
        return IsFar(first, second, bound) && Math.Abs(prevails) >= Sure * Math.Sqrt(differences.Count) ? Math.Sign(prevails) : 0;
    }

    private static bool IsFar(IReadOnlyList<double> first, IReadOnlyList<double> second, AnswerBound bound) =>
        Math.Abs(Median(Differences(first, second))) > Math.Max(bound.Milliseconds, bound.Share * Math.Min(Median(first), Median(second)));

    private static List<double> Differences(IReadOnlyList<double> first, IReadOnlyList<double> second) => [.. first.Zip(second, (one, other) => one - other)];

    private static double Median(IReadOnlyList<double> times) => times.Order().ElementAt(times.Count / 2);

    private static async Task<double> MillisecondsAsync(Func<Task> act)
    {
        var started = Stopwatch.GetTimestamp();
        await act();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}

/// <summary>A judge who never says anything is none.</summary>
public sealed class AnswerTimesTests
{
    /// <summary>What a machine that others use adds to one answer after the other.</summary>
    private static readonly double[] Noise = [0, 1, -1, 3, 60, 0.5, 2, 1];

    [Theory]
    [InlineData(120, 100, true)]
    [InlineData(106, 100, true)]
    [InlineData(15, 10, true)]
    [InlineData(130, 100, false)]
    [InlineData(30, 10, false)]
    public void A_difference_is_found_in_whichever_direction(double slow, double quick, bool plain)
    {
        var bound = plain ? AnswerBound.Plain : AnswerBound.WithHash;
        Assert.Equal(1, AnswerTimes.Apart(Times(slow), Times(quick, later: 3), bound));
        Assert.Equal(-1, AnswerTimes.Apart(Times(quick, later: 3), Times(slow), bound));
    }

    [Fact]
    public async Task Who_takes_longer_round_after_round_is_told_apart()
    {
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(
            () => AnswerTimes.JudgeAsync("slow", AnswerBound.WithHash, () => Task.CompletedTask, () => Task.FromResult(30.0), () => Task.FromResult(1.0)));
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(
            () => AnswerTimes.JudgeAsync("quick", AnswerBound.Plain, () => Task.CompletedTask, () => Task.FromResult(100.0), () => Task.FromResult(106.0)));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    public async Task Rounds_that_something_else_made_slow_are_outweighed_and_not_by_a_single_quiet_one(int slow, int needed)
    {
        var round = 0;
        Task NextAsync()
        {
            round++;
            return Task.CompletedTask;
        }

        await AnswerTimes.JudgeAsync("noisy at first", AnswerBound.Plain, NextAsync, () => Task.FromResult(round <= slow ? 30.0 : 10), () => Task.FromResult(10.0));
        Assert.Equal(needed, round);
    }

    [Fact]
    public void Noise_is_none()
    {
        Assert.Equal(0, AnswerTimes.Apart(Times(100), Times(100, later: 3), AnswerBound.Plain));
        Assert.Equal(0, AnswerTimes.Apart(Times(102), Times(100, later: 3), AnswerBound.Plain));
        Assert.Equal(0, AnswerTimes.Apart(Times(10.5), Times(10, later: 3), AnswerBound.Plain));

        // Far by its median, and not so often that it is no chance.
        Assert.Equal(0, AnswerTimes.Apart([20, 10, 20, 10, 20, 10, 20, 20], [10, 20, 10, 20, 10, 20, 10, 10], AnswerBound.Plain));
    }

    /// <param name="usual">Milliseconds of an answer without noise.</param>
    /// <param name="later">At which place of the noise they begin.</param>
    private static List<double> Times(double usual, int later = 0) => [.. Enumerable.Range(0, 48).Select(i => usual + Noise[(i + later) % Noise.Length])];
}
