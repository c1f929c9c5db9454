using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Yinxin.Identity.Server.Data;

/// <summary>The database as an auditor opens it, who has no server and no keys: a file for reading alone.</summary>
internal static class AuditedDatabase
{
    /// <param name="provider"><c>sqlite</c> (then <paramref name="source"/> is a file) or <c>postgres</c> (a connection string).</param>
    /// <param name="source">Where the database is.</param>
    // With the options that shape the tables: a model made without them would be kept, and be the one of every later context of this process.
    public static IdentityContext Open(string provider, string source) => provider == "sqlite"
        ? new SqliteIdentityContext(new DbContextOptionsBuilder<SqliteIdentityContext>().UseSqlite(
            new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString()).UseApplicationServiceProvider(DesignTimeServices.Build()).Options)
        : new PostgresIdentityContext(new DbContextOptionsBuilder<PostgresIdentityContext>().UseNpgsql(source).UseApplicationServiceProvider(DesignTimeServices.Build()).Options);
}
