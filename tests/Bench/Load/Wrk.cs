using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Yinxin.Bench.Load;

/// <summary>The load generator <c>wrk</c> (Debian package of that name): bounded in time, on loopback only.</summary>
internal static partial class Wrk
{
    private const int Connections = 16;

    /// <summary>Requests a second of one form post. Any answer but 2xx ends the benchmark: a refused request is not a fast one.</summary>
    public static async Task<double> PostFormAsync(Uri address, string body, string authorization, TimeSpan duration)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Load", "post-form.lua");
        return (await RunAsync(address, duration, ["-s", script], new() { ["BENCH_BODY"] = body, ["BENCH_AUTHORIZATION"] = authorization })).PerSecond;
    }

    /// <summary>One address by GET: requests a second, and how many they were.</summary>
    public static Task<(double PerSecond, long Count)> GetAsync(Uri address, TimeSpan duration) => RunAsync(address, duration, [], []);

    private static async Task<(double PerSecond, long Count)> RunAsync(Uri address, TimeSpan duration, string[] options, Dictionary<string, string> environment)
    {
        if (!address.IsLoopback)
        {
            throw new InvalidOperationException($"{address} is not on loopback.");
        }

        var start = new ProcessStartInfo(
            "wrk",
            ["-t1", string.Create(CultureInfo.InvariantCulture, $"-c{Connections}"), string.Create(CultureInfo.InvariantCulture, $"-d{(int)duration.TotalSeconds}s"), .. options, address.AbsoluteUri])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("wrk did not start; install the Debian package wrk.");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || RequestsPerSecond().Match(output) is not { Success: true } match)
        {
            throw new InvalidOperationException($"{address} did not answer every request with success:\n{output}");
        }

        return (double.Parse(match.Groups["rate"].ValueSpan, CultureInfo.InvariantCulture), long.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"(?<count>\d+) requests in .*Requests/sec:\s+(?<rate>[\d.]+)", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RequestsPerSecond();
}
