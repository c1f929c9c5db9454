using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Yinxin.Trust.Log;

namespace Yinxin.Trust.Tests.Log.Sequencing;

/// <summary>How a write goes wrong.</summary>
internal enum FaultKind
{
    /// <summary>Nothing is written.</summary>
    Lost,

    /// <summary>A part is written: of files the first half, one of them under its temporary name.</summary>
    Torn,

    /// <summary>All is written, and the writer is told that it failed.</summary>
    AnswerLost,
}

/// <summary>A directory whose next write fails when it is armed.</summary>
internal sealed class FaultyTiles(TileDirectory files) : ITileStore
{
    private int armed = -1;

    /// <summary>How many writes there were.</summary>
    public int Writes { get; private set; }

    public void Arm(FaultKind kind) => Interlocked.Exchange(ref armed, (int)kind);

    public bool IsArmed => Volatile.Read(ref armed) >= 0;

    public byte[]? Read(string path, int largest) => files.Read(path, largest);

    public void Write(IReadOnlyCollection<TileFile> batch)
    {
        Writes++;
        var kind = Interlocked.Exchange(ref armed, -1);
        if (kind == (int)FaultKind.Torn)
        {
            files.Write([.. batch.Take(batch.Count / 2)]);
            File.WriteAllBytes(Path.Combine(files.Root, "torn.new"), batch.Last().Content.ToArray()[..^1]);
        }
        else if (kind != (int)FaultKind.Lost)
        {
            files.Write(batch);
        }

        _ = kind < 0 ? 0 : throw new IOException("The disk is full.");
    }
}

/// <summary>A database whose next write to the log's tables fails when it is armed: before it, or after it with the answer lost.</summary>
internal sealed class FaultyCommands : DbCommandInterceptor
{
    private int countdown = -1;
    private FaultKind kind;

    /// <summary>The write after so many others fails.</summary>
    public void Arm(int after, FaultKind how)
    {
        kind = how;
        Interlocked.Exchange(ref countdown, after);
    }

    public bool IsArmed => Volatile.Read(ref countdown) >= 0;

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        FailIf(command, FaultKind.Lost);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        FailIf(command, FaultKind.AnswerLost);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        FailIf(command, FaultKind.Lost);
        return ValueTask.FromResult(result);
    }

    private void FailIf(DbCommand command, FaultKind when)
    {
        var writes = command.CommandText.Contains("INSERT INTO \"LogEntries\"", StringComparison.Ordinal) || command.CommandText.Contains("UPDATE \"LogHeads\"", StringComparison.Ordinal);
        if (writes && when == kind && IsArmed && Interlocked.Decrement(ref countdown) < 0)
        {
            throw new InvalidOperationException("The database went away.");
        }
    }
}
