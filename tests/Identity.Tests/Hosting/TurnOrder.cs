using System.Collections.Concurrent;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Xunit;
using Yinxin.Identity.Tests.Hosting;

[assembly: AssemblyFixture(typeof(TurnOrderVerdict))]

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>
/// Watches every transaction of every server of the whole run: whoever takes the audit's turn takes it before the first row. Two that take them the other way round wait for one another, which
/// PostgreSQL ends after a second with an error for one of them (40P01), and a test meets once in a thousand runs. Found here each time, whether or not they met.
/// </summary>
internal sealed class TurnOrder : DbCommandInterceptor
{
    private const int LongestShown = 300;

    /// <summary>Kept as long as the transaction itself.</summary>
    private static readonly ConditionalWeakTable<IDbContextTransaction, Marks> Transactions = new();

    /// <summary>What was written before the turn was taken.</summary>
    public static ConcurrentQueue<string> Found { get; } = new();

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Look(command, eventData);
        return result;
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        Look(command, eventData);
        return result;
    }

    public override InterceptionResult<object> ScalarExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<object> result)
    {
        Look(command, eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Look(command, eventData);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Look(command, eventData);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        Look(command, eventData);
        return ValueTask.FromResult(result);
    }

    private static void Look(DbCommand command, CommandEventData eventData)
    {
        // SQLite has one writer, and no turn.
        if (command is not NpgsqlCommand || eventData.Context?.Database.CurrentTransaction is not { } transaction)
        {
            return;
        }

        var text = command.CommandText;
        var marks = Transactions.GetValue(transaction, static _ => new Marks());
        if (marks.HasTurn)
        {
            return;
        }

        if (text.Contains("pg_advisory_xact_lock", StringComparison.Ordinal))
        {
            marks.HasTurn = true;
            if (marks.Written is { } first)
            {
                Found.Enqueue(first);
            }
        }
        else if (text.Contains("INSERT INTO ", StringComparison.Ordinal) || text.Contains("UPDATE \"", StringComparison.Ordinal) || text.Contains("DELETE FROM ", StringComparison.Ordinal) ||
            text.Contains("FOR UPDATE", StringComparison.Ordinal))
        {
            marks.Written ??= text[..Math.Min(text.Length, LongestShown)];
        }
    }

    /// <summary>One transaction; its statements follow one another.</summary>
    private sealed class Marks
    {
        public bool HasTurn { get; set; }

        public string? Written { get; set; }
    }
}

/// <summary>Says at the end of the run what <see cref="TurnOrder"/> has found.</summary>
public sealed class TurnOrderVerdict : IDisposable
{
    public void Dispose()
    {
        if (!TurnOrder.Found.IsEmpty)
        {
            throw new InvalidOperationException($"Rows were written before the turn was taken:\n{string.Join('\n', TurnOrder.Found.Distinct(StringComparer.Ordinal).Take(20))}");
        }
    }
}
