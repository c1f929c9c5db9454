using Npgsql;

namespace Yinxin.ServiceDefaults.Database;

/// <summary>What the operator's connection string leaves open, set to what these apps need.</summary>
public static class PostgresConnections
{
    /// <summary>More than any app has statements that it sends again and again.</summary>
    private const int Prepared = 200;

    /// <summary>
    /// Statements that come again are prepared once for each connection: the server parses and plans them no more. And a connection goes back to the pool as it is: apps leave nothing
    /// in it that the next user would meet, for locks belong to transactions and nobody uses session settings, temporary tables or LISTEN. Whatever the operator sets stands, e.g.
    /// <c>Max Auto Prepare=0</c> behind a pooler that cannot keep prepared statements.
    /// </summary>
    public static string Tuned(string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection);
        if (!IsSet("Max Auto Prepare"))
        {
            (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (Prepared, 3);
        }

        if (!IsSet("No Reset On Close"))
        {
            builder.NoResetOnClose = true;
        }

        return builder.ConnectionString;

        // Not ContainsKey, which is true for every word that the builder knows.
        bool IsSet(string keyword) => builder.Keys.Cast<string>().Contains(keyword, StringComparer.OrdinalIgnoreCase);
    }
}
