using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Authorities;

namespace Yinxin.Trust.Server.Features.Revocation;

/// <summary>The lists in force. One is made when a status changed or its time has come, by whichever node is first to hold the authority's row; the others then find it made.</summary>
internal sealed class CrlPublication(IServiceScopeFactory scopes, AuthorityStore authorities, IOptions<RevocationSettings> settings, TimeProvider time, ILogger<CrlPublication> log) : IDisposable
{
    private readonly ConcurrentDictionary<ListScope, Slot> slots = new();

    /// <summary>The list in force, made now if need be; null when there is no such scope here.</summary>
    public async Task<ListPair?> GetAsync(ListScope scope, CancellationToken cancellationToken)
    {
        if (authorities.Find(scope.Authority) is not { IsOffline: false, IsIssuer: true } authority || !await ExistsAsync(scope, cancellationToken))
        {
            return null;
        }

        var slot = slots.GetOrAdd(scope, _ => new Slot());
        if (slot.Pair is { } known && !IsDue(known.Full, authority))
        {
            return known;
        }

        await slot.Turn.WaitAsync(cancellationToken);
        try
        {
            return slot.Pair is { } made && !IsDue(made.Full, authority) ? made : await RefreshAsync(authority, scope, slot, cancellationToken);
        }
        finally
        {
            slot.Turn.Release();
        }
    }

    /// <summary>Something may have changed: the next question goes to the database.</summary>
    public void Forget(string authority)
    {
        foreach (var (_, slot) in slots.Where(s => s.Key.Authority == authority))
        {
            slot.Forget();
        }
    }

    /// <summary>Makes whatever is due, so that lists are there before someone asks.</summary>
    public async Task PublishDueAsync(CancellationToken cancellationToken)
    {
        List<ListScope> stored;
        await using (var scope = scopes.CreateAsyncScope())
        {
            stored = [.. (await scope.ServiceProvider.GetRequiredService<TrustContext>().Set<PublishedList>().AsNoTracking().Where(l => l.Partition > 0)
                .Select(l => new { l.Authority, l.Partition }).Distinct().ToListAsync(cancellationToken)).Select(l => new ListScope(l.Authority, l.Partition))];
        }

        var partitions = settings.Value.Partitions == 1 ? [0] : Enumerable.Range(0, settings.Value.Partitions + 1);
        foreach (var scope in stored.Union(authorities.All.SelectMany(_ => partitions, (a, p) => new ListScope(a.Name, p))))
        {
            await GetAsync(scope, cancellationToken);
        }
    }

    public void Dispose()
    {
        foreach (var slot in slots.Values)
        {
            slot.Turn.Dispose();
        }
    }

    /// <summary>A part that once had certificates keeps its list, whatever the setting is now.</summary>
    private async Task<bool> ExistsAsync(ListScope scope, CancellationToken cancellationToken)
    {
        if (scope.Partition == 0 || slots.ContainsKey(scope) || (settings.Value.Partitions > 1 && scope.Partition <= settings.Value.Partitions))
        {
            return scope.Partition >= 0;
        }

        await using var services = scopes.CreateAsyncScope();
        return await services.ServiceProvider.GetRequiredService<TrustContext>().Set<PublishedList>()
            .AnyAsync(l => l.Authority == scope.Authority && l.Partition == scope.Partition, cancellationToken);
    }

    private async Task<ListPair> RefreshAsync(Authority authority, ListScope scope, Slot slot, CancellationToken cancellationToken)
    {
        var generation = slot.Generation;
        try
        {
            await using var services = scopes.CreateAsyncScope();
            var database = services.ServiceProvider.GetRequiredService<TrustContext>();
            var pair = await InForceAsync(database, authority, scope, cancellationToken) ?? await MakeAsync(database, authority, scope, cancellationToken);
            slot.Keep(pair, generation);
            return pair;
        }
        catch (Exception e) when (slot.Last is not null && !cancellationToken.IsCancellationRequested)
        {
            // A signed list that is not the newest is better than none: whoever needs a fresh one sees its dates.
            log.LogError(e, "No new CRL for {Authority}/{Partition}; the last one is served", scope.Authority, scope.Partition);
            return slot.Last;
        }
    }

    private async Task<ListPair?> InForceAsync(TrustContext database, Authority authority, ListScope scope, CancellationToken cancellationToken)
    {
        var newest = await database.Set<PublishedList>().AsNoTracking().Where(l => l.Authority == scope.Authority && l.Partition == scope.Partition)
            .OrderByDescending(l => l.Number).ThenBy(l => l.Delta).Take(2).ToListAsync(cancellationToken);
        var changes = await database.Set<RevocationState>().Where(s => s.Authority == scope.Authority).Select(s => s.Changes).SingleAsync(cancellationToken);
        return newest is [{ Delta: false } full, { Delta: true } delta] && full.Changes == changes && !IsDue(full, authority) ? new ListPair(full, delta) : null;
    }

    private async Task<ListPair> MakeAsync(TrustContext database, Authority authority, ListScope scope, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var state = database.Set<RevocationState>().Where(s => s.Authority == scope.Authority);

        // Holds the row: no status changes while the list is made, and of several nodes one makes it. Without a commit the number is not used up.
        await state.ExecuteUpdateAsync(set => set.SetProperty(s => s.ListNumber, s => s.ListNumber + 1), cancellationToken);
        if (await InForceAsync(database, authority, scope, cancellationToken) is { } made)
        {
            return made;
        }

        var pair = await new CrlMaker(database, authorities, authority, settings.Value)
            .MakeAsync(scope, await state.AsNoTracking().SingleAsync(cancellationToken), time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return pair;
    }

    /// <summary>A CA whose own certificate has ended signs no more.</summary>
    private bool IsDue(PublishedList list, Authority authority)
    {
        var now = time.GetUtcNow();
        return now >= list.ThisUpdate + settings.Value.ListInterval && now.UtcDateTime < authority.Certificate.NotAfter;
    }

    private sealed class Slot
    {
        private readonly Lock gate = new();

        public SemaphoreSlim Turn { get; } = new(1, 1);

        /// <summary>In force as far as this node knows.</summary>
        public ListPair? Pair { get; private set; }

        /// <summary>The newest that was ever had.</summary>
        public ListPair? Last { get; private set; }

        public int Generation { get; private set; }

        public void Forget()
        {
            lock (gate)
            {
                Generation++;
                Pair = null;
            }
        }

        /// <summary>What was read before a change is not kept after it.</summary>
        public void Keep(ListPair pair, int generation)
        {
            lock (gate)
            {
                Last = pair;
                Pair = generation == Generation ? pair : null;
            }
        }
    }
}
