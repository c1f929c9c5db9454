using Xunit;
using Yinxin.Launch.Platform;

namespace Yinxin.Testing;

/// <summary>The platform with the demo's app, on SQLite.</summary>
public sealed class SqlitePlatform : PlatformFixture
{
    protected override Task<PlatformOptions> OptionsAsync(PlatformOptions options) => Task.FromResult(options with { DemoClient = true, Time = Time });

    /// <summary>The platform's clock, which a test may put forward.</summary>
    public AdjustableTime Time { get; } = new();
}

/// <summary>The same on PostgreSQL, each app with a database of its own.</summary>
public sealed class PostgresPlatform : PlatformFixture, IAsyncLifetime
{
    private readonly PostgresCluster cluster = PostgresCluster.Start();

    /// <summary>Connection without a database.</summary>
    public string Connection => cluster.Connection;

    /// <summary>The platform's clock, which a test may put forward.</summary>
    public AdjustableTime Time { get; } = new();

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        cluster.Dispose();
    }

    protected override Task<PlatformOptions> OptionsAsync(PlatformOptions options) =>
        Task.FromResult(options with { DemoClient = true, DatabaseProvider = "postgres", Connection = cluster.Connection, Time = Time });
}
