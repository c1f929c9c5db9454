using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Yinxin.ServiceDefaults.SiteCertificates;

/// <summary>Answers http-01 (RFC 8555 §8.3) on plain HTTP, with this one file and for the time of one order only.</summary>
internal sealed class ProofListener : IAsyncDisposable
{
    private readonly WebApplication app;

    private ProofListener(int port, string token, string proof)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 100;
            kestrel.ListenAnyIP(port);
        });
        app = builder.Build();
        app.MapGet("/.well-known/acme-challenge/" + token, () => Results.Text(proof, "application/octet-stream"));
    }

    public static async Task<ProofListener> StartAsync(int port, string token, string proof, CancellationToken cancellationToken)
    {
        var listener = new ProofListener(port, token, proof);
        await listener.app.StartAsync(cancellationToken);
        return listener;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
