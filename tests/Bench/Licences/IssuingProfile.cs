using System.Collections.Concurrent;
using System.Diagnostics;
using Yinxin.Launch.Platform;

namespace Yinxin.Bench.Licences;

/// <summary>Where the time of one licence goes: the spans of License and Seal, with one caller, so that nothing waits for another licence.</summary>
internal static class IssuingProfile
{
    private const int Measured = 200;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);

    private static readonly (string Span, string Meaning)[] Parts =
    [
        ("number", "take the number"),
        ("seal", "seal the data (Seal over HTTP)"),
        ("render", "lay out, render, prepare the signature"),
        ("sign", "sign the PDF (Seal over HTTP)"),
        ("verify", "verify the result"),
        ("store", "store files and row"),
    ];

    /// <summary>The platform runs in this process, because spans are listened to where they are made.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        await using var platform = await RunningPlatform.StartAsync(new PlatformOptions { DataDirectory = workplace.DataDirectory, BasePort = workplace.BasePort });
        using var load = await IssuingLoad.ConnectAsync(platform.Description);
        await load.RunAsync(callers: 1, WarmUp);

        var ticks = new ConcurrentDictionary<string, long>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Yinxin.", StringComparison.Ordinal),
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => ticks.AddOrUpdate(activity.OperationName, activity.Duration.Ticks, (_, sum) => sum + activity.Duration.Ticks),
        };
        ActivitySource.AddActivityListener(listener);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Measured; i++)
        {
            await load.IssueAsync();
        }

        var whole = watch.Elapsed.TotalMilliseconds / Measured;
        var parts = Parts.Select(p => new Figure("profile: " + p.Meaning, Each(p.Span), "ms")).ToList();
        return
        [
            new("profile: one licence, one caller", whole, "ms"),
            .. parts,
            new("profile: the rest (HTTP, token, idempotency)", whole - parts.Sum(p => p.Value), "ms"),
            new("profile: in Seal, both calls: sign and timestamp", Each("sign and timestamp"), "ms"),
            new("profile: in Seal, both calls: record the use", Each("record the use"), "ms"),
        ];

        double Each(string span) => TimeSpan.FromTicks(ticks.GetValueOrDefault(span)).TotalMilliseconds / Measured;
    }
}
