using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Yinxin.Trust.Tests.Acme;

/// <summary>The site whose name is to be proved; it answers as a test wants it to.</summary>
public sealed class ProofServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, RequestDelegate> answers = new();
    private int requests;

    private ProofServer(string address, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add(FormattableString.Invariant($"http://{address}:{port}"));
        app.Run(async http =>
        {
            Interlocked.Increment(ref requests);
            await (answers.TryGetValue(http.Request.Path.Value!.Split('/')[^1], out var answer) ? answer(http) : NotFound(http));
        });
    }

    public int Requests => Volatile.Read(ref requests);

    public static async Task<ProofServer> StartAsync(int port, string address = "127.0.0.1")
    {
        var server = new ProofServer(address, port);
        await server.app.StartAsync();
        return server;
    }

    public void Serve(string token, string text) => answers[token] = http => http.Response.WriteAsync(text);

    public void Serve(string token, RequestDelegate answer) => answers[token] = answer;

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    private static Task NotFound(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
