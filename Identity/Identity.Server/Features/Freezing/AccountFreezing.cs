using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Freezing;

/// <summary>Who lifts, and why.</summary>
/// <param name="Reason">A word for machines, for the audit.</param>
/// <param name="By">The person, official or system that answers for it; null: nobody who is signed in.</param>
/// <param name="ByName">An official's name.</param>
/// <param name="Details">What else the audit is to know.</param>
internal sealed record Lifting(string Reason, string? By, string? ByName = null, object? Details = null);

/// <summary>
/// Sets and lifts freezes of an account: while one stands nobody signs in with it, every session and token of it is dead, and so is what was given under it. Evidence stays as it is. All of it happens in the audit's
/// turn, so that of two who freeze or lift at once none undoes the other's, and the account's own columns say what stands.
/// </summary>
internal sealed class AccountFreezing(IdentityContext database, SessionStore sessions, MandateStore mandates, IAuditTrail audit, TimeProvider time)
{
    /// <summary>What stands, the strongest first. Read in the audit's turn it is still true when it is lifted.</summary>
    public async Task<IReadOnlyList<StandingFreeze>> StandingAsync(Guid account, CancellationToken cancellationToken)
    {
        var standing = await database.StandingFreezes.AsNoTracking().Where(f => f.AccountId == account && f.LiftedAt == null).ToListAsync(cancellationToken);
        return [.. standing.OrderByDescending(f => f.Kind).ThenByDescending(f => f.Reason == FreezeReasons.CourtOrder).ThenBy(f => f.Since).ThenBy(f => f.Id)];
    }

    /// <param name="account">Whose.</param>
    /// <param name="reason">A word for machines: one of <see cref="FreezeReasons"/>, or a reason of officials.</param>
    /// <param name="by">The person, official or system that answers for it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="proposal">The officials' proposal behind it.</param>
    /// <param name="dispute">The dispute behind it.</param>
    /// <returns>False when there is no such account, or this freeze stands already: of officials' freezes by the same proposal, else of the same kind.</returns>
    public async Task<bool> FreezeAsync(Guid account, string reason, string by, CancellationToken cancellationToken, Guid? proposal = null, Guid? dispute = null)
    {
        await using var transaction = await BeginAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var kind = FreezeReasons.KindOf(reason);
        var standing = await StandingAsync(account, cancellationToken);
        if (standing.Any(f => f.Kind == kind && (kind != FreezeKind.Officials || f.ProposalId == proposal)) || !await database.Users.AnyAsync(a => a.Id == account, cancellationToken))
        {
            return false;
        }

        var now = time.GetUtcNow();
        var freeze = new StandingFreeze { Id = Guid.CreateVersion7(now), AccountId = account, Kind = kind, Reason = reason, Since = now, SetBy = by, ProposalId = proposal, DisputeId = dispute };
        database.StandingFreezes.Add(freeze);
        audit.Add(new AuditEntry("account.freeze", account.ToString(), by, Details: new { reason, freeze = freeze.Id, besides = standing.Select(f => f.Reason) }));
        await database.SaveChangesAsync(cancellationToken);
        await SettleAsync(account, cancellationToken);
        if (standing.Count == 0)
        {
            await mandates.FollowGrantorAsync(account, MandateAct.GrantorFrozen, FreezeReasons.MayBeTold([reason]), cancellationToken);
            await sessions.EndAllAsync(account, EndReasons.AccountFrozen, except: null, cancellationToken);
        }

        await CommitAsync(transaction);
        return true;
    }

    /// <summary>Lifts these and leaves the others. The caller holds the audit's turn, in which it has read what stands and who may lift it; the audit records go with the caller's next save.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="freezes">Of <see cref="StandingAsync"/>.</param>
    /// <param name="lifting">Who lifts, and why.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the account is free now. False also when none of them stood any more.</returns>
    public async Task<bool> LiftAsync(Guid account, IReadOnlyList<StandingFreeze> freezes, Lifting lifting, CancellationToken cancellationToken)
    {
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var lifted = await database.MarkLiftedAsync(freezes, time.GetUtcNow(), cancellationToken);
        if (lifted.Count == 0)
        {
            return false;
        }

        var left = await SettleAsync(account, cancellationToken);
        audit.Add(new AuditEntry(left.Count == 0 ? "account.unfreeze" : "account.freezeLifted", account.ToString(), lifting.By, lifting.ByName, new
        {
            reason = lifting.Reason,
            lifted = lifted.Select(f => new { freeze = f.Id, f.Reason }),
            left = left.Select(f => f.Reason),
            lifting.Details,
        }));
        if (left.Count > 0)
        {
            return false;
        }

        // Silent where the freeze was or the lifting is, as to the owner.
        var tells = FreezeReasons.MayBeTold(lifted.Select(f => f.Reason).Append(lifting.Reason));
        await mandates.FollowGrantorAsync(account, MandateAct.GrantorFreed, tells, cancellationToken);
        return true;
    }

    /// <summary>What sign-in, tokens and sessions look at follows what stands.</summary>
    private async Task<IReadOnlyList<StandingFreeze>> SettleAsync(Guid account, CancellationToken cancellationToken)
    {
        var standing = await StandingAsync(account, cancellationToken);
        DateTimeOffset? since = standing.Count == 0 ? null : standing.Min(f => f.Since);
        var reason = standing.Count == 0 ? null : standing[0].Reason;
        await database.Users.Where(a => a.Id == account).ExecuteUpdateAsync(a => a.SetProperty(x => x.FrozenAt, since).SetProperty(x => x.FrozenReason, reason), cancellationToken);
        return standing;
    }

    private async Task<IDbContextTransaction?> BeginAsync(CancellationToken cancellationToken) =>
        database.Database.CurrentTransaction is null ? await database.Database.BeginTransactionAsync(cancellationToken) : null;

    private static Task CommitAsync(IDbContextTransaction? transaction) => transaction?.CommitAsync(CancellationToken.None) ?? Task.CompletedTask;
}
