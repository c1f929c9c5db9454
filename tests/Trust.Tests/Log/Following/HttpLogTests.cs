using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Log;
using static Yinxin.Trust.Tests.Log.Following.CheckLog;

namespace Yinxin.Trust.Tests.Log.Following;

/// <summary>A log behind a web server: honest, then hostile in each way that costs its reader time or memory.</summary>
public sealed class HttpLogTests : IAsyncLifetime
{
    private readonly SampleLog log = new();
    private readonly Uri address = new(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Next()}/log/"));
    private readonly CancellationTokenSource stopped = new();
    private Func<HttpContext, RequestDelegate, Task> answer = (http, files) => files(http);
    private WebApplication? server;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.GetLeftPart(UriPartial.Authority));
        server = builder.Build();
        server.Use((http, next) => answer(http, new RequestDelegate(next)));
        server.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(log.Root), RequestPath = "/log", ServeUnknownFileTypes = true });
        await server.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await stopped.CancelAsync();
        await server!.DisposeAsync();
        stopped.Dispose();
        log.Dispose();
    }

    [Fact]
    public async Task A_log_on_any_web_server_is_proved()
    {
        var checkedLog = await RunAsync(address.ToString(), "--key", SampleLog.Key.Verifier.ToString());
        Assert.Equal((0, ""), (checkedLog.Exit, checkedLog.Errors));
        Assert.Equal(SampleLog.Size, checkedLog.Log.GetProperty("entries").GetInt32());
    }

    [Fact]
    public async Task A_server_that_fails_midway_proves_nothing_and_accuses_nobody()
    {
        answer = (http, files) =>
        {
            var fails = http.Request.Path.Value!.EndsWith("/entries/001", StringComparison.Ordinal);
            http.Response.StatusCode = fails ? 503 : 200;
            return fails ? Task.CompletedTask : files(http);
        };
        var checkedLog = await RunAsync(address.ToString());
        Assert.Equal((2, "unknown", "unreachable"), (checkedLog.Exit, Text(checkedLog.Log, "result"), Text(checkedLog.Log, "reason")));
        Assert.Contains("503", Text(checkedLog.Log, "why"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tile/0/000", false)]
    [InlineData("tile/0/000", true)]
    [InlineData("checkpoint", false)]
    public async Task An_answer_without_end_is_cut_off_also_when_it_is_compressed(string path, bool compressed)
    {
        answer = async (http, files) =>
        {
            if (!http.Request.Path.Value!.EndsWith(path, StringComparison.Ordinal))
            {
                await files(http);
                return;
            }

            http.Response.Headers.ContentEncoding = compressed ? "gzip" : default;
            await using var body = compressed ? new GZipStream(http.Response.Body, CompressionLevel.Fastest) : http.Response.Body;
            var zeros = new byte[64 * 1024];
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await body.WriteAsync(zeros, http.RequestAborted);
            }
        };
        var checkedLog = await RunAsync(address.ToString());
        Assert.Equal(path == "checkpoint" ? 2 : 1, checkedLog.Exit);
        Assert.Contains("is larger than", path == "checkpoint" ? checkedLog.Errors : Text(checkedLog.Log, "why"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_trickles_or_says_nothing_is_left_in_time(bool trickles)
    {
        answer = async (http, _) =>
        {
            if (trickles)
            {
                await http.Response.WriteAsync("x", http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
            }

            await Task.Delay(Timeout.Infinite, stopped.Token);
        };
        using var client = new HttpClient();
        var source = new HttpLogSource(client, address, TimeSpan.FromMilliseconds(300));
        var fault = await Assert.ThrowsAsync<LogFaultException>(async () => await source.ReadAsync("checkpoint", 1000, TestContext.Current.CancellationToken));
        Assert.Equal(LogFault.Unreachable, fault.Fault);
    }

    [Fact]
    public async Task A_whole_check_has_its_end_too()
    {
        answer = (_, _) => Task.Delay(Timeout.Infinite, stopped.Token);
        var checkedLog = await RunAsync(address.ToString(), "--seconds", "1");
        Assert.Equal(2, checkedLog.Exit);
        Assert.Contains("time is over", checkedLog.Errors, StringComparison.Ordinal);
    }
}
