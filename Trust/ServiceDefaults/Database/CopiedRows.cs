using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Yinxin.ServiceDefaults.Database;

/// <summary>
/// Stores a context's new rows by PostgreSQL's COPY, table by table, instead of a parameter for each value of each row: for imports, where the same few tables get thousands of rows.
/// In the caller's transaction, so all or nothing as with any save.
/// </summary>
public static class CopiedRows
{
    /// <summary>Stores what is added; changed rows are left to the save that follows.</summary>
    /// <param name="context">On PostgreSQL, in a transaction. The rows must have their keys: a number that the database gives is not read back.</param>
    /// <param name="cancellationToken">Ends the wait; the transaction is then of no use.</param>
    /// <returns>How many rows.</returns>
    /// <exception cref="DbUpdateException">The database refuses a row, e.g. for a key that is taken; the transaction is then of no use.</exception>
    public static async Task<int> StoreAsync(DbContext context, CancellationToken cancellationToken)
    {
        if (context.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("Copied rows belong to a transaction.");
        }

        var added = context.ChangeTracker.Entries().Where(e => e.State == EntityState.Added).ToLookup(e => e.Metadata);
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        var stored = 0;
        foreach (var type in PrincipalsFirst([.. added.Select(group => group.Key)]))
        {
            List<EntityEntry> entries = [.. added[type]];
            try
            {
                await CopyAsync(connection, type, entries, cancellationToken);
            }
            catch (PostgresException e)
            {
                throw new DbUpdateException($"Rows of {type.GetTableName()} were refused.", e);
            }

            stored += entries.Count;
        }

        foreach (var entry in added.SelectMany(group => group))
        {
            // Not before all are stored: a row whose key the database gave is not known by it.
            entry.State = entry.Properties.Any(p => p.IsTemporary) ? EntityState.Detached : EntityState.Unchanged;
        }

        return stored;
    }

    private static async Task CopyAsync(NpgsqlConnection connection, IEntityType type, List<EntityEntry> entries, CancellationToken cancellationToken)
    {
        var table = StoreObjectIdentifier.Table(type.GetTableName()!, type.GetSchema());
        List<Column> columns = [.. type.GetProperties().Where(p => !entries[0].Property(p).IsTemporary).Select(p => new Column(p, p.GetColumnName(table)!, p.GetRelationalTypeMapping()))];
        var names = string.Join(", ", columns.Select(c => $"\"{c.Name}\""));
        await using var writer = await connection.BeginBinaryImportAsync($"COPY \"{type.GetTableName()}\" ({names}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var entry in entries)
        {
            await writer.StartRowAsync(cancellationToken);
            foreach (var column in columns)
            {
                var value = entry.CurrentValues[column.Property];
                if (column.Mapping.Converter is { } converter)
                {
                    value = converter.ConvertToProvider(value);
                }

                await (value is null ? writer.WriteNullAsync(cancellationToken) : writer.WriteAsync(value, column.Mapping.StoreTypeNameBase, cancellationToken));
            }
        }

        await writer.CompleteAsync(cancellationToken);
    }

    /// <summary>Whom foreign keys point to comes before who points.</summary>
    private static List<IEntityType> PrincipalsFirst(IReadOnlyCollection<IEntityType> types)
    {
        var done = new HashSet<IEntityType>();
        var ordered = new List<IEntityType>(types.Count);
        foreach (var type in types)
        {
            Visit(type);
        }

        return ordered;

        void Visit(IEntityType type)
        {
            if (!done.Add(type))
            {
                return;
            }

            foreach (var principal in type.GetForeignKeys().Select(k => k.PrincipalEntityType).Where(types.Contains))
            {
                Visit(principal);
            }

            ordered.Add(type);
        }
    }

    private sealed record Column(IProperty Property, string Name, Microsoft.EntityFrameworkCore.Storage.RelationalTypeMapping Mapping);
}
