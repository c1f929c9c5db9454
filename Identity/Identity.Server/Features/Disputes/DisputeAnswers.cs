using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.Identity.Server.Features.Recovery;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>What the holder of a disputed account says: once, within the term, online by the code of the message or at a counter. It becomes evidence, encrypted.</summary>
internal sealed class DisputeAnswers(IdentityContext database, PersonalData personal, IAuditTrail audit, TimeProvider time)
{
    public const int Longest = 1000;

    /// <param name="id">The dispute.</param>
    /// <param name="contradicts">Whether the holder says that the account is theirs.</param>
    /// <param name="text">In the holder's words.</param>
    /// <param name="code">The code of the holder's message, typed at a counter; ignored online, where it was asked for already.</param>
    /// <param name="by">The official who wrote it down at a counter; null: online.</param>
    /// <param name="byName">Their name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">Answered already, decided, or too late; or written down by who opened it, or by who bears a party's name, or without the code.</exception>
    public async Task AnswerAsync(Guid id, bool contradicts, string text, string? code, Guid? by, string? byName, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var dispute = await database.Disputes.AsNoTracking().FirstOrDefaultAsync(d => d.Id == id, cancellationToken) ?? throw DisputeProblems.Unknown.Exception();
        var account = dispute.AccountId ?? throw DisputeProblems.Unknown.Exception();
        if (dispute.State != DisputeState.Open)
        {
            // Asked before the claim is read, which is gone when the account was closed since.
            throw DisputeProblems.Answered.Exception();
        }

        if (by is not null)
        {
            // An answer ends the holder's term: the opener must not be able to give it, and «does not contradict» only who holds the holder's phone. Whoever lost it may still contradict.
            // By name too: one person may have two accounts as an official, or be a party.
            var opened = dispute.OpenedBy == by || await OneName.IsOfAsync(database, dispute.OpenedBy, byName!, cancellationToken);
            await DemandAsync(!opened, dispute, by, byName, DisputeProblems.OwnDecision, cancellationToken);
            await DemandAsync(!await IsPartyAsync(dispute, byName!, cancellationToken), dispute, by, byName, DisputeProblems.OwnMatter, cancellationToken);
            await DemandAsync(contradicts ? string.IsNullOrWhiteSpace(code) || IsCode(dispute, code) : IsCode(dispute, code), dispute, by, byName, DisputeProblems.AnswerCode, cancellationToken);
        }

        var evidence = EvidenceRecords.New(
            account, EvidenceKinds.Dispute, by is null ? "holder" : "counter", by is null ? "answer:online" : "answer:counter", by?.ToString() ?? "holder", now, reference: dispute.Number,
            result: contradicts ? EvidenceResult.Disagreed : EvidenceResult.CannotTell);
        EvidenceReceipt.Attach(evidence, personal, text);
        var answered = await database.Disputes.Where(d => d.Id == id && d.State == DisputeState.Open && d.AnsweredAt == null && d.AnswerDue > now).ExecuteUpdateAsync(
            d => d.SetProperty(x => x.AnsweredAt, now).SetProperty(x => x.Contradicted, contradicts).SetProperty(x => x.AnswerEvidenceId, evidence.Id), cancellationToken);
        if (answered == 0)
        {
            throw DisputeProblems.Answered.Exception();
        }

        database.Evidence.Add(evidence);
        audit.Add(new AuditEntry("dispute.answered", account.ToString(), by?.ToString(), byName, new { dispute.Number, contradicts }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>Whether the claimant or the holder has this name.</summary>
    private async Task<bool> IsPartyAsync(Dispute dispute, string name, CancellationToken cancellationToken)
    {
        var claim = ClaimReceipt.Read(await database.Evidence.AsNoTracking().FirstAsync(e => e.Id == dispute.ClaimEvidenceId, cancellationToken), personal);
        var holder = await database.Persons.AsNoTracking().FirstAsync(p => p.Id == dispute.AccountId, cancellationToken);
        return OneName.Is(claim.Name, name) || OneName.Is(holder.Name, name);
    }

    private bool IsCode(Dispute dispute, string? code) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(RecoveryTickets.Hash(personal, code ?? "")), Encoding.ASCII.GetBytes(RecoveryTickets.Hash(personal, DisputeNumbers.HolderCode(personal, dispute.Id))));

    private async Task DemandAsync(bool met, Dispute dispute, Guid? by, string? byName, Problem problem, CancellationToken cancellationToken)
    {
        if (!met)
        {
            audit.Add(new AuditEntry("dispute.answered", dispute.AccountId.ToString(), by?.ToString(), byName, new { dispute.Number }, problem.Code));
            await database.SaveChangesAsync(cancellationToken);
            await database.Database.CommitTransactionAsync(cancellationToken);
            throw problem.Exception();
        }
    }
}
