using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Acting;
using Yinxin.Identity.Server.Features.Endings;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>One row for each token family; every rule about reuse is one statement that the database decides.</summary>
internal sealed class GrantStore(IdentityContext database, SessionStore sessions, ActingChoices acting, EndingsLog endings, IAuditTrail audit, TimeProvider time)
{
    /// <summary>
    /// Redeems a code: inserts the family under the code's own identifier. Of any number of redemptions one inserts; each other
    /// one ends the family, because the code has leaked (RFC 6749 §4.1.2).
    /// </summary>
    public async Task<bool> RedeemAsync(Guid id, Guid sessionId, string clientId, Guid? actingForId, Guid? mandateId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;

        // One statement that cannot fail on the key: both engines know ON CONFLICT, and a replay is no exception in the log.
        var inserted = await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "Grants" ("Id", "SessionId", "ClientId", "ActingForId", "MandateId", "Generation", "RedeemedAt", "RefreshedAt")
            VALUES ({id}, {sessionId}, {clientId}, {actingForId}, {mandateId}, {0}, {now}, {now})
            ON CONFLICT ("Id") DO NOTHING
            """,
            cancellationToken);
        if (inserted == 1)
        {
            return true;
        }

        await EndAsync(id, EndReasons.CodeReplayed, cancellationToken);
        return false;
    }

    /// <summary>Spends refresh token number <paramref name="generation"/>. Of two at once one wins; the loser ends the family (RFC 9700 §4.14.2).</summary>
    public async Task<bool> AdvanceAsync(Guid id, int generation, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var spent = await database.Grants
            .Where(g => g.Id == id && g.Generation == generation && g.EndedAt == null)
            .ExecuteUpdateAsync(g => g.SetProperty(x => x.Generation, generation + 1).SetProperty(x => x.RefreshedAt, now), cancellationToken);
        if (spent == 1)
        {
            return true;
        }

        await EndAsync(id, EndReasons.RefreshReplayed, cancellationToken);
        return false;
    }

    /// <summary>Ends a family; a replay is a sign of theft and is put on record.</summary>
    public async Task EndAsync(Guid id, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = database.Database.CurrentTransaction is null ? await database.Database.BeginTransactionAsync(cancellationToken) : null;
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var ended = await database.Grants.Where(g => g.Id == id && g.EndedAt == null).ExecuteUpdateAsync(
            g => g.SetProperty(x => x.EndedAt, now).SetProperty(x => x.EndReason, reason), cancellationToken);
        if (ended > 0)
        {
            audit.Add(new AuditEntry("grant.end", SubjectId: null, ActorId: null, Details: new { grant = id, reason }));
            endings.Add(EndedKinds.Grant, id);
            await database.SaveChangesAsync(cancellationToken);
        }

        if (transaction is not null)
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
    }

    public Task<bool> ExistsAsync(Guid id, CancellationToken cancellationToken) => database.Grants.AnyAsync(g => g.Id == id, cancellationToken);

    /// <summary>The family with its session, if both live and the mandate it was made under still stands. One indexed read; without the person (<see cref="TokenSubject"/> reads it).</summary>
    /// <param name="id">The family.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="unseen">As for <see cref="SessionStore.IsLive"/>.</param>
    public async Task<Grant?> FindLiveAsync(Guid id, CancellationToken cancellationToken, TimeSpan unseen = default)
    {
        var grant = await database.Grants.AsNoTracking()
            .Include(g => g.Session!.Account!.StaffMember)
            .FirstOrDefaultAsync(g => g.Id == id && g.EndedAt == null, cancellationToken);
        return grant is not null && sessions.IsLive(grant.Session!, unseen) && await MandateStandsAsync(grant, cancellationToken)
            ? grant
            : null;
    }

    /// <summary>An app renews tokens for who is using it: the session is in use, although the browser has not been here.</summary>
    public Task TouchAsync(Grant grant, CancellationToken cancellationToken) => sessions.TouchAsync(grant.Session!, cancellationToken);

    private async Task<bool> MandateStandsAsync(Grant grant, CancellationToken cancellationToken) =>
        grant.ActingForId is not { } organisation || await acting.StandsAsync(grant.Session!.AccountId, organisation, grant.MandateId, cancellationToken);
}
