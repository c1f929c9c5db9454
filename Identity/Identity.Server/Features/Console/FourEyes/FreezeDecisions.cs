using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.FourEyes;

/// <summary>What officials freeze and lift by four eyes, of accounts and of organisations: a freeze of theirs stands by itself beside whatever else does, and a lifting is about the one freeze that it names. The caller saves.</summary>
internal sealed class FreezeDecisions(IdentityContext database, AccountFreezing freezing, OrganisationFreezing organisations, INotices notices, TimeProvider time)
{
    public static readonly Problem NotNamed = new("console.proposal.freeze", 422, "请选择要解除哪一项冻结。", "Choose which freeze is to be lifted.");
    private static readonly Problem Disputed = new("console.proposal.disputed", 409, "该账号因身份争议冻结，须由争议决定解除。", "The account is frozen by a dispute; only the decision about that lifts it.");
    private static readonly Problem PhoneDisputed = new(
        "console.proposal.phoneDisputed", 409, "该账号因手机号更换有异议而冻结，须由窗口凭条解除。", "The former phone objected to a change of number; only a counter's ticket lifts this freeze.");

    private static readonly Problem NoChange = new("console.proposal.noChange", 409, "已处于该状态。", "It is in that state already.");
    private static readonly Problem Dissolved = new("console.proposal.dissolved", 409, "该组织已注销，无人可以代表其办事，无需冻结。", "The organisation is dissolved; nobody can act for it, and there is nothing to freeze.");

    private static readonly Problem Changed = new(
        "console.proposal.changed", 409, "申请提出后冻结情况已变化，请驳回后按现状重新提出。", "What is frozen, and why, has changed since the proposal; please refuse it and propose anew.");

    private static readonly Problem EmergencySpent = new(
        "console.proposal.emergencySpent", 409,
        "此前的紧急冻结未经另一人确认即已结束，30 天内不能再次紧急冻结；请按普通程序提出，由另一位安全管理员复核。",
        "An emergency freeze ended without another official's confirmation; for 30 days there is no other. Propose the freeze in the ordinary way: another security administrator decides.");

    /// <summary>How long an emergency freeze that nobody confirmed is followed by no other: else one official alone keeps an account, or an organisation, frozen, a day at a time.</summary>
    private static readonly TimeSpan AfterUnconfirmed = TimeSpan.FromDays(30);

    /// <summary>What the column holds. A note that is cut stands whole in the audit.</summary>
    private const int LongestNote = 500;

    /// <summary>Before the note of a decision.</summary>
    private const string StillFrozen = "（该原因已解除，因另一原因仍处于冻结 / lifted for this reason, still frozen for another）";

    /// <summary>Of what stands, what two officials may lift.</summary>
    public static IReadOnlyList<StandingFreeze> Liftable(IReadOnlyList<StandingFreeze> standing) => [.. standing.Where(f => FreezeRights.ByFourEyes(f, standing))];

    /// <returns>The freeze that is to be lifted; null where none is.</returns>
    /// <exception cref="ProblemException">It changes nothing, or is not for officials to lift, or it is open which.</exception>
    public async Task<Guid?> CheckAsync(Wish wish, CancellationToken cancellationToken)
    {
        if (wish.Kind is not (ProposalKind.Freeze or ProposalKind.Unfreeze))
        {
            return null;
        }

        var standing = await StandingAsync(wish.Subject, wish.OfOrganisation, cancellationToken);
        if (wish.Kind == ProposalKind.Freeze)
        {
            if (wish.OfOrganisation && await IsDissolvedAsync(wish.Subject, cancellationToken))
            {
                throw Dissolved.Exception();
            }

            // Two courts may each have ordered it; of every other reason one is enough.
            if (wish.Reason != FreezeReasons.CourtOrder && standing.Any(f => f.Reason == wish.Reason))
            {
                throw NoChange.Exception();
            }

            return wish.Emergency && await IsEmergencySpentAsync(wish.Subject, cancellationToken) ? throw EmergencySpent.Exception() : (Guid?)null;
        }

        if (standing.Count == 0)
        {
            throw NoChange.Exception();
        }

        var liftable = Liftable(standing);
        if (wish.Freeze is null && liftable.Count == 0)
        {
            throw Refusal(standing[0], standing).Exception();
        }

        var named = wish.Freeze is null ? liftable.Count == 1 ? liftable[0] : null : standing.FirstOrDefault(f => f.Id == wish.Freeze);
        if (named is null)
        {
            throw NotNamed.Exception();
        }

        return liftable.Contains(named) ? named.Id : throw Refusal(named, standing).Exception();
    }

