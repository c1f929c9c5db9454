using System.Runtime.InteropServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Log;

/// <summary>
/// The log in the database. Places are given out in one transaction under the lock of the head's row, so each entry has one place and each place one entry,
/// whatever nodes do at once; everything else (tiles, heads) follows from the places. That is why no two sequencers can fork the log.
/// </summary>
internal sealed class LogStore(IServiceScopeFactory scopes, IOptions<LogSettings> settings, TimeProvider time) : IDisposable
{
    /// <summary>Places given out in one transaction, and entries put into tiles at once. A constant: a tree that a witness has seen must be reached again after a crash.</summary>
    public const int Batch = 4096;

    private readonly string holder = $"{Environment.MachineName}/{Guid.NewGuid():N}"[..Math.Min(80, Environment.MachineName.Length + 33)];

    /// <summary>
    /// This process's writers queue here. SQLite has no queue of its own: who finds it busy sleeps and tries again, and an appender that never rests
    /// would let no tree be published.
    /// </summary>
    private readonly SemaphoreSlim writing = new(1, 1);

    public void Dispose() => writing.Dispose();

    /// <summary>Gives each entry its place; an entry whose key is known keeps the place that it has.</summary>
    /// <returns>For each entry its place, or null when its key stands for another entry.</returns>
    public Task<IReadOnlyList<long?>> AppendAsync(IReadOnlyList<KeyedEntry> entries, CancellationToken cancellationToken) =>
        InTurnAsync(() => AppendNowAsync(entries, cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<long?>> AppendNowAsync(IReadOnlyList<KeyedEntry> entries, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TrustContext>();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var heads = database.Set<LogHead>();

        // Locks the row: whoever appends now waits for this transaction's end, and reads what it wrote.
        await heads.ExecuteUpdateAsync(set => set.SetProperty(h => h.Assigned, h => h.Assigned), cancellationToken);
        var assigned = await heads.Select(h => h.Assigned).SingleAsync(cancellationToken);
        var keys = entries.Select(e => e.Key).Distinct().ToList();
        var known = await database.Set<LogEntryRecord>().AsNoTracking().Where(e => EF.Parameter(keys).Contains(e.Key)).ToDictionaryAsync(e => e.Key, cancellationToken);
        var places = new List<long?>(entries.Count);
        var added = new List<LogEntryRecord>(entries.Count);
        var next = assigned;
        foreach (var entry in entries)
        {
            if (!known.TryGetValue(entry.Key, out var record))
            {
                known[entry.Key] = record = new LogEntryRecord { Position = next++, Key = entry.Key, Entry = entry.Entry };
                added.Add(record);
            }

            places.Add(record.Entry.AsSpan().SequenceEqual(entry.Entry) ? record.Position : null);
        }

        await EntryInsertion.InsertAsync(database, added, cancellationToken);
        await heads.ExecuteUpdateAsync(set => set.SetProperty(h => h.Assigned, next), cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return places;
    }

    /// <summary>The head as it stands.</summary>
    public async Task<LogHead> HeadAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<TrustContext>().Set<LogHead>().AsNoTracking().SingleAsync(cancellationToken);
    }

    /// <summary>Takes or keeps the turn to write tiles; null while another process has it.</summary>
    public Task<LogHead?> HoldAsync(CancellationToken cancellationToken) => InTurnAsync(() => HoldNowAsync(cancellationToken), cancellationToken);

    private async Task<LogHead?> HoldNowAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var heads = scope.ServiceProvider.GetRequiredService<TrustContext>().Set<LogHead>();
        var now = time.GetUtcNow();
        var until = now + settings.Value.Lease;
        var kept = await heads.Where(h => h.Holder == holder && h.HeldUntil > now).ExecuteUpdateAsync(set => set.SetProperty(h => h.HeldUntil, until), cancellationToken);
        var taken = kept == 1 ? 1 : await heads.Where(h => h.Holder == null || h.HeldUntil <= now).ExecuteUpdateAsync(
            set => set.SetProperty(h => h.Holder, holder).SetProperty(h => h.Fence, h => h.Fence + 1).SetProperty(h => h.HeldUntil, until), cancellationToken);
        return taken == 1 ? await heads.AsNoTracking().SingleAsync(cancellationToken) : null;
    }

    /// <summary>Lets another process write tiles at once.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TrustContext>().Set<LogHead>().Where(h => h.Holder == holder)
            .ExecuteUpdateAsync(set => set.SetProperty(h => h.Holder, (string?)null), cancellationToken);
    }

    /// <summary>The next entries that have no tile yet.</summary>
    public async Task<IReadOnlyList<byte[]>> ReadAsync(long from, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<TrustContext>().Set<LogEntryRecord>().AsNoTracking()
            .Where(e => e.Position >= from).OrderBy(e => e.Position).Take(Batch).Select(e => e.Entry).ToListAsync(cancellationToken);
    }

    /// <summary>Makes a new tree the published one, if nobody else wrote a head or took the turn meanwhile.</summary>
    /// <param name="before">The head that the new tree extends, with the fence of this process's turn.</param>
    /// <param name="size">Entries in the new tree, all of which are durable in their files.</param>
    /// <param name="root">Its root.</param>
    /// <param name="checkpoint">Its signed note.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<bool> PublishAsync(LogHead before, long size, byte[] root, string checkpoint, CancellationToken cancellationToken) =>
        InTurnAsync(() => PublishNowAsync(before, size, root, checkpoint, cancellationToken), cancellationToken);

    private async Task<T> InTurnAsync<T>(Func<Task<T>> write, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            return await write();
        }
        finally
        {
            writing.Release();
        }
    }

    private async Task<bool> PublishNowAsync(LogHead before, long size, byte[] root, string checkpoint, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<TrustContext>().Set<LogHead>()
            .Where(h => h.Fence == before.Fence && h.Holder == holder && h.Size == before.Size)
            .ExecuteUpdateAsync(set => set.SetProperty(h => h.Size, size).SetProperty(h => h.Root, root).SetProperty(h => h.Checkpoint, checkpoint), cancellationToken) == 1;
    }
}

/// <summary>An entry and the key under which it is known.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KeyedEntry(string Key, byte[] Entry);
