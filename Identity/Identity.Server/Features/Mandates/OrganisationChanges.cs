using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Endings;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>
/// What follows when the register says that an organisation has another legal representative, or is no more (domain/identity §6): the former one's
/// power ends at once, with his sessions and tokens; the mandates are suspended until the new one confirms each, or revoked with the organisation.
/// Called with whatever told of the change: a registration, the register's push, the nightly comparison. Each is one transaction, and doing it twice changes nothing.
/// </summary>
internal sealed class OrganisationChanges(IdentityContext database, MandateStore mandates, EndingsLog endings, IAuditTrail audit, TimeProvider time)
{
    /// <summary>The register names another representative, or the one of before again; either wakes an organisation that rests. What is dissolved stays so.</summary>
    /// <param name="organisation">Key of the organisation.</param>
    /// <param name="successor">The account of the new one; null while he has none: nobody represents it then, and the former one keeps the row without power.</param>
    /// <param name="reason">For the record: who told of it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task RepresentativeAsync(Guid organisation, Guid? successor, string reason, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginAsync(cancellationToken);
        var row = await database.Organisations.FirstAsync(o => o.Id == organisation, cancellationToken);
        var former = row.LegalRepresentativeId;
        var rests = row.EndedAt is not null;
        if (row.DissolvedAt is not null || (successor is null && rests) || (successor == former && !rests))
        {
            return;
        }

        if (successor is { } next)
        {
            (row.LegalRepresentativeId, row.EndedAt) = (next, null);
        }
        else
        {
            // Without a representative nobody can act for it; whom the register names next, or whoever registers it anew, opens it again.
            row.EndedAt = time.GetUtcNow();
        }

        audit.Add(new AuditEntry("organisation.representative", organisation.ToString(), ActorId: null, Details: new { former, successor, reason }));
        await database.SaveChangesAsync(cancellationToken);
        await FollowAsync(organisation, former, reason, cancellationToken);
        await CommitAsync(transaction);
    }

    /// <summary>The register no longer knows the organisation.</summary>
    public async Task EndedAsync(Guid organisation, string reason, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginAsync(cancellationToken);
        var row = await database.Organisations.FirstAsync(o => o.Id == organisation, cancellationToken);
        row.EndedAt ??= time.GetUtcNow();
        row.DissolvedAt ??= time.GetUtcNow();
        audit.Add(new AuditEntry("organisation.ended", organisation.ToString(), ActorId: null, Details: new { reason }));
        await database.SaveChangesAsync(cancellationToken);
        await EndActingAsync(row.LegalRepresentativeId, organisation, cancellationToken);
        await EachAsync(organisation, MandateAct.Revoke, reason, [MandateState.Invited, MandateState.Active, MandateState.Suspended], cancellationToken);
        await CommitAsync(transaction);
    }

    /// <summary>For a caller that has written the new representative itself, in its own transaction.</summary>
    public async Task FollowAsync(Guid organisation, Guid former, string reason, CancellationToken cancellationToken)
    {
        await EndActingAsync(former, organisation, cancellationToken);
        await EachAsync(organisation, MandateAct.Suspend, reason, [MandateState.Active], cancellationToken);
        await EachAsync(organisation, MandateAct.Revoke, reason, [MandateState.Invited], cancellationToken);
        await TellWaitingAsync(organisation, cancellationToken);
    }

    /// <summary>Whoever represents it now hears that mandates wait, also those that came to rest with it; at rest there is nobody to tell.</summary>
    private async Task TellWaitingAsync(Guid organisation, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var row = await database.Organisations.FirstAsync(o => o.Id == organisation, cancellationToken);
        if (row.EndedAt is null && await database.Mandates.Where(m => m.OrganisationId == organisation).WaitingForRepresentative(database.MandateEvents, now).CountAsync(cancellationToken) is > 0 and var count)
        {
            WaitingNotice.Add(database, row, count, now);
            await database.SaveChangesAsync(cancellationToken);
        }
    }

    /// <summary>The mandates that a legal representative gave, parts passed on follow by themselves.</summary>
    private async Task EachAsync(Guid organisation, MandateAct act, string reason, MandateState[] states, CancellationToken cancellationToken)
    {
        var open = await database.Mandates.Where(m => m.OrganisationId == organisation && m.ParentId == null && states.Contains(m.State)).Select(m => m.Id).ToListAsync(cancellationToken);
        var now = time.GetUtcNow();
        foreach (var id in open)
        {
            var mandate = await mandates.FindAsync(id, cancellationToken);
            var due = MandateFlow.At(mandate, now) == MandateState.Expired ? MandateAct.Expire : act;
            await mandates.ActAsync(mandate, due, MandateRole.System, actor: null, reason, cancellationToken);
        }
    }

    /// <summary>Ends what a legal representative did for it: sessions, applications' access and tokens. Agents' end with their mandates. The caller holds the audit's turn.</summary>
    public async Task EndActingAsync(Guid person, Guid organisation, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var sessions = await database.Sessions.Where(s => s.AccountId == person && s.ActingForId == organisation && s.ActingMandateId == null && s.EndedAt == null)
            .Select(s => s.Id).ToListAsync(cancellationToken);
        var grants = await database.Grants.Where(g => g.ActingForId == organisation && g.MandateId == null && g.EndedAt == null && g.Session!.AccountId == person)
            .Select(g => g.Id).ToListAsync(cancellationToken);
        endings.AddRange(EndedKinds.Session, sessions);
        endings.AddRange(EndedKinds.Grant, grants);
        await database.SaveChangesAsync(cancellationToken);
        await database.Sessions.Where(s => sessions.Contains(s.Id))
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.EndedAt, now).SetProperty(x => x.EndReason, EndReasons.MandateEnded), cancellationToken);
        await database.Grants.Where(g => grants.Contains(g.Id))
            .ExecuteUpdateAsync(g => g.SetProperty(x => x.EndedAt, now).SetProperty(x => x.EndReason, EndReasons.MandateEnded), cancellationToken);
    }

    private async Task<Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction?> BeginAsync(CancellationToken cancellationToken)
    {
        var own = database.Database.CurrentTransaction is null ? await database.Database.BeginTransactionAsync(cancellationToken) : null;
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        return own;
    }

    private static Task CommitAsync(Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction? transaction) =>
        transaction?.CommitAsync(CancellationToken.None) ?? Task.CompletedTask;
}
