using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>
/// Whether two answers can be told apart by their time. They are asked for in turns, so that whatever else the machine does meets both; what is compared is the rank of each time among
/// all (how often one of the first is longer than one of the second, as Mann and Whitney count) and the distance of the medians; and three rounds in a row must say the same.
/// </summary>
internal static class AnswerTimes
{
    private const int Pairs = 8;
    private const int Rounds = 3;

    /// <param name="door">For the message.</param>
    /// <param name="prepare">Done before each round and not measured.</param>
    /// <param name="known">About somebody with an account.</param>
    /// <param name="unknown">About somebody without.</param>
    public static Task AssertAlikeAsync(string door, Func<Task> prepare, Func<Task> known, Func<Task> unknown) =>
        JudgeAsync(door, prepare, () => MillisecondsAsync(known), () => MillisecondsAsync(unknown));

    /// <summary>The same with times that are told.</summary>
    /// <param name="door">For the message.</param>
    /// <param name="prepare">Done before each round and not measured.</param>
    /// <param name="known">Milliseconds of one about somebody with an account.</param>
    /// <param name="unknown">Of one about somebody without.</param>
    public static async Task JudgeAsync(string door, Func<Task> prepare, Func<Task<double>> known, Func<Task<double>> unknown)
    {
        var rounds = new List<int>();
        var seen = "";
        for (var round = 0; round < Rounds; round++)
        {
            await prepare();
            await known();
            await unknown();
            var (first, second) = (new List<double>(), new List<double>());
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

            rounds.Add(Apart(first, second));
            seen += string.Create(CultureInfo.InvariantCulture, $" {Median(first):0.0}/{Median(second):0.0} ms;");
            if (rounds[^1] == 0 || rounds[^1] != rounds[0])
            {
                return;
            }
        }

        Assert.Fail($"{door}: with and without an account are told apart by time, medians{seen}");
    }

    /// <returns>0: not to be told apart; 1: the first is slower; -1: the second is.</returns>
    public static int Apart(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        var longer = first.Sum(a => second.Sum(b => a > b ? 1 : a < b ? 0 : 0.5)) / (first.Count * second.Count);
        var (one, other) = (Median(first), Median(second));
        var far = Math.Abs(one - other) > Math.Max(2, 0.25 * Math.Min(one, other));
        return !far || (longer is > 0.15 and < 0.85) ? 0 : longer > 0.5 ? 1 : -1;
    }

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
    [Fact]
    public async Task A_difference_is_found_in_whichever_direction()
    {
        Assert.Equal(1, AnswerTimes.Apart([30, 31, 29, 33, 90, 30, 32, 31], [10, 11, 9, 10, 12, 60, 10, 11]));
        Assert.Equal(-1, AnswerTimes.Apart([10, 11, 9, 10, 12, 60, 10, 11], [30, 31, 29, 33, 90, 30, 32, 31]));
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => AnswerTimes.JudgeAsync("slow", () => Task.CompletedTask, () => Task.FromResult(30.0), () => Task.FromResult(1.0)));
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => AnswerTimes.JudgeAsync("quick", () => Task.CompletedTask, () => Task.FromResult(1.0), () => Task.FromResult(30.0)));
    }

    [Fact]
    public async Task One_round_that_something_else_made_slow_is_none()
    {
        var round = 0;
        Task NextAsync()
        {
            round++;
            return Task.CompletedTask;
        }

        await AnswerTimes.JudgeAsync("noisy once", NextAsync, () => Task.FromResult(round == 1 ? 30.0 : 10), () => Task.FromResult(10.0));
        Assert.Equal(2, round);
    }

    [Fact]
    public void Noise_is_none()
    {
        Assert.Equal(0, AnswerTimes.Apart([10, 30, 11, 28, 12, 95, 10, 13], [12, 11, 33, 10, 29, 11, 70, 12]));
        Assert.Equal(0, AnswerTimes.Apart([10.5, 10.6, 10.4, 10.5, 10.7, 10.5, 10.6, 10.5], [10.1, 10.2, 10.0, 10.1, 10.2, 10.1, 10.2, 10.1]));
    }
}
