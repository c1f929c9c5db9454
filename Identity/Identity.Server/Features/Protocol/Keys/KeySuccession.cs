using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.Protocol.Keys;

/// <summary>
/// Announces a successor before a key reaches its end, and notes the end of one that has been followed. Each node looks; the audit's turn lets one act, and a successor's key follows from its
/// predecessor's, so that there is one of it whatever happens.
/// </summary>
internal sealed class KeySuccession(IdentityContext database, KeyRing ring, PersonalData personal, IAuditTrail audit, IOptions<ProtocolKeySettings> settings, TimeProvider time)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Almost always nothing is due, and the audit's turn is everybody's.
            if (IsDue(await database.ProtocolKeys.AsNoTracking().ToListAsync(cancellationToken), time.GetUtcNow()))
            {
                await ActAsync(cancellationToken);
            }
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // Another node made it in this moment.
            database.ChangeTracker.Clear();
        }
        finally
        {
            // Whoever cannot act still follows the others: a key that was withdrawn is used no longer.
            ring.Reload();
        }
    }

    private bool IsDue(List<ProtocolKey> keys, DateTimeOffset now) =>
        KeyAlgorithms.All.Any(algorithm => Followed(keys, algorithm, now).Any() || SuccessorFrom(keys, algorithm, now) is not null);

    private async Task ActAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var now = time.GetUtcNow();
        var keys = await database.ProtocolKeys.ToListAsync(cancellationToken);
        foreach (var algorithm in KeyAlgorithms.All)
        {
            var founded = keys.Exists(k => k.Algorithm == algorithm);
            foreach (var (former, end) in Followed(keys, algorithm, now).ToList())
            {
                former.RetiredAt = end;
                audit.Add(new AuditEntry("protocolKey.retired", Subject(former), "system", Details: new { algorithm, until = end }));
            }

            if (SuccessorFrom(keys, algorithm, now) is { } from)
            {
                var next = KeyMaking.New(KeyLife.NextId(keys, algorithm), algorithm, personal, now, from);
                database.ProtocolKeys.Add(next);
                keys.Add(next);
                if (founded)
                {
                    audit.Add(new AuditEntry("protocolKey.announced", Subject(next), "system", Details: new { algorithm, from }));
                }
            }
        }

        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>As the audit names a key.</summary>
    public static string Subject(ProtocolKey key) => "protocol-key/" + key.KeyId;

    /// <summary>Keys that another is used instead of, and since when.</summary>
    private static IEnumerable<(ProtocolKey Former, DateTimeOffset End)> Followed(List<ProtocolKey> keys, string algorithm, DateTimeOffset now) =>
        KeyLife.InUse(keys, algorithm, now) is { } used && used.ActiveFrom <= now
            ? keys.Where(k => k.Algorithm == algorithm && k.Id != used.Id && k.RetiredAt is null && k.WithdrawnAt is null && k.ActiveFrom <= used.ActiveFrom).Select(k => (k, used.ActiveFrom))
            : [];

    /// <summary>From when a successor is to be used; null while none is needed.</summary>
    private DateTimeOffset? SuccessorFrom(List<ProtocolKey> keys, string algorithm, DateTimeOffset now)
    {
        if (KeyLife.InUse(keys, algorithm, now) is not { } used)
        {
            // The first ones, and what no rule leads to: without any nobody can sign in.
            return now;
        }

        if (used.ActiveFrom > now || keys.Exists(k => k.Algorithm == algorithm && k.WithdrawnAt is null && k.ActiveFrom > now))
        {
            return null;
        }

        var (end, announced) = (used.ActiveFrom + settings.Value.Life, settings.Value.Announced);
        return now < end - announced ? null : end > now + announced ? end : now + announced;
    }
}
