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
        if (!address.IsLoopback)
        {
            throw new InvalidOperationException($"{address} is not on loopback.");
        }

        var start = new ProcessStartInfo("wrk")
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            ArgumentList =
            {
                "-t1", string.Create(CultureInfo.InvariantCulture, $"-c{Connections}"),
                string.Create(CultureInfo.InvariantCulture, $"-d{(int)duration.TotalSeconds}s"),
                "-s", Path.Combine(AppContext.BaseDirectory, "Load", "post-form.lua"), address.AbsoluteUri,
            },
            Environment = { ["BENCH_BODY"] = body, ["BENCH_AUTHORIZATION"] = authorization },
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("wrk did not start; install the Debian package wrk.");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || RequestsPerSecond().Match(output) is not { Success: true } match)
        {
            throw new InvalidOperationException($"{address} did not answer every request with success:\n{output}");
        }

        return double.Parse(match.Groups["rate"].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Requests/sec:\s+(?<rate>[\d.]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RequestsPerSecond();
}
