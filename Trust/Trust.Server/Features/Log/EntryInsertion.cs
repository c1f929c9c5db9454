using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Log;

/// <summary>Inserts thousands of entries in the current transaction. One tracked entity each would cost many times what the database itself does.</summary>
internal static class EntryInsertion
{
    private const string Sqlite = """INSERT INTO "LogEntries" ("Position", "Key", "Entry") VALUES ($position, $key, $entry)""";
    private const string Postgres = """INSERT INTO "LogEntries" ("Position", "Key", "Entry") SELECT * FROM unnest(@positions, @keys, @entries)""";

    public static async Task InsertAsync(TrustContext database, IReadOnlyList<LogEntryRecord> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
        {
            return;
        }

        if (database.Database.IsNpgsql())
        {
            await database.Database.ExecuteSqlRawAsync(
                Postgres,
                [
                    new NpgsqlParameter("positions", NpgsqlDbType.Array | NpgsqlDbType.Bigint) { Value = entries.Select(e => e.Position).ToArray() },
                    new NpgsqlParameter("keys", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = entries.Select(e => e.Key).ToArray() },
                    new NpgsqlParameter("entries", NpgsqlDbType.Array | NpgsqlDbType.Bytea) { Value = entries.Select(e => e.Entry).ToArray() },
                ],
                cancellationToken);
            return;
        }

        await InsertSqliteAsync((SqliteConnection)database.Database.GetDbConnection(), (SqliteTransaction)database.Database.CurrentTransaction!.GetDbTransaction(), entries, cancellationToken);
    }

    /// <summary>One statement, prepared once.</summary>
    private static async Task InsertSqliteAsync(SqliteConnection connection, SqliteTransaction transaction, IReadOnlyList<LogEntryRecord> entries, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (Sqlite, transaction);
        var position = command.Parameters.Add("$position", SqliteType.Integer);
        var key = command.Parameters.Add("$key", SqliteType.Text);
        var content = command.Parameters.Add("$entry", SqliteType.Blob);
        await command.PrepareAsync(cancellationToken);
        foreach (var entry in entries)
        {
            (position.Value, key.Value, content.Value) = (entry.Position, entry.Key, entry.Entry);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
