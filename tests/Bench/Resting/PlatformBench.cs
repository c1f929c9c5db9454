using System.Diagnostics;

namespace Yinxin.Bench.Resting;

/// <summary>The whole platform at rest: time from command to ready on a fresh directory, and resident memory after it.</summary>
internal static class PlatformBench
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        var watch = Stopwatch.StartNew();
        await using var platform = await workplace.StartPlatformAsync();
        var ready = watch.Elapsed.TotalSeconds;
        await Task.Delay(Rest);
        return
        [
            new("from command to ready, first run", ready, "s", Target: "≤ 15"),
            new("resident memory of all apps at rest", platform.ResidentBytes / 1e6, "MB", Target: "< 400"),
        ];
    }
}
