using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Counter.Withdrawals;
using Yinxin.Identity.Server.Features.Imports.Withdrawals;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.Identity.Server.Features.SecondFactors;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.FourEyes;

/// <summary>What is wanted, of an account, of an organisation (to freeze and unfreeze), or of an import; a lifting names the freeze that is to be lifted, unless there is but one.</summary>
internal sealed record Wish(ProposalKind Kind, Guid Subject, string Reason, string Explanation, bool Emergency = false, IReadOnlyList<string>? Roles = null, Guid? Freeze = null, Guid? Evidence = null, DateTimeOffset? Since = null, bool OfOrganisation = false);

/// <summary>
/// Four eyes: one official proposes, another decides, and the effect, the decision and its record are one transaction. The state changes by a conditional update,
/// so of two deciders at the same moment one finds it decided.
/// </summary>
internal sealed class Proposals(
    IdentityContext database, FreezeDecisions freezes, SessionStore sessions, FactorResets factors, WithdrawnChecks checks, WithdrawnImports imports, IAuditTrail audit, TimeProvider time)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(72);

    /// <summary>How long an emergency freeze stands without a second official.</summary>
    public static readonly TimeSpan EmergencyLife = TimeSpan.FromHours(24);

    public static readonly Problem Waiting = new("console.proposal.waiting", 409, "已有一项申请等待复核。", "A proposal about it waits already.");
    private static readonly Problem Own = new("console.proposal.own", 403, "不能复核自己提出的申请，请由另一人复核。", "Nobody decides what they proposed; another official has to.");
    private static readonly Problem AboutSelf = new("console.proposal.aboutSelf", 403, "不能处理涉及本人账号的申请。", "Nobody proposes or decides about their own account.");
    private static readonly Problem Over = new("console.proposal.over", 409, "该申请已处理或已过期。", "It is decided, withdrawn or expired.");
    private static readonly Problem Unknown = new("console.proposal.unknown", 404, "没有该申请。", "There is no such proposal.");

    /// <exception cref="ProblemException">It cannot be proposed.</exception>
    public async Task<Proposal> ProposeAsync(ConsoleOfficial official, Wish wish, CancellationToken cancellationToken)
    {
        if (wish.Subject == official.Id)
        {
            throw AboutSelf.Exception();
        }

        // The pages say so in their forms; whatever asks next does not slip past them.
        if (LastingText.NamesSomebody(wish.Explanation))
        {
            throw LastingText.Personal.Exception();
        }

        if (wish.Kind == ProposalKind.FactorReset)
        {
            await factors.DemandPossibleAsync(wish.Subject, cancellationToken);
        }

        if (!await ExistsAsync(wish, cancellationToken))
        {
            throw Unknown.Exception();
        }

        var now = time.GetUtcNow();
        var proposal = new Proposal
        {
            Id = Guid.CreateVersion7(now),
            Kind = wish.Kind,
            SubjectId = wish.Subject,
            OrganisationId = wish.OfOrganisation ? wish.Subject : null,
            Reason = wish.Reason,
            Explanation = wish.Explanation,
            EvidenceId = wish.Evidence,
            Since = wish.Since,
            Emergency = wish.Emergency,
            Roles = [.. wish.Roles ?? []],
            ProposedBy = official.Id,
            ProposedAt = now,
            ExpiresAt = now + (wish.Emergency ? EmergencyLife : Life),
        };
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        await CloseExpiredAsync(p => p.SubjectId == wish.Subject, cancellationToken);
        try
        {
            // In the turn, and after what nobody confirmed in time has fallen away: a freeze that stands no more neither hinders another nor is lifted.
            proposal.FreezeId = await freezes.CheckAsync(wish, cancellationToken);
            if (wish.Kind == ProposalKind.ImportRecords)
            {
                await imports.DemandPossibleAsync(wish.Subject, cancellationToken);
            }

            if (await IsWaitingAsync(proposal, cancellationToken))
            {
                throw Waiting.Exception();
            }
        }
        catch (ProblemException)
        {
            // What expired goes with the transaction; whoever looks for it next closes it.
            database.ChangeTracker.Clear();
            throw;
        }

        database.Proposals.Add(proposal);
        Note("proposal.made", proposal, official, new { proposal.Kind, proposal.Reason, proposal.Explanation, proposal.Emergency, proposal.Roles, proposal.EvidenceId, proposal.Since });
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            throw Waiting.Exception();
        }

        if (wish.Emergency)
        {
            await freezes.FreezeAsync(proposal, official.Id.ToString(), cancellationToken);
            await database.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(CancellationToken.None);
        return proposal;
    }

    private Task<bool> ExistsAsync(Wish wish, CancellationToken cancellationToken)
    {
        // What an official checked can be taken back after their account was closed, as it is after a conviction; so can one check of somebody who has closed theirs.
        var mayBeClosed = wish.Kind is ProposalKind.CounterRecord or ProposalKind.CounterRecords;
        return wish.Kind == ProposalKind.ImportRecords ? database.Imports.AnyAsync(i => i.Id == wish.Subject, cancellationToken)
            : wish.OfOrganisation ? database.Organisations.AnyAsync(o => o.Id == wish.Subject, cancellationToken)
            : database.Users.AnyAsync(a => a.Id == wish.Subject && (a.ClosedAt == null || mayBeClosed), cancellationToken);
    }

    private Task<bool> IsWaitingAsync(Proposal proposal, CancellationToken cancellationToken)
    {
        var waiting = database.Proposals.Where(p => p.SubjectId == proposal.SubjectId && p.State == ProposalState.Pending);
        return proposal.IsAboutEvidence
            ? waiting.AnyAsync(p => p.Kind == proposal.Kind && p.EvidenceId == proposal.EvidenceId, cancellationToken)
            : waiting.AnyAsync(p => p.Kind != ProposalKind.CounterRecord && p.Kind != ProposalKind.CounterRecords && p.Kind != ProposalKind.ImportRecords, cancellationToken);
    }

    /// <returns>The ticket of a reset, which is shown this once; null for everything else.</returns>
    /// <exception cref="ProblemException">The official may not decide it, or it is over.</exception>
    public async Task<string?> DecideAsync(ConsoleOfficial official, Guid id, bool approve, string note, CancellationToken cancellationToken)
    {
        var proposal = await database.Proposals.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken) ?? throw Unknown.Exception();
        await DemandNotConcernedAsync(official, proposal, cancellationToken);
        if (proposal.ProposedBy == official.Id || await OneName.IsOfAsync(database, proposal.ProposedBy, official.Name, cancellationToken))
        {
            audit.Add(new AuditEntry("proposal.ownDecision", proposal.SubjectId.ToString(), official.Id.ToString(), official.Name, new { proposal = id }, Own.Code));
            await database.SaveChangesAsync(cancellationToken);
            throw Own.Exception();
        }

        var now = time.GetUtcNow();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var state = approve ? ProposalState.Approved : ProposalState.Refused;
        var decided = await database.Proposals.Where(p => p.Id == id && p.State == ProposalState.Pending && p.ExpiresAt > now).ExecuteUpdateAsync(
            p => p.SetProperty(x => x.State, state).SetProperty(x => x.DecidedBy, official.Id).SetProperty(x => x.DecidedAt, now).SetProperty(x => x.DecisionNote, note), cancellationToken);
        if (decided == 0)
        {
            throw Over.Exception();
        }

        Note(approve ? "proposal.approved" : "proposal.refused", proposal, official, new { proposal.Kind, proposal.ProposedBy, note });
        string? ticket = null;
        if (approve && proposal.Kind == ProposalKind.FactorReset)
        {
            ticket = await factors.CarryOutAsync(proposal, official.Id, official.Name, cancellationToken);
        }
        else if (approve && proposal.Kind == ProposalKind.ImportRecords)
        {
            await imports.CarryOutAsync(proposal, official.Id, official.Name, cancellationToken);
        }
        else if (approve && proposal.IsAboutEvidence)
        {
            await checks.CarryOutAsync(proposal, official.Id, official.Name, cancellationToken);
        }
        else if (approve)
        {
            await CarryOutAsync(proposal, official, note, cancellationToken);
        }
        else if (proposal.Emergency)
        {
            await freezes.LiftEmergencyAsync(proposal, official.Id.ToString(), cancellationToken);
        }

        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return ticket;
    }

    /// <exception cref="ProblemException">It is about the official's own account, their organisation, or what they handed over.</exception>
    private async Task DemandNotConcernedAsync(ConsoleOfficial official, Proposal proposal, CancellationToken cancellationToken)
    {
        if (proposal.Kind == ProposalKind.ImportRecords)
        {
            // Of very many accounts no single one is concerned.
            await imports.DemandOthersAsync(proposal.SubjectId, official.Id, official.Name, cancellationToken);
            return;
        }

        // One person may have two accounts as an official, or one of their own beside: names count as keys do. An organisation is its representative's matter.
        var concerned = proposal.OrganisationId is { } organisation
            ? await database.Organisations.Where(o => o.Id == organisation).Select(o => o.LegalRepresentativeId).FirstAsync(cancellationToken)
            : proposal.SubjectId;
        var subject = await database.Users.AsNoTracking().Include(a => a.Person).Include(a => a.StaffMember).FirstAsync(a => a.Id == concerned, cancellationToken);
        if (concerned == official.Id || (subject.ClosedAt is null && OneName.Is(subject.DisplayName, official.Name)))
        {
            throw AboutSelf.Exception();
        }
    }

    /// <summary>Taken back by whoever proposed it; an emergency freeze is lifted with it.</summary>
    public async Task WithdrawAsync(ConsoleOfficial official, Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var withdrawn = await database.Proposals.Where(p => p.Id == id && p.ProposedBy == official.Id && p.State == ProposalState.Pending)
            .ExecuteUpdateAsync(p => p.SetProperty(x => x.State, ProposalState.Withdrawn).SetProperty(x => x.DecidedBy, official.Id).SetProperty(x => x.DecidedAt, now), cancellationToken);
        if (withdrawn == 0)
        {
            throw Over.Exception();
        }

        var proposal = await database.Proposals.AsNoTracking().FirstAsync(p => p.Id == id, cancellationToken);
        Note("proposal.withdrawn", proposal, official, new { proposal.Kind });
        if (proposal.Emergency)
        {
            await freezes.LiftEmergencyAsync(proposal, official.Id.ToString(), cancellationToken);
        }

        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>Ends what nobody decided in time; an emergency freeze falls away with it.</summary>
    public async Task ExpireAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!await database.Proposals.AnyAsync(p => p.State == ProposalState.Pending && p.ExpiresAt <= now, cancellationToken))
        {
            return;
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        await CloseExpiredAsync(p => true, cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task CloseExpiredAsync(System.Linq.Expressions.Expression<Func<Proposal, bool>> which, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var over = await database.Proposals.AsNoTracking().Where(p => p.State == ProposalState.Pending && p.ExpiresAt <= now).Where(which).OrderBy(p => p.Id).Take(100).ToListAsync(cancellationToken);
        foreach (var proposal in over)
        {
            var closed = await database.Proposals.Where(p => p.Id == proposal.Id && p.State == ProposalState.Pending)
                .ExecuteUpdateAsync(p => p.SetProperty(x => x.State, ProposalState.Expired).SetProperty(x => x.DecidedAt, now), cancellationToken);
            if (closed == 0)
            {
                continue;
            }

            audit.Add(new AuditEntry("proposal.expired", proposal.SubjectId.ToString(), "system", Details: new { proposal = proposal.Id, kind = proposal.Kind.ToString() }));
            if (proposal.Emergency)
            {
                await freezes.LiftEmergencyAsync(proposal, "system", cancellationToken);
            }
        }
    }

    private async Task CarryOutAsync(Proposal proposal, ConsoleOfficial official, string note, CancellationToken cancellationToken)
    {
        switch (proposal.Kind)
        {
            case ProposalKind.Freeze:
                await freezes.FreezeAsync(proposal, official.Id.ToString(), cancellationToken);
                break;
            case ProposalKind.Unfreeze:
                await freezes.LiftAsync(proposal, official, note, cancellationToken);
                break;
            case ProposalKind.Roles:
                await SetRolesAsync(proposal.SubjectId, proposal.Roles, official.Id, official.Name, cancellationToken);
                break;
            default:
                await CloseAsync(proposal.SubjectId, official.Id, official.Name, cancellationToken);
                break;
        }
    }

    /// <summary>Gives roles; rights of before are dead first: every session and token that carries them ends. The caller holds a transaction or wants none.</summary>
    public async Task SetRolesAsync(Guid subject, IReadOnlyList<string> roles, Guid by, string byName, CancellationToken cancellationToken)
    {
        if (OfficialRoles.HoldsTwoAdministrators(roles))
        {
            throw new InvalidOperationException("Nobody holds two of the three.");
        }

        var member = await database.StaffMembers.FirstAsync(s => s.Id == subject, cancellationToken);
        if (await OneOffice.IsHeldElsewhereAsync(database, member, roles, cancellationToken))
        {
            // The three are given in the audit's turn: of two decisions at once the later sees the earlier. It is taken back with the transaction.
            database.ChangeTracker.Clear();
            throw OneOffice.Taken.Exception();
        }

        audit.Add(new AuditEntry("staff.roles", subject.ToString(), by.ToString(), byName, new { was = member.Roles, roles }));
        member.Roles = [.. roles];
        await sessions.EndAllAsync(subject, EndReasons.RolesChanged, except: null, cancellationToken);
    }

    public async Task CloseAsync(Guid subject, Guid by, string byName, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await database.Users.Where(a => a.Id == subject && a.ClosedAt == null).ExecuteUpdateAsync(a => a.SetProperty(x => x.ClosedAt, now), cancellationToken);
        audit.Add(new AuditEntry("staff.closed", subject.ToString(), by.ToString(), byName));
        await sessions.EndAllAsync(subject, EndReasons.AccountClosed, except: null, cancellationToken);
    }

    private void Note(string action, Proposal proposal, ConsoleOfficial official, object details) =>
        audit.Add(new AuditEntry(action, proposal.SubjectId.ToString(), official.Id.ToString(), official.Name, new { proposal = proposal.Id, details }));
}
