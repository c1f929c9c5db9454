using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Testing;

namespace Yinxin.Trust.Tests.Log.Monitoring;

/// <summary>Serves one directory's log and, when told so, another's in its place: a log that shows different histories.</summary>
internal sealed class LogFileServer : IAsyncDisposable
{
    private readonly WebApplication server;

    private LogFileServer(Uri address, string root)
    {
        (Address, Root) = (address, root);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.ToString());
        server = builder.Build();
        server.Run(async http =>
        {
            var file = Path.Combine(Root, http.Request.Path.Value![1..]);
            http.Response.StatusCode = !IsUp ? 503 : File.Exists(file) ? 200 : 404;
            if (http.Response.StatusCode == 200)
            {
                await http.Response.SendFileAsync(file);
            }
        });
    }

    public Uri Address { get; }

    public string Root { get; set; }

    public bool IsUp { get; set; } = true;

    public static async Task<LogFileServer> StartAsync(string root)
    {
        var server = new LogFileServer(new Uri(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Next()}")), root);
        await server.server.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
