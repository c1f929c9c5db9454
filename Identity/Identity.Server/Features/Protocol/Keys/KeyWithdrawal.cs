using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Protocol.Keys;

/// <summary>
/// Takes a key out of use at once, because somebody else may have it. The announced one, which clients know already, takes its place; where there is none, a new one does, which they fetch when they
/// meet it. Whoever fears for the announced one too withdraws that first.
/// </summary>
internal sealed class KeyWithdrawal(IdentityContext database, KeyRing ring, PersonalData personal, IAuditTrail audit, TimeProvider time)
{
    public static readonly Problem Unknown = new("identity.keys.unknown", 404, "没有该密钥。", "There is no such key.");
    public static readonly Problem Withdrawn = new("identity.keys.withdrawn", 409, "该密钥已经停用。", "This key is out of use already.");

    /// <param name="id">Which.</param>
    /// <param name="official">The security administrator.</param>
    /// <param name="name">Their name, for the audit.</param>
    /// <param name="reason">In their words.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException"><see cref="Unknown"/>, <see cref="Withdrawn"/>.</exception>
    public async Task WithdrawAsync(Guid id, Guid official, string name, string reason, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var now = time.GetUtcNow();
        var keys = await database.ProtocolKeys.ToListAsync(cancellationToken);
        var key = keys.Find(k => k.Id == id) ?? throw Unknown.Exception();
        if (key.WithdrawnAt is not null)
        {
            throw Withdrawn.Exception();
        }

        var wasInUse = KeyLife.InUse(keys, key.Algorithm, now)?.Id == key.Id;
        key.WithdrawnAt = now;
        key.RetiredAt = key.RetiredAt < now ? key.RetiredAt : now;
        var next = wasInUse ? Follow(keys, key.Algorithm, now) : null;
        audit.Add(new AuditEntry("protocolKey.withdrawn", KeySuccession.Subject(key), official.ToString(), name, new { key.Algorithm, inUse = wasInUse, next = next?.KeyId, reason }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        ring.Reload();
    }

    private ProtocolKey Follow(List<ProtocolKey> keys, string algorithm, DateTimeOffset now)
    {
        if (KeyLife.InUse(keys, algorithm, now) is { } announced)
        {
            announced.ActiveFrom = announced.ActiveFrom < now ? announced.ActiveFrom : now;
            return announced;
        }

        var made = KeyMaking.New(KeyLife.NextId(keys, algorithm), algorithm, personal, now, now);
        database.ProtocolKeys.Add(made);
        return made;
    }
}