    /// <summary>What stands of an account or an organisation, the strongest first.</summary>
    public Task<IReadOnlyList<StandingFreeze>> StandingAsync(Guid subject, bool ofOrganisation, CancellationToken cancellationToken) =>
        ofOrganisation ? organisations.StandingAsync(subject, cancellationToken) : freezing.StandingAsync(subject, cancellationToken);

    /// <exception cref="ProblemException">A dispute has given the account to its rightful holder since, whom only a court's order concerns; or the organisation is no more.</exception>
    public async Task FreezeAsync(Proposal proposal, string by, CancellationToken cancellationToken)
    {
        if (proposal.OrganisationId is { } organisation)
        {
            await FreezeOrganisationAsync(organisation, proposal, by, cancellationToken);
            return;
        }

        if (proposal.Reason != FreezeReasons.CourtOrder && await database.StandingFreezes.AnyAsync(
            f => f.AccountId == proposal.SubjectId && f.Kind == FreezeKind.Handover && f.Since > proposal.ProposedAt, cancellationToken))
        {
            TakeBack();
            throw Changed.Exception();
        }

        // An emergency freeze that is confirmed stands already.
        if (await freezing.FreezeAsync(proposal.SubjectId, proposal.Reason, by, cancellationToken, proposal.Id))
        {
            Tell(proposal.SubjectId, NoticeKinds.Frozen, proposal.Reason);
        }
    }

    /// <exception cref="ProblemException">Somebody else has lifted it since, or it may not be lifted any more.</exception>
    public async Task LiftAsync(Proposal proposal, ConsoleOfficial official, string note, CancellationToken cancellationToken)
    {
        var standing = await StandingAsync(proposal.SubjectId, proposal.OrganisationId is not null, cancellationToken);
        var freeze = standing.FirstOrDefault(f => f.Id == proposal.FreezeId);
        if (freeze is null || !FreezeRights.ByFourEyes(freeze, standing))
        {
            TakeBack();
            throw (freeze is null ? Changed : Refusal(freeze, standing)).Exception();
        }

        if (await LiftAsync(proposal, [freeze], new Lifting(proposal.Reason, official.Id.ToString(), official.Name, new { proposal = proposal.Id }), cancellationToken))
        {
            await TellUnfrozenAsync(proposal, [freeze.Reason, proposal.Reason], cancellationToken);
            return;
        }

        // The proposal does not read as if nothing froze it any more.
        var noted = StillFrozen + note;
        var kept = noted[..Math.Min(noted.Length, char.IsHighSurrogate(noted[Math.Min(noted.Length, LongestNote) - 1]) ? LongestNote - 1 : LongestNote)];
        await database.Proposals.Where(p => p.Id == proposal.Id).ExecuteUpdateAsync(p => p.SetProperty(x => x.DecisionNote, kept), cancellationToken);
    }

    /// <summary>Ends an emergency freeze that nobody confirmed, and nothing else.</summary>
    public async Task LiftEmergencyAsync(Proposal proposal, string by, CancellationToken cancellationToken)
    {
        var own = (await StandingAsync(proposal.SubjectId, proposal.OrganisationId is not null, cancellationToken)).Where(f => f.ProposalId == proposal.Id);
        if (await LiftAsync(proposal, [.. own], new Lifting("not-confirmed", by, Details: new { proposal = proposal.Id }), cancellationToken))
        {
            await TellUnfrozenAsync(proposal, [proposal.Reason], cancellationToken);
        }
    }

