using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Org.BouncyCastle.Asn1.Tsp;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Server;

namespace Yinxin.Trust.Tests.Timestamps;

/// <summary>A Trust server with a clock of its own; several may share a directory, and so a database.</summary>
internal sealed class TimestampServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient client = new();

    private TimestampServer(WebApplication app, Uri address) => (this.app, Address) = (app, address);

    public Uri Address { get; }

    public HttpClient Client => client;

    public static async Task<TimestampServer> StartAsync(string directory, TimeProvider time, params (string Key, string Value)[] settings)
    {
        var address = new Uri(FormattableString.Invariant($"http://localhost:{FreePort.Next()}"));
        var app = TrustServerApp.Build([], builder =>
        {
            var values = new Dictionary<string, string?>
            {
                ["App:Address"] = address.ToString(),
                ["App:DataDirectory"] = directory,
                ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["Addresses:Trust"] = address.ToString(),
            };
            foreach (var (key, value) in settings)
            {
                values[key] = value;
            }

            builder.Configuration.AddInMemoryCollection(values);
            builder.Services.AddSingleton(time);
            builder.Logging.ClearProviders();
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TimestampServer(app, address);
    }

    public async Task<TimeStampResp> AskAsync(byte[] request, string path = "tsa")
    {
        using var response = await PostAsync(request, path, "application/timestamp-query");
        Assert.Equal("application/timestamp-reply", response.Content.Headers.ContentType?.ToString());
        return TimeStampResp.GetInstance(await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync());
    }

    public async Task<HttpResponseMessage> PostAsync(byte[] request, string path, string type)
    {
        using var content = new ByteArrayContent(request);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return await client.PostAsync(new Uri(Address, path), content);
    }

    public async Task<TrustBundle> BundleAsync() => TrustBundle.Parse(await client.GetByteArrayAsync(new Uri(Address, "trust-bundle.json")));

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
