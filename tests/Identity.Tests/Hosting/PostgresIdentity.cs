using System.Data.Common;
using Npgsql;
using Yinxin.Testing;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>The same server on a PostgreSQL of its own.</summary>
public class PostgresIdentity : IdentityFixture
{
    private PostgresCluster? cluster;
    private NpgsqlDataSource? own;

    /// <summary>Untraced: a test's own statement may name somebody, and another test listens to all that this process says.</summary>
    public override DbConnection Connect() => own!.CreateConnection();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (own is not null)
        {
            await own.DisposeAsync();
        }

        cluster?.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override Task<(string Provider, string? ConnectionString)> DatabaseAsync()
    {
        cluster = PostgresCluster.Start();
        var connection = cluster.Connection + ";Database=postgres";
        var untraced = new NpgsqlDataSourceBuilder(connection);
        untraced.ConfigureTracing(tracing => tracing.ConfigureCommandFilter(_ => false).ConfigureBatchFilter(_ => false));
        own = untraced.Build();
        return Task.FromResult<(string, string?)>(("postgres", connection));
    }
}
