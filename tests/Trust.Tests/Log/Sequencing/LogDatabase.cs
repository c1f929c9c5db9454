using Microsoft.EntityFrameworkCore;
using Npgsql;
using Yinxin.Testing;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Tests.Log.Sequencing;

/// <summary>Gives each test a database of its own.</summary>
public interface ILogDatabase
{
    /// <summary><c>sqlite</c> or <c>postgres</c>.</summary>
    string Provider { get; }

    /// <summary>Connection to a database that is not there yet.</summary>
    /// <param name="directory">Where a file may go.</param>
    string Fresh(string directory);

    /// <summary>Past the server, as an operator would.</summary>
    DbContext Open(string connection);
}

/// <summary>A file for each.</summary>
public sealed class SqliteLogDatabase : ILogDatabase
{
    public string Provider => "sqlite";

    public string Fresh(string directory) => $"Data Source={Path.Combine(directory, "log.sqlite")};Default Timeout=30";

    public DbContext Open(string connection) => new SqliteTrustContext(new DbContextOptionsBuilder<SqliteTrustContext>().UseSqlite(connection).Options);
}

/// <summary>The server of the process, a database for each.</summary>
public sealed class PostgresLogDatabase : ILogDatabase, IDisposable
{
    private readonly PostgresCluster cluster = PostgresCluster.Shared;

    public string Provider => "postgres";

    public string Fresh(string directory) => $"{cluster.Connection};Database=log_{Guid.NewGuid():N}";

    public DbContext Open(string connection) => new PostgresTrustContext(new DbContextOptionsBuilder<PostgresTrustContext>().UseNpgsql(connection).Options);

    public void Dispose() => NpgsqlConnection.ClearAllPools();
}
