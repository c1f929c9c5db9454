using Microsoft.EntityFrameworkCore;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Monitoring;

/// <summary>Of this node's own log every entry has a row that a caller put there; what stands in a tile without one came in by another door.</summary>
internal sealed class OwnEntries(IServiceScopeFactory scopes) : IEntryKnowledge
{
    public async Task<IReadOnlyList<long>> UnknownAsync(long first, IReadOnlyList<ReadOnlyMemory<byte>> entries, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var end = first + entries.Count;
        var known = await scope.ServiceProvider.GetRequiredService<TrustContext>().Set<LogEntryRecord>().AsNoTracking()
            .Where(e => e.Position >= first && e.Position < end).ToDictionaryAsync(e => e.Position, e => e.Entry, cancellationToken);
        return [.. Enumerable.Range(0, entries.Count).Where(i => !known.TryGetValue(first + i, out var entry) || !entries[i].Span.SequenceEqual(entry)).Select(i => first + i)];
    }
}
