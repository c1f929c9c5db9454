using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Endings;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.BackChannelLogout;

/// <summary>
/// Which clients are told of an ending, and one message of the outbox for each: of an ended session all that had tokens of it, of an ended family its own client.
/// Written once, however many nodes read the ending, and however often.
/// </summary>
internal sealed class LogoutMessages(IdentityContext database, ClientCatalogue clients, TimeProvider time)
{
    public const string KindName = "identity.backChannelLogout";

    /// <summary>Keys in one question.</summary>
    private const int Batch = 500;

    /// <summary>Keys only: where to and how, the catalogue says when it is sent.</summary>
    public sealed record Payload(string ClientId, Guid SessionId, Guid AccountId);

    private sealed record Told(string Key, Payload Payload);

    /// <param name="endings">Sessions and families, oldest first; what was written before is left alone.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WriteAsync(IReadOnlyList<Ending> endings, CancellationToken cancellationToken)
    {
        var listening = clients.All.Where(c => c.BackChannelLogoutUri is not null).Select(c => c.ClientId).ToList();
        if (endings.Count == 0 || listening.Count == 0)
        {
            return;
        }

        List<Told> all =
        [
            .. await OfSessionsAsync(Keys(endings, EndedKinds.Session), listening, cancellationToken),
            .. await OfGrantsAsync(Keys(endings, EndedKinds.Grant), listening, cancellationToken),
        ];
        foreach (var part in all.DistinctBy(t => t.Key, StringComparer.Ordinal).Chunk(Batch))
        {
            await AddAsync(part, cancellationToken);
        }
    }

    private static List<Guid> Keys(IEnumerable<Ending> endings, string kind) => [.. endings.Where(e => e.Kind == kind).Select(e => e.Id)];

    private async Task<List<Told>> OfSessionsAsync(List<Guid> sessions, List<string> listening, CancellationToken cancellationToken)
    {
        List<Told> all = [];
        foreach (var part in sessions.Chunk(Batch))
        {
            List<Guid> ids = [.. part];
            var found = await database.Grants.AsNoTracking().Where(g => ids.Contains(g.SessionId) && listening.Contains(g.ClientId))
                .Select(g => new { g.ClientId, g.SessionId, g.Session!.AccountId }).Distinct().ToListAsync(cancellationToken);
            all.AddRange(found.Select(g => OfSession(new Payload(g.ClientId, g.SessionId, g.AccountId))));
        }

        return all;
    }

    /// <summary>
    /// Families that ended while their session went on: access taken back, a replay, a register's change. Also one that its client revoked itself (RFC 7009): the row does not say who asked, the owner of the
    /// account at the page of applications or the client, and it costs a client nothing to hear what it knows (§2.8: where the person is logged out already, it has succeeded).
    /// </summary>
    private async Task<List<Told>> OfGrantsAsync(List<Guid> grants, List<string> listening, CancellationToken cancellationToken)
    {
        List<(Guid Id, Payload Payload, bool SessionEnded)> all = [];
        foreach (var part in grants.Chunk(Batch))
        {
            List<Guid> ids = [.. part];
            var found = await database.Grants.AsNoTracking().Where(g => ids.Contains(g.Id) && listening.Contains(g.ClientId))
                .Select(g => new { g.Id, g.ClientId, g.SessionId, g.Session!.AccountId, SessionEnded = g.Session.EndedAt != null }).ToListAsync(cancellationToken);
            all.AddRange(found.Select(g => (g.Id, new Payload(g.ClientId, g.SessionId, g.AccountId), g.SessionEnded)));
        }

        // Several of one client and session are one message, since it names only the session. The youngest gives the key: it is the last that the feed repeats, so the key stays the same until then.
        var places = new Dictionary<Guid, int>();
        foreach (var id in grants)
        {
            places[id] = places.Count;
        }

        return [.. all.GroupBy(g => g.Payload).Select(family => family.MaxBy(g => places[g.Id])).Select(g => g.SessionEnded ? OfSession(g.Payload) : OfGrant(g.Payload, g.Id))];
    }

    private static Told OfSession(Payload payload) => new($"{payload.SessionId:N}:{payload.ClientId}", payload);

    private static Told OfGrant(Payload payload, Guid grant) => new($"{payload.SessionId:N}:{grant:N}:{payload.ClientId}", payload);

    private async Task AddAsync(Told[] told, CancellationToken cancellationToken)
    {
        var keys = told.Select(t => t.Key).ToList();
        var known = await database.Set<OutboxMessage>().AsNoTracking().Where(m => m.Kind == KindName && keys.Contains(m.IdempotencyKey)).Select(m => m.IdempotencyKey).ToListAsync(cancellationToken);
        var now = time.GetUtcNow();
        foreach (var message in told.ExceptBy(known, t => t.Key, StringComparer.Ordinal).Select(t => OutboxMessage.Create(KindName, t.Payload, t.Key, now)))
        {
            await AddAsync(message, cancellationToken);
        }
    }

    /// <summary>Each by itself: of two nodes that write several in one transaction, in different orders, each would wait for the other.</summary>
    private async Task AddAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        database.Add(message);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // Another node wrote it in this moment.
        }
        finally
        {
            database.ChangeTracker.Clear();
        }
    }
}
