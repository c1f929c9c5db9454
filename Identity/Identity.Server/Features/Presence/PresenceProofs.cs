using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>The proofs that were given: who may see one in a token, and the one statement that spends it.</summary>
internal sealed class PresenceProofs(IdentityContext database, GrantStore grants, IAuditTrail audit, TimeProvider time) : IHousekeepingTask
{
    /// <summary>How long a proof can be used: minutes, and not longer than the token that carries it.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private const int Batch = 500;

    /// <summary>Whether this very request was confirmed in this session, for whom the session acts now.</summary>
    public async Task<bool> IsProvenAsync(Guid request, Session session, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await database.PresenceProofs.AnyAsync(
            p => p.GrantId == request && p.SessionId == session.Id && p.AccountId == session.AccountId &&
                p.ActingForId == session.ActingForId && p.MandateId == session.ActingMandateId && p.SpentAt == null && p.ValidUntil > now,
            cancellationToken);
    }

    /// <summary>The proof of a family of tokens while it can be spent.</summary>
    public async Task<PresenceProof?> OfGrantAsync(Grant grant, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await database.PresenceProofs.AsNoTracking().FirstOrDefaultAsync(
            p => p.GrantId == grant.Id && p.ClientId == grant.ClientId && p.SessionId == grant.SessionId && p.ActingForId == grant.ActingForId &&
                p.MandateId == grant.MandateId && p.SpentAt == null && p.ValidUntil > now,
            cancellationToken);
    }

    /// <summary>
    /// Spends a proof. Of any number of callers one gets through: the database decides by one conditional update. The same caller may repeat the same
    /// operation, because an answer can be lost on its way.
    /// </summary>
    /// <param name="asked">What the API knows from the token, and what it is about to do.</param>
    /// <param name="service">The API.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServiceDefaults.Problems.ProblemException">It cannot be spent: the code says why.</exception>
    public async Task<PresenceProof> SpendAsync(PresenceSpending asked, string service, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var proof = await FindAsync(asked.Proof, cancellationToken) ?? throw PresenceProblems.Unknown.Exception();
        if (PresenceProblems.Mismatch(proof, asked) is { } mismatch)
        {
            await NoteAsync(proof, service, mismatch, cancellationToken);
            throw PresenceProblems.Differs(mismatch);
        }

        if (await grants.FindLiveAsync(proof.GrantId, cancellationToken) is null)
        {
            throw PresenceProblems.Ended.Exception();
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var spent = await database.PresenceProofs.Where(p => p.Id == proof.Id && p.SpentAt == null && p.ValidUntil > now).ExecuteUpdateAsync(
            set => set.SetProperty(p => p.SpentAt, now).SetProperty(p => p.SpentBy, service).SetProperty(p => p.SpentFor, asked.Operation), cancellationToken);
        if (spent == 1)
        {
            audit.Add(new AuditEntry("presence.spent", proof.AccountId.ToString(), service, Details: new { proof.Transaction, client = proof.ClientId, evidence = proof.EvidenceId }));
            await database.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(CancellationToken.None);
        var after = (await FindAsync(asked.Proof, cancellationToken))!;
        if (spent == 1 || (after.SpentAt is not null && after.ValidUntil > now && after.SpentBy == service && after.SpentFor == asked.Operation))
        {
            return after;
        }

        await NoteAsync(proof, service, after.SpentAt is null ? "expired" : "spent", cancellationToken);
        throw (after.SpentAt is null ? PresenceProblems.Expired : PresenceProblems.Spent).Exception();
    }

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var old = time.GetUtcNow().AddDays(-1);
        await database.PresenceProofs.Where(p => p.ValidUntil < old).OrderBy(p => p.ValidUntil).Take(Batch).ExecuteDeleteAsync(cancellationToken);
    }

    private Task<PresenceProof?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.PresenceProofs.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken);

    /// <summary>A proof shown where it does not belong is a sign of theft or of a broken service: on record.</summary>
    private async Task NoteAsync(PresenceProof proof, string service, string reason, CancellationToken cancellationToken)
    {
        audit.Add(new AuditEntry("presence.refused", proof.AccountId.ToString(), service, Details: new { proof.Transaction, client = proof.ClientId, reason }, Result: "refused"));
        await database.SaveChangesAsync(cancellationToken);
    }
}
