using System.Collections.Concurrent;
using System.Diagnostics;

namespace Yinxin.Bench.Endings;

/// <summary>
/// How soon what ended is refused everywhere: from the answer of the request that ends it until two APIs and an app, which judge tokens by their signature and follow the feed, have
/// refused. The ends come at any moment between two questions to the feed. Beside it what the following costs Identity.
/// </summary>
internal static class EndingsBench
{
    private const int Runs = 20;
    private const int Crowd = 1_000;

    /// <summary>How many of the crowd sign in at the same time.</summary>
    private const int AtOnce = 8;

    /// <summary>Between two questions of one server to the feed.</summary>
    private const int Period = 1_000;

    private const string Promise = "≤ 5,000 ms";

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        await using var stage = await Stage.StartAsync(workplace);
        var ways = await Ways.PrepareAsync(stage, Runs);
        var (asked, watch) = (await stage.QuestionsAsync(), Stopwatch.StartNew());

        // A level takes 2.5 s longer by design, so all its runs pass beside those of the others.
        var falling = MeasureAsync(stage, "level that fell", ways.LevelAsync, 5);
        List<Figure> figures =
        [
            .. await MeasureAsync(stage, "mandate revoked", ways.MandateAsync, 1),
            .. await MeasureAsync(stage, "session ended from elsewhere", ways.SessionAsync, 2),
            .. await MeasureAsync(stage, "account frozen", ways.AccountAsync, 3),
            .. await MeasureAsync(stage, "other legal representative", ways.RepresentativeAsync, 4),
            .. await falling,
        ];
        var questions = (await stage.QuestionsAsync() - asked) / watch.Elapsed.TotalSeconds / stage.ApiClients.Count;
        figures.Add(new Figure($"{Crowd:N0} tokens of one mandate revoked", await EndCrowdAsync(stage, ways), "ms", Target: Promise));
        var cost = await FeedCost.MicrosecondsAsync(stage);
        figures.Add(new Figure("questions of one API to the feed", questions, "1/s"));
        figures.Add(new Figure("a question, nothing new, processor of Identity", cost, "µs"));
        figures.Add(new Figure("an API that follows, of one core of Identity", questions * cost / 10_000, "%"));
        return figures;
    }

    private static async Task<IReadOnlyList<Figure>> MeasureAsync(Stage stage, string what, Func<int, Task<Living>> prepareAsync, int seed)
    {
        var random = new Random(seed);
        List<double> times = [];
        for (var run = 0; run < Runs; run++)
        {
            var living = await prepareAsync(run);
            await Refusals.ExpectTakenAsync(stage, living);
            await Task.Delay(random.Next(Period));
            await living.EndAsync();
            times.Add(await Refusals.UntilAllRefuseAsync(stage, living));
        }

        times.Sort();
        return
        [
            new($"{what}, median of {Runs}", times[times.Count / 2], "ms"),
            new($"{what}, p95", times[(int)Math.Ceiling(times.Count * 0.95) - 1], "ms"),
            new($"{what}, slowest", times[^1], "ms", Target: Promise),
        ];
    }

    /// <summary>An agent with many token families, as if every one of his tabs had signed in anew.</summary>
    private static async Task<double> EndCrowdAsync(Stage stage, Ways ways)
    {
        var (user, page) = await ways.EmpoweredAsync();
        var tokens = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Enumerable.Range(0, Crowd), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) =>
        {
            using var twin = user.Twin();
            tokens.Add(await twin.TokenAsync(stage.App));
        });
        foreach (var token in tokens)
        {
            await Refusals.ExpectTakenAsync(stage, new Living(token, User: null, () => Task.CompletedTask));
        }

        await ways.RevokeAsync(page);
        return await Refusals.UntilAllRefuseAsync(stage, [.. tokens]);
    }
}
