using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Tests.Console;

/// <summary>How a database would answer a question: by which index, and whether it sorts what it found.</summary>
internal static class Plans
{
    public static async Task<string> OfAsync(IdentityContext database, IQueryable query)
    {
        await using var transaction = await database.Database.BeginTransactionAsync();
        if (database.Database.IsNpgsql())
        {
            // The few rows of a test are read quicker from end to end, and sorted; of a million they are not.
            await database.Database.ExecuteSqlRawAsync("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off");
        }

        await using var command = query.CreateDbCommand();
        command.CommandText = (database.Database.IsNpgsql() ? "EXPLAIN " : "EXPLAIN QUERY PLAN ") + command.CommandText;
        var plan = "";
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            plan += rows.GetString(rows.FieldCount - 1) + "\n";
        }

        return plan;
    }
}