    /// <summary>One that has been dissolved since is left as it is; one that only rests may wake, and is frozen.</summary>
    private async Task FreezeOrganisationAsync(Guid organisation, Proposal proposal, string by, CancellationToken cancellationToken)
    {
        // An emergency freeze that is confirmed stands already, and is confirmed whatever the register has reported since.
        var stands = (await organisations.StandingAsync(organisation, cancellationToken)).Any(f => f.ProposalId == proposal.Id);
        if (!stands && await IsDissolvedAsync(organisation, cancellationToken))
        {
            TakeBack();
            throw Dissolved.Exception();
        }

        if (await organisations.FreezeAsync(organisation, proposal.Reason, by, proposal.Id, cancellationToken))
        {
            await TellRepresentativeAsync(organisation, NoticeKinds.OrganisationFrozen, [proposal.Reason], cancellationToken);
        }
    }

    private Task<bool> LiftAsync(Proposal proposal, IReadOnlyList<StandingFreeze> freezes, Lifting lifting, CancellationToken cancellationToken) => proposal.OrganisationId is { } organisation
        ? organisations.LiftAsync(organisation, freezes, lifting, cancellationToken)
        : freezing.LiftAsync(proposal.SubjectId, freezes, lifting, cancellationToken);

    private Task<bool> IsDissolvedAsync(Guid organisation, CancellationToken cancellationToken) =>
        database.Organisations.AnyAsync(o => o.Id == organisation && o.DissolvedAt != null, cancellationToken);

    /// <summary>Expired, withdrawn or refused, whoever proposed it, and since then nobody has agreed to a freeze that another proposed.</summary>
    private Task<bool> IsEmergencySpentAsync(Guid subject, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - AfterUnconfirmed;
        var proposed = database.Proposals.Where(p => p.SubjectId == subject && p.Kind == ProposalKind.Freeze);
        return proposed.AnyAsync(
            p => p.Emergency && p.State != ProposalState.Pending && p.State != ProposalState.Approved && p.DecidedAt > since
                && !proposed.Any(c => c.State == ProposalState.Approved && c.DecidedAt >= p.DecidedAt),
            cancellationToken);
    }

    private static Problem Refusal(StandingFreeze freeze, IReadOnlyList<StandingFreeze> standing) =>
        freeze.Kind != FreezeKind.FormerPhone && standing.Any(f => f.Kind is FreezeKind.Dispute or FreezeKind.Handover) ? Disputed : PhoneDisputed;

    /// <summary>The decision goes with the transaction, and whoever decides is told why.</summary>
    private void TakeBack() => database.ChangeTracker.Clear();

    private async Task TellUnfrozenAsync(Proposal proposal, IReadOnlyList<string> reasons, CancellationToken cancellationToken)
    {
        if (proposal.OrganisationId is { } organisation)
        {
            await TellRepresentativeAsync(organisation, NoticeKinds.OrganisationUnfrozen, reasons, cancellationToken);
            return;
        }

        Tell(proposal.SubjectId, NoticeKinds.Unfrozen, reasons);
    }

    /// <summary>The owner, with the next save; not where one of the reasons is not ours to tell.</summary>
    private void Tell(Guid account, string kind, params IReadOnlyList<string> reasons)
    {
        if (FreezeReasons.MayBeTold(reasons))
        {
            notices.Add(account, kind);
        }
    }

    /// <summary>Whoever represents the organisation now, under the same rule; while it rests, or when it is no more, there is nobody to tell.</summary>
    private async Task TellRepresentativeAsync(Guid organisation, string kind, IReadOnlyList<string> reasons, CancellationToken cancellationToken)
    {
        if (FreezeReasons.MayBeTold(reasons) && await database.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == organisation && o.EndedAt == null, cancellationToken) is { } found)
        {
            notices.Add(found.LegalRepresentativeId, kind, new Dictionary<string, string>(StringComparer.Ordinal) { ["organisation"] = found.Name });
        }
    }
}
