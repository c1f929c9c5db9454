using System.Diagnostics;

namespace Yinxin.Bench.Load;

/// <summary>A server in a process of its own, ended with the benchmark whatever happens.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process process;

    private ChildProcess(Process process) => this.process = process;

    public int Id => process.Id;

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>What it has used of the processors so far. A rate by this time is a rate for one core whatever else the machine does.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a program and waits until its address answers.</summary>
    public static async Task<ChildProcess> StartAsync(string file, IEnumerable<string> arguments, Uri ready, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(file) { WorkingDirectory = workingDirectory ?? Environment.CurrentDirectory, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var started = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        var output = new System.Collections.Concurrent.ConcurrentQueue<string>();
        started.OutputDataReceived += (_, e) => output.Enqueue(e.Data ?? "");
        started.ErrorDataReceived += (_, e) => output.Enqueue(e.Data ?? "");
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        var child = new ChildProcess(started);
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(60) && !started.HasExited)
        {
            try
            {
                using var response = await client.GetAsync(ready);
                if (response.IsSuccessStatusCode)
                {
                    return child;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                await Task.Delay(50);
            }
        }

        await child.DisposeAsync();
        throw new InvalidOperationException($"{file} {string.Join(' ', start.ArgumentList)} did not become ready:\n{string.Join('\n', output)}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
