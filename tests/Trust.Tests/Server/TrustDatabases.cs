using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using Yinxin.Testing;

namespace Yinxin.Trust.Tests.Server;

/// <summary>Databases for nodes of Trust; each test may have one of its own, and several nodes on it.</summary>
public abstract class TrustDatabases : IAsyncLifetime
{
    private TokenIssuer? tokens;

    public async ValueTask InitializeAsync() => tokens = await TokenIssuer.StartAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await tokens!.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A fresh, empty database.</summary>
    public abstract Task<Dictionary<string, string?>> CreateAsync();

    public Task<TrustNode> StartAsync(Dictionary<string, string?> database, AdjustableTime time, params (string Key, string Value)[] settings) =>
        StartAsync(database, time, settings, services: null);

    /// <summary>With services of the test's own, such as names that no name server knows.</summary>
    public Task<TrustNode> StartAsync(Dictionary<string, string?> database, AdjustableTime time, (string Key, string Value)[] settings, Action<IServiceCollection>? services)
    {
        var all = new Dictionary<string, string?>(database);
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        return TrustNode.StartAsync(tokens!, time, all, services);
    }
}

public sealed class SqliteTrust : TrustDatabases
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-trust-database-");
    private int count;

    public override Task<Dictionary<string, string?>> CreateAsync() => Task.FromResult(new Dictionary<string, string?>
    {
        ["Database:Provider"] = "sqlite",
        ["Database:ConnectionString"] = $"Data Source={Path.Combine(directory.FullName, FormattableString.Invariant($"{Interlocked.Increment(ref count)}.sqlite"))};Default Timeout=30",
    });

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        directory.Delete(recursive: true);
    }
}

public sealed class PostgresTrust : TrustDatabases
{
    public override async Task<Dictionary<string, string?>> CreateAsync() => new()
    {
        ["Database:Provider"] = "postgres",
        ["Database:ConnectionString"] = await PostgresCluster.Shared.CreateAsync("trust"),
    };

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
    }
}
