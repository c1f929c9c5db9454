using Npgsql;
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
    private readonly PostgresCluster cluster = PostgresCluster.Shared;
    private readonly string prefix = $"yinxin_{Guid.NewGuid():N}";

    /// <summary>The platform's clock, which a test may put forward.</summary>
    public AdjustableTime Time { get; } = new();

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        NpgsqlConnection.ClearAllPools();
    }

    /// <summary>Connection to the database of one app.</summary>
    public string ConnectionTo(string app) => $"{cluster.Connection};Database={prefix}_{app}";

    protected override Task<PlatformOptions> OptionsAsync(PlatformOptions options) =>
        Task.FromResult(options with { DemoClient = true, DatabaseProvider = "postgres", Connection = cluster.Connection, DatabasePrefix = prefix, Time = Time });
}
