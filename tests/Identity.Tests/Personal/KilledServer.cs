using System.Diagnostics;
using System.Net;
using Xunit;

namespace Yinxin.Identity.Tests.Personal;

/// <summary>The server's own program as a process of its own, which ends by SIGKILL: no handler runs, nothing is flushed, no transaction is closed.</summary>
internal sealed class KilledServer : IDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private readonly Process process;

    private KilledServer(Process process) => this.process = process;

    public static async Task<KilledServer> StartAsync(string address, IReadOnlyDictionary<string, string?> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Yinxin.Identity.Server.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (key, value) in settings.Where(s => s.Value is not null))
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        start.Environment["Logging__LogLevel__Default"] = "Error";
        var server = new KilledServer(Process.Start(start)!);
        try
        {
            // Read, or a full pipe would stop it; said when it does not start.
            var said = Task.WhenAll(server.process.StandardOutput.ReadToEndAsync(), server.process.StandardError.ReadToEndAsync());
            using var http = new HttpClient { BaseAddress = new Uri(address) };
            using var limit = new CancellationTokenSource(LongestStart);
            while (!await IsLiveAsync(http, limit.Token))
            {
                Assert.False(server.process.HasExited, server.process.HasExited ? string.Join('\n', await said) : "");
                await Task.Delay(50, limit.Token);
            }

            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        Assert.NotEqual(0, process.ExitCode);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private static async Task<bool> IsLiveAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/health/live", UriKind.Relative), cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
