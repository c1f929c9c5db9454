using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.Identity.Server.Features.Raising;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>
/// Decided by an official other than the one who opened it: the account goes to the claimant, or stays with its holder. Decision, effect and record are one transaction; the
/// state changes by a conditional update, so of two deciders one finds it decided.
/// </summary>
internal sealed class DisputeDecisions(
    IdentityContext database, PersonalData personal, DisputeHandover handover, AccountFreezing freezing, PopulationRegister population, StandingAnswers standing, INotices notices, IAuditTrail audit, TimeProvider time)
{
    /// <exception cref="ProblemException">The official may not decide it, it is over, or the holder was not heard.</exception>
    public async Task DecideAsync(ConsoleOfficial official, Guid id, bool grant, string reasons, CancellationToken cancellationToken)
    {
        var dispute = await database.Disputes.AsNoTracking().FirstOrDefaultAsync(d => d.Id == id && d.State != DisputeState.Asked, cancellationToken) ?? throw DisputeProblems.Unknown.Exception();
        if (dispute.State != DisputeState.Open)
        {
            // Asked before the claim is read, which is gone when the account was closed since.
            throw DisputeProblems.Over.Exception();
        }

        var claim = ClaimReceipt.Read(await database.Evidence.AsNoTracking().FirstAsync(e => e.Id == dispute.ClaimEvidenceId, cancellationToken), personal);
        var holder = await database.Persons.AsNoTracking().FirstAsync(p => p.Id == dispute.AccountId, cancellationToken);
        if (dispute.OpenedBy == official.Id)
        {
            await RefuseAsync(official, dispute, DisputeProblems.OwnDecision, cancellationToken);
        }

        // One person may have two accounts as an official; whoever wrote the answer down does not decide either.
        if (await OneName.IsOfAsync(database, dispute.OpenedBy, official.Name, cancellationToken))
        {
            await RefuseAsync(official, dispute, DisputeProblems.OwnDecision, cancellationToken);
        }

        if (await WroteAnswerAsync(official, id, cancellationToken))
        {
            await RefuseAsync(official, dispute, DisputeProblems.OwnAnswer, cancellationToken);
        }

        if (OneName.Is(claim.Name, official.Name) || OneName.Is(holder.Name, official.Name))
        {
            await RefuseAsync(official, dispute, DisputeProblems.OwnMatter, cancellationToken);
        }

        var (answer, known) = grant ? await AskAgainAsync(official, dispute, claim, holder, cancellationToken) : (null, null);
        var now = time.GetUtcNow();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        // Asked again: while the population library was waited for, the same official may have written an answer down, and by it ended the holder's term.
        if (await WroteAnswerAsync(official, id, cancellationToken))
        {
            await RefuseAsync(official, dispute, DisputeProblems.OwnAnswer, cancellationToken);
        }

        if (answer is not null && known is not null && !await standing.StandsAsync(PopulationRegister.Self.Issuer, answer.Receipt, known, cancellationToken))
        {
            await RefuseAsync(official, dispute, StandingAnswers.Changed, cancellationToken);
        }

        var open = database.Disputes.Where(d => d.Id == id && d.State == DisputeState.Open && d.OpenedBy != official.Id);
        var state = grant ? DisputeState.Granted : DisputeState.Rejected;
        var heard = grant ? open.Where(d => d.AnsweredAt != null || d.AnswerDue <= now) : open;
        if (await heard.ExecuteUpdateAsync(d => d.SetProperty(x => x.State, state).SetProperty(x => x.DecidedBy, official.Id).SetProperty(x => x.DecidedAt, now).SetProperty(x => x.Reasons, reasons), cancellationToken) == 0)
        {
            throw (await open.AnyAsync(cancellationToken) ? DisputeProblems.NotHeard : DisputeProblems.Over).Exception();
        }

        var account = holder.Id;
        var decision = EvidenceRecords.New(
            account, EvidenceKinds.Dispute, "counter", grant ? "granted" : "rejected", official.Id.ToString(), now, reference: dispute.Number,
            result: grant ? EvidenceResult.Agreed : EvidenceResult.Disagreed);
        EvidenceReceipt.Attach(decision, personal, reasons);
        database.Evidence.Add(decision);
        audit.Add(new AuditEntry(grant ? "dispute.granted" : "dispute.rejected", account.ToString(), official.Id.ToString(), official.Name, new { dispute.Number, dispute.OpenedBy, dispute.Contradicted }));
        // The number that hears of it is the former holder's: the account has none any more when it was handed over.
        notices.Add(account, grant ? NoticeKinds.DisputeGranted : NoticeKinds.DisputeRejected, new Dictionary<string, string>(StringComparer.Ordinal) { ["number"] = dispute.Number }, holder.HasPhone ? holder.PhoneCipher : null);
        if (answer is not null)
        {
            await handover.HandOverAsync(dispute, claim, answer, official, cancellationToken);
        }
        else
        {
            await LiftAsync(dispute, official, cancellationToken);
        }

        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>Whether this official wrote the holder's answer down, by this account or by another of theirs.</summary>
    private async Task<bool> WroteAnswerAsync(ConsoleOfficial official, Guid id, CancellationToken cancellationToken)
    {
        var writer = await database.Evidence.Where(e => database.Disputes.Any(d => d.Id == id && d.AnswerEvidenceId == e.Id)).Select(e => e.AssuredBy).FirstOrDefaultAsync(cancellationToken);
        return Guid.TryParse(writer, out var account) && (account == official.Id || await OneName.IsOfAsync(database, account, official.Name, cancellationToken));
    }

    /// <summary>What the register said at the opening may be a week old: the account goes only to whom it names now.</summary>
    private async Task<(AuthorityAnswer? Answer, KnownNews? Known)> AskAgainAsync(ConsoleOfficial official, Dispute dispute, ClaimReceipt claim, Person holder, CancellationToken cancellationToken)
    {
        if (holder.IdNumberCipher.Length == 0)
        {
            await RefuseAsync(official, dispute, DisputeProblems.Over, cancellationToken);
        }

        var number = personal.Unprotect(Purposes.IdNumber, holder.IdNumberCipher);
        var known = await standing.KnownAsync([number], cancellationToken);
        var answer = await population.CheckAsync(number, claim.Name, claim.Sex, claim.Ethnicity, cancellationToken);
        if (!answer.Agrees)
        {
            await RefuseAsync(official, dispute, DisputeProblems.PopulationChanged, cancellationToken);
        }

        return (answer, known);
    }

    /// <summary>Only the dispute's own freeze; whatever else freezes the account stands as it was.</summary>
    private async Task LiftAsync(Dispute dispute, ConsoleOfficial official, CancellationToken cancellationToken)
    {
        var account = dispute.AccountId!.Value;
        var own = (await freezing.StandingAsync(account, cancellationToken)).Where(f => f.Kind == FreezeKind.Dispute);
        await freezing.LiftAsync(account, [.. own], new Lifting("dispute-rejected", official.Id.ToString(), official.Name, new { dispute.Number }), cancellationToken);
    }

    private async Task RefuseAsync(ConsoleOfficial official, Dispute dispute, Problem problem, CancellationToken cancellationToken)
    {
        audit.Add(new AuditEntry("dispute.decided", dispute.AccountId?.ToString(), official.Id.ToString(), official.Name, new { dispute.Number }, problem.Code));
        await database.SaveChangesAsync(cancellationToken);
        if (database.Database.CurrentTransaction is not null)
        {
            // Refused in the turn: the record is all that is left of it.
            await database.Database.CommitTransactionAsync(CancellationToken.None);
        }

        throw problem.Exception();
    }
}
