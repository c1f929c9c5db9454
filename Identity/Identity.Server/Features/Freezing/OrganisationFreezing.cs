using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Freezing;

/// <summary>
/// Sets and lifts freezes of an organisation, as <see cref="AccountFreezing"/> does of an account: while one stands nobody acts for it, whoever represents it, and its mandates rest. What proved it stays,
/// and what its register reports is followed. The caller holds a transaction and the audit's turn, and saves.
/// </summary>
internal sealed class OrganisationFreezing(IdentityContext database, MandateStore mandates, OrganisationChanges changes, IAuditTrail audit, TimeProvider time)
{
    /// <summary>What stands, a court's orders first. All of it is officials' own.</summary>
    public async Task<IReadOnlyList<StandingFreeze>> StandingAsync(Guid organisation, CancellationToken cancellationToken)
    {
        var standing = await database.StandingFreezes.AsNoTracking().Where(f => f.OrganisationId == organisation && f.LiftedAt == null).ToListAsync(cancellationToken);
        return [.. standing.OrderByDescending(f => f.Reason == FreezeReasons.CourtOrder).ThenBy(f => f.Since).ThenBy(f => f.Id)];
    }

    /// <param name="organisation">Which.</param>
    /// <param name="reason">A word for machines.</param>
    /// <param name="by">The official that answers for it.</param>
    /// <param name="proposal">The officials' proposal behind it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the freeze of this proposal stands already.</returns>
    public async Task<bool> FreezeAsync(Guid organisation, string reason, string by, Guid proposal, CancellationToken cancellationToken)
    {
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var standing = await StandingAsync(organisation, cancellationToken);
        if (standing.Any(f => f.ProposalId == proposal))
        {
            return false;
        }

        var now = time.GetUtcNow();
        var freeze = new StandingFreeze { Id = Guid.CreateVersion7(now), OrganisationId = organisation, Kind = FreezeKind.Officials, Reason = reason, Since = now, SetBy = by, ProposalId = proposal };
        database.StandingFreezes.Add(freeze);
        audit.Add(new AuditEntry("organisation.freeze", organisation.ToString(), by, Details: new { reason, freeze = freeze.Id, besides = standing.Select(f => f.Reason) }));
        await database.SaveChangesAsync(cancellationToken);
        await SettleAsync(organisation, cancellationToken);
        if (standing.Count == 0)
        {
            await mandates.FollowOrganisationAsync(organisation, MandateAct.OrganisationFrozen, FreezeReasons.MayBeTold([reason]), cancellationToken);
            var representative = await database.Organisations.Where(o => o.Id == organisation).Select(o => o.LegalRepresentativeId).FirstAsync(cancellationToken);
            await changes.EndActingAsync(representative, organisation, cancellationToken);
        }

        return true;
    }

    /// <summary>Lifts these and leaves the others.</summary>
    /// <param name="organisation">Which.</param>
    /// <param name="freezes">Of <see cref="StandingAsync"/>.</param>
    /// <param name="lifting">Who lifts, and why.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the organisation is free now. False also when none of them stood any more.</returns>
    public async Task<bool> LiftAsync(Guid organisation, IReadOnlyList<StandingFreeze> freezes, Lifting lifting, CancellationToken cancellationToken)
    {
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var lifted = await database.MarkLiftedAsync(freezes, time.GetUtcNow(), cancellationToken);
        if (lifted.Count == 0)
        {
            return false;
        }

        var left = await SettleAsync(organisation, cancellationToken);
        audit.Add(new AuditEntry(left.Count == 0 ? "organisation.unfreeze" : "organisation.freezeLifted", organisation.ToString(), lifting.By, lifting.ByName, new
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

        // Silent where the freeze was or the lifting is, as to the representative.
        var tells = FreezeReasons.MayBeTold(lifted.Select(f => f.Reason).Append(lifting.Reason));
        await mandates.FollowOrganisationAsync(organisation, MandateAct.OrganisationFreed, tells, cancellationToken);
        return true;
    }

    /// <summary>What acting, tokens and mandates look at follows what stands.</summary>
    private async Task<IReadOnlyList<StandingFreeze>> SettleAsync(Guid organisation, CancellationToken cancellationToken)
    {
        var standing = await StandingAsync(organisation, cancellationToken);
        DateTimeOffset? since = standing.Count == 0 ? null : standing.Min(f => f.Since);
        await database.Organisations.Where(o => o.Id == organisation).ExecuteUpdateAsync(o => o.SetProperty(x => x.FrozenAt, since), cancellationToken);
        return standing;
    }
}
