using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yinxin.Testing;

namespace Yinxin.Trust.Tests.Expiry;

/// <summary>Who is told; answers as a test wants, and checks the signature as RFC 9421 says, by code of its own.</summary>
internal sealed class NoticeReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private NoticeReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add(Address.GetLeftPart(UriPartial.Authority));
        app.MapPost("/notices", (Delegate)ReceiveAsync);
        app.MapPost("/elsewhere", () => Elsewhere++);
    }

    public Uri Address { get; } = new(FormattableString.Invariant($"http://localhost:{FreePort.Next()}/notices"));

    public byte[] Secret { get; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>What it answers to the n-th message; 204 when there is none.</summary>
    public Func<int, HttpContext, Task<IResult>> Answer { get; set; } = (_, _) => Task.FromResult(Results.NoContent());

    public ConcurrentQueue<(string Key, bool Signed, JsonElement Body)> Received { get; } = [];

    public int Elsewhere { get; private set; }

    public static async Task<NoticeReceiver> StartAsync()
    {
        var receiver = new NoticeReceiver();
        await receiver.app.StartAsync();
        return receiver;
    }

    public async Task WaitAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(50, limit.Token);
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpContext http)
    {
        using var memory = new MemoryStream();
        await http.Request.Body.CopyToAsync(memory);
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        Received.Enqueue((key, IsSigned(http.Request, memory.ToArray()), JsonElement.Parse(memory.ToArray())));
        return await Answer(Received.Count, http);
    }

    private bool IsSigned(HttpRequest request, byte[] body)
    {
        var digest = "sha-256=:" + Convert.ToBase64String(SHA256.HashData(body)) + ":";
        var input = request.Headers["Signature-Input"].ToString();
        var text = "\"@method\": POST\n\"@target-uri\": " + Address.AbsoluteUri + "\n\"content-type\": application/json\n\"content-digest\": " + digest
            + "\n\"idempotency-key\": " + request.Headers["Idempotency-Key"] + "\n\"@signature-params\": " + input["sig1=".Length..];
        return request.Headers["Content-Digest"] == digest && input.Contains("keyid=\"expiry-watch\"", StringComparison.Ordinal)
            && request.Headers["Signature"] == "sig1=:" + Convert.ToBase64String(HMACSHA256.HashData(Secret, Encoding.ASCII.GetBytes(text))) + ":";
    }
}
