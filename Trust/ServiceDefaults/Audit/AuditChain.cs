using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Yinxin.ServiceDefaults.Audit;

/// <summary>
/// Links new records to the chain inside the transaction that stores them. Writers take turns, so that none reads a last record that
/// another is about to follow: by a semaphore within the process, and between processes by the database's own lock
/// (an advisory lock on PostgreSQL, the write lock that every transaction begins with on SQLite). The unique previous hash is the last guard.
/// </summary>
public static class AuditChain
{
    /// <summary>One number for every app: each has a database of its own, and advisory locks belong to the database.</summary>
    private const long LockNumber = 0x5931_4155_4449_5431;

    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Turns = new();

    /// <summary>For a context's override of <c>SaveChangesAsync</c>; saves as <paramref name="save"/> does, the new audit records linked.</summary>
    /// <param name="context">The context that saves.</param>
    /// <param name="acceptAllChanges">Whether the tracked entities count as unchanged afterwards.</param>
    /// <param name="save">The base class's saving; the argument is what <paramref name="acceptAllChanges"/> means there.</param>
    /// <param name="cancellationToken">Ends the waiting; a commit that has begun is not broken off.</param>
    /// <param name="prepare">
    /// Runs in the same transaction when it is this writer's turn, before the records are linked: what must follow one another as the audit does
    /// (further chains) is settled there, and may add records of its own.
    /// </param>
    public static async Task<int> SaveAsync(
        DbContext context, bool acceptAllChanges, Func<bool, Task<int>> save, CancellationToken cancellationToken, Func<CancellationToken, Task>? prepare = null)
    {
        if (prepare is null && !context.ChangeTracker.Entries<AuditRecord>().Any(e => e.State == EntityState.Added))
        {
            return await save(acceptAllChanges);
        }

        if (context.Database.CurrentTransaction is not null)
        {
            // The caller's transaction holds the database's lock until its end; waiting for the semaphore as well could wait for ever.
            await LinkAsync(context, prepare, cancellationToken);
            return await save(acceptAllChanges);
        }

        var turn = Turns.GetOrAdd(context.Database.GetConnectionString() ?? "", static _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            await LinkAsync(context, prepare, cancellationToken);
            var written = await WithoutSavepointAsync(context, save);
            await transaction.CommitAsync(CancellationToken.None);
            if (acceptAllChanges)
            {
                context.ChangeTracker.AcceptAllChanges();
            }

            return written;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>
    /// In the caller's transaction, waits until it is this writer's turn and keeps it until the transaction ends: what is read then is still true when it is saved.
    /// On SQLite the transaction itself has it already.
    /// </summary>
    public static async Task TakeTurnAsync(DbContext context, CancellationToken cancellationToken)
    {
        if (context.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("A turn belongs to a transaction.");
        }

        if (context.Database.IsNpgsql())
        {
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockNumber})", cancellationToken);
        }
    }

    /// <summary>A save that fails takes the whole transaction with it: a savepoint would be two statements for nothing.</summary>
    private static async Task<int> WithoutSavepointAsync(DbContext context, Func<bool, Task<int>> save)
    {
        var savepoints = context.Database.AutoSavepointsEnabled;
        context.Database.AutoSavepointsEnabled = false;
        try
        {
            return await save(false);
        }
        finally
        {
            context.Database.AutoSavepointsEnabled = savepoints;
        }
    }

    /// <summary>The app's; null in a context that no app made.</summary>
    private static TimeProvider? Clock(DbContext context) =>
        context.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider?.GetService(typeof(TimeProvider)) as TimeProvider;

    private static async Task LinkAsync(DbContext context, Func<CancellationToken, Task>? prepare, CancellationToken cancellationToken)
    {
        await TakeTurnAsync(context, cancellationToken);
        if (prepare is not null)
        {
            await prepare(cancellationToken);
        }

        List<AuditRecord> added = [.. context.ChangeTracker.Entries<AuditRecord>().Where(e => e.State == EntityState.Added).Select(e => e.Entity)];
        if (added.Count == 0)
        {
            return;
        }

        var last = await context.Set<AuditRecord>().AsNoTracking().OrderByDescending(r => r.Sequence)
            .Select(r => new { r.Sequence, r.Hash, r.At }).FirstOrDefaultAsync(cancellationToken);
        var sequence = last?.Sequence ?? 0;
        var previous = last?.Hash ?? AuditRecord.FirstPreviousHash;
        var now = Clock(context)?.GetUtcNow();
        foreach (var record in added)
        {
            if (now is { } moment && record.At < last?.At)
            {
                // Noted long before it is saved, and others were saved meanwhile: the moment of its place counts, or a stamp between the two would look as if it were made later than it was.
                record.At = AuditNotes.Kept(moment);
            }

            // A key cannot be changed on a tracked entity: take it out, number it, put it back.
            context.Entry(record).State = EntityState.Detached;
            record.Sequence = ++sequence;
            record.PreviousHash = previous;
            record.Hash = previous = record.ComputeHash();
            context.Add(record);
        }
    }
}
