using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Endings;
using Yinxin.Identity.Server.Features.Mandates.Verifying;
using Yinxin.Identity.Server.Features.Organisations;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Endings;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>
/// The only way a mandate changes: state, signed record, audit, notice and the ending of its sessions and tokens in one transaction. Of two acts
/// at once one wins.
/// </summary>
internal sealed class MandateStore(IdentityContext database, MandateRecords records, EndingsLog endings, IAuditTrail audit, TimeProvider time)
{
    public static readonly Problem Unknown = new("identity.mandate.unknown", 404, "没有该授权。", "There is no such mandate.");

    private static readonly Problem NotNow = new(
        "identity.mandate.transition", 409, "该授权的状态已变化，不能再这样操作。请刷新页面查看。", "The mandate has changed in the meantime; this can no longer be done. Please reload the page.");

    /// <summary>A mandate to be changed, with what its records name.</summary>
    public async Task<Mandate> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await database.Mandates.Include(m => m.Organisation).Include(m => m.Parent).FirstOrDefaultAsync(m => m.Id == id, cancellationToken) ?? throw Unknown.Exception();

    /// <summary>Puts a new mandate on record.</summary>
    public async Task AddAsync(Mandate mandate, Guid actor, CancellationToken cancellationToken)
    {
        database.Mandates.Add(mandate);
        await NoteAsync(mandate, MandateAct.Invite, actor, reason: null, time.GetUtcNow(), cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Does what somebody asks for, or the clock or the register makes necessary.</summary>
    /// <param name="mandate">As <see cref="FindAsync"/> gave it.</param>
    /// <param name="act">What happens.</param>
    /// <param name="role">In which capacity.</param>
    /// <param name="actor">Who; null for the system.</param>
    /// <param name="reason">Why, for the record.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">This may not happen to the mandate as it is now.</exception>
    public async Task ActAsync(Mandate mandate, MandateAct act, MandateRole role, Guid? actor, string? reason, CancellationToken cancellationToken)
    {
        var outer = database.Database.CurrentTransaction;
        await using var transaction = outer is null ? await database.Database.BeginTransactionAsync(cancellationToken) : null;
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (act is MandateAct.Accept or MandateAct.Resume or MandateAct.Confirm &&
            await database.Organisations.AnyAsync(o => o.Id == mandate.OrganisationId && o.FrozenAt != null, cancellationToken))
        {
            // Asked in the turn: nobody gives or takes power for one that is frozen at this moment.
            throw FrozenOrganisation.Problem.Exception();
        }

        try
        {
            await ApplyAsync(mandate, act, role, actor, reason, cancellationToken);
            await database.SaveChangesAsync(cancellationToken);
            if (transaction is not null)
            {
                await transaction.CommitAsync(CancellationToken.None);
            }
        }
        catch (DbUpdateConcurrencyException)
        {
            throw NotNow.Exception();
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            throw NotNow.Exception();
        }
    }

    /// <summary>
    /// The account of whoever answers for mandates was frozen (<see cref="MandateAct.GrantorFrozen"/>), or is free again (<see cref="MandateAct.GrantorFreed"/>). That they give no power meanwhile is
    /// the rule of <see cref="Standing"/>; here tokens and sessions end, and both sides get a record. The caller holds the audit's turn; written with its next save.
    /// </summary>
    /// <param name="grantor">Whose account.</param>
    /// <param name="act">Which of the two.</param>
    /// <param name="tells">Whether the agents get a message: not where the freeze is for others to speak of.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task FollowGrantorAsync(Guid grantor, MandateAct act, bool tells, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var running = database.Mandates.Where(m => m.AnsweredById == grantor && m.State == MandateState.Active && m.ValidTo > now);
        // By the organisation and by the mandate above: there is no index by who answers.
        var affected = await running.Where(m => m.ParentId == null && m.Organisation!.LegalRepresentativeId == grantor).Select(m => m.Id)
            .Concat(running.Where(m => m.Parent!.AgentId == grantor).Select(m => m.Id)).ToListAsync(cancellationToken);
        var reason = act == MandateAct.GrantorFrozen ? "the account of whoever answers for it is frozen" : "the account of whoever answers for it is free again";
        await FollowAsync(affected, act, reason, tells, cancellationToken);
    }

    /// <summary>As <see cref="FollowGrantorAsync"/>, where officials froze the organisation (<see cref="MandateAct.OrganisationFrozen"/>), or it is free again (<see cref="MandateAct.OrganisationFreed"/>).</summary>
    /// <param name="organisation">Which.</param>
    /// <param name="act">Which of the two.</param>
    /// <param name="tells">Whether the agents get a message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task FollowOrganisationAsync(Guid organisation, MandateAct act, bool tells, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // Parts passed on follow the mandate above.
        var affected = await database.Mandates.Where(m => m.OrganisationId == organisation && m.ParentId == null && m.State == MandateState.Active && m.ValidTo > now)
            .Select(m => m.Id).ToListAsync(cancellationToken);
        await FollowAsync(affected, act, act == MandateAct.OrganisationFrozen ? "the organisation is frozen" : "the organisation is free again", tells, cancellationToken);
    }

