using System.Data.Common;
using Npgsql;
using Yinxin.Testing;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>The same server on a PostgreSQL database of its own.</summary>
public class PostgresIdentity : IdentityFixture
{
    private NpgsqlDataSource? own;
    private string place = "";

    /// <summary>Untraced: a test's own statement may name somebody, and another test listens to all that this process says.</summary>
    public override DbConnection Connect() => own!.CreateConnection();

    public override (string Provider, string Source) Database => ("postgres", place);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (own is not null)
        {
            await own.DisposeAsync();
        }

        NpgsqlConnection.ClearAllPools();
        GC.SuppressFinalize(this);
    }

    /// <summary>The server that the database is on.</summary>
    protected virtual PostgresCluster Cluster => PostgresCluster.Shared;

    protected override async Task<(string Provider, string? ConnectionString)> DatabaseAsync()
    {
        var connection = await Cluster.CreateAsync("identity");
        var untraced = new NpgsqlDataSourceBuilder(connection);
        untraced.ConfigureTracing(tracing => tracing.ConfigureCommandFilter(_ => false).ConfigureBatchFilter(_ => false));
        (own, place) = (untraced.Build(), connection);
        return ("postgres", connection);
    }
}

/// <summary>The same on a PostgreSQL of its own, for tests that look at every session and lock of the server.</summary>
public sealed class SecludedPostgres : PostgresIdentity
{
    private PostgresCluster? cluster;

    protected override PostgresCluster Cluster => cluster ??= PostgresCluster.Start();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        cluster?.Dispose();
    }
}
