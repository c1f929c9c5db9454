using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Log;

namespace Yinxin.Trust.Tests.Log;

/// <summary>A Trust.Server of its own, listening on loopback; on SQLite unless the settings name another database.</summary>
internal sealed class LogNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly WebApplication app;
    private readonly DirectoryInfo directory;
    private readonly bool ownsDirectory;

    private LogNode(Uri address, WebApplication app, DirectoryInfo directory, bool ownsDirectory) =>
        (Address, this.app, this.directory, this.ownsDirectory) = (address, app, directory, ownsDirectory);

    public Uri Address { get; }

    /// <summary>Prefix of its log.</summary>
    public Uri Log => new(Address, "log");

    public string DataDirectory => directory.FullName;

    public IServiceProvider Services => app.Services;

    public HttpClient Client { get; } = new();

    /// <summary>Name and keys of its log, as text.</summary>
    public LogKeys Keys => Services.GetRequiredService<LogKeys>();

    public LogStore Store => Services.GetRequiredService<LogStore>();

    /// <param name="settings">More configuration, e.g. <c>Log:Quorum</c>.</param>
    /// <param name="dataDirectory">A directory kept from before; null for a fresh one that is removed with the node.</param>
    /// <param name="address">Where it listens; null for a free port.</param>
    /// <param name="configure">What else the test puts underneath.</param>
    public static async Task<LogNode> StartAsync(
        IEnumerable<KeyValuePair<string, string?>>? settings = null, string? dataDirectory = null, Uri? address = null, Action<WebApplicationBuilder>? configure = null)
    {
        address ??= new Uri(FormattableString.Invariant($"http://localhost:{FreePort.Next()}"));
        var directory = dataDirectory is null ? Directory.CreateTempSubdirectory("yinxin-trust-node-") : new DirectoryInfo(dataDirectory);
        var app = TrustServerApp.Build([], builder =>
        {
            builder.Configuration.AddInMemoryCollection([
                new("App:Address", address.ToString()),
                new("App:DataDirectory", directory.FullName),
                new("App:MasterKey", Convert.ToBase64String(new byte[32])),
                new("Addresses:Trust", address.ToString()),
                new("Trust:Time:TrustSystemClock", "true"),
                .. settings ?? [],
            ]);
            builder.Logging.ClearProviders();
            configure?.Invoke(builder);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new LogNode(address, app, directory, dataDirectory is null);
    }

    /// <summary>Puts so many new entries in and waits until a published tree holds them; the size of that tree.</summary>
    public async Task<long> AppendAsync(int count, string kind = "test.done")
    {
        var places = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => AppendAsync(Entry(kind), Guid.NewGuid().ToString())));
        return await PublishedAsync(places.Max()!.Value + 1);
    }

    /// <summary>Waits until the published tree has so many entries; its size.</summary>
    public async Task<long> PublishedAsync(long size)
    {
        var head = await Services.GetRequiredService<LogProgress>().WaitForAsync(size - 1, Store, Patience, TestContext.Current.CancellationToken);
        return head?.Size ?? throw new InvalidOperationException($"No tree of {size} entries was published.");
    }

    public Task<long?> AppendAsync(byte[] entry, string key) =>
        Services.GetRequiredService<LogAppender>().AppendAsync(new KeyedEntry(LogAppender.KeyOf("test", key), entry), TestContext.Current.CancellationToken);

    public static byte[] Entry(string kind = "test.done")
    {
        var digest = Guid.NewGuid().ToByteArray();
        return new LogEntry(kind, DateTimeOffset.UnixEpoch, System.Security.Cryptography.SHA256.HashData(digest), System.Security.Cryptography.SHA256.HashData([.. digest, 1])).Encode();
    }

    public Task<LogHead> HeadAsync() => Store.HeadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        // Disposal alone does not wait for what still writes.
        await app.StopAsync();
        await app.DisposeAsync();
        Client.Dispose();
        if (ownsDirectory)
        {
            directory.Delete(recursive: true);
        }
    }
}