    private async Task FollowAsync(List<Guid> affected, MandateAct act, string reason, bool tells, CancellationToken cancellationToken)
    {
        foreach (var id in affected)
        {
            var mandate = await FindAsync(id, cancellationToken);

            // One that runs out in this moment keeps nobody's account from being frozen.
            if (MandateFlow.At(mandate, time.GetUtcNow()) == MandateState.Active)
            {
                // Free of one freeze and held up by another (the grantor's, the organisation's) it cannot be used yet, and nobody is told that it can.
                var usable = act is not (MandateAct.GrantorFreed or MandateAct.OrganisationFreed) || !await database.Mandates.HeldUp(database.Users, time.GetUtcNow()).AnyAsync(m => m.Id == id, cancellationToken);
                await ApplyAsync(mandate, act, MandateRole.System, actor: null, reason, cancellationToken, tells && usable);
            }
        }
    }

    private async Task ApplyAsync(Mandate mandate, MandateAct act, MandateRole role, Guid? actor, string? reason, CancellationToken cancellationToken, bool tells = true)
    {
        var now = time.GetUtcNow();
        // The clock may have ended it before anybody put that on record; then only the record of that is still possible.
        var state = act == MandateAct.Expire ? mandate.State : MandateFlow.At(mandate, now);
        mandate.State = MandateFlow.Next(state, act, role) ?? throw NotNow.Exception();
        mandate.Version++;
        switch (act)
        {
            case MandateAct.Accept:
                mandate.AgentId = actor;
                break;
            case MandateAct.Confirm:
                mandate.AnsweredById = actor!.Value;
                break;
        }

        await NoteAsync(mandate, act, actor, reason, now, cancellationToken, tells);
        if (act is MandateAct.Accept or MandateAct.Decline or MandateAct.Resume or MandateAct.Confirm or MandateAct.GrantorFreed or MandateAct.OrganisationFreed)
        {
            return;
        }

        await EndUseAsync(mandate, cancellationToken);
        foreach (var part in await database.Mandates.Include(m => m.Organisation).Include(m => m.Parent)
            .Where(m => m.ParentId == mandate.Id && (m.State == MandateState.Invited || m.State == MandateState.Active || m.State == MandateState.Suspended))
            .ToListAsync(cancellationToken))
        {
            if (act is MandateAct.Suspend or MandateAct.GrantorFrozen or MandateAct.OrganisationFrozen)
            {
                // It has no power while the one above has none, and gets it back with it.
                await EndUseAsync(part, cancellationToken);
                continue;
            }

            await ApplyAsync(part, MandateAct.Revoke, MandateRole.System, actor: null, "the mandate above ended", cancellationToken);
        }
    }

    /// <summary>Sessions go back to «for whom?», tokens are refused: here at once, because every question reads the mandate, elsewhere by the feed.</summary>
    private async Task EndUseAsync(Mandate mandate, CancellationToken cancellationToken)
    {
        endings.Add(EndedKinds.Mandate, mandate.Id, Standing.TokenVersion(mandate));
        await database.Sessions.Where(s => s.ActingMandateId == mandate.Id).ExecuteUpdateAsync(
            s => s.SetProperty(x => x.ActingForId, (Guid?)null).SetProperty(x => x.ActingMandateId, (Guid?)null).SetProperty(x => x.ActingChosen, false), cancellationToken);
    }

    private async Task NoteAsync(Mandate mandate, MandateAct act, Guid? actor, string? reason, DateTimeOffset now, CancellationToken cancellationToken, bool tells = true)
    {
        var record = await records.AddAsync(mandate, act, actor, reason, now, cancellationToken);
        audit.Add(new AuditEntry(MandateNote.ActionOf(act.ToString()), mandate.Id.ToString(), actor?.ToString(), Details: MandateNote.Of(mandate, reason, record)));
        if (tells)
        {
            MandateNotice.Add(database, mandate, act, actor, now);
        }
    }
}
