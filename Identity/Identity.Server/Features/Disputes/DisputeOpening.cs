using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Counter;
using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.Identity.Server.Features.Recovery;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>
/// Opens a dispute at a counter. The population library must agree with the paper, or nobody's account is frozen; then, in one transaction: what was seen becomes evidence, the
/// account is frozen with every session and token, its holder is told how to answer.
/// </summary>
internal sealed class DisputeOpening(
    IdentityContext database, PersonalData personal, CounterLookups lookups, PopulationRegister population, AccountFreezing freezing, INotices notices, IAuditTrail audit, IOptions<DisputeSettings> settings,
    TimeProvider time)
{
    /// <returns>The dispute and the code for the claimant's receipt, which is shown this once.</returns>
    /// <exception cref="ProblemException">It cannot be opened.</exception>
    public async Task<(Dispute Dispute, string Code)> OpenAsync(ConsoleOfficial official, DisputeClaim claim, CancellationToken cancellationToken)
    {
        var indexes = personal.Indexes(Purposes.IdNumber, claim.IdNumber);
        var person = await lookups.FindAsync(
            official.Id.ToString(), official.Name, () => database.Persons.AsNoTracking().FirstOrDefaultAsync(p => indexes.Contains(p.IdNumberIndex), cancellationToken), p => p.Id, cancellationToken) ??
            throw DisputeProblems.NotRegistered.Exception();
        if (OneName.Is(claim.Name, official.Name) || OneName.Is(person.Name, official.Name))
        {
            await RefuseAsync(official, person.Id, DisputeProblems.OwnMatter, receipt: null, cancellationToken);
        }

        var answer = await population.CheckAsync(claim.IdNumber, claim.Name, claim.Sex, claim.Ethnicity, cancellationToken);
        if (!answer.Agrees)
        {
            await RefuseAsync(official, person.Id, DisputeProblems.Disagrees, answer.Receipt, cancellationToken);
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var (dispute, code) = await EnterAsync(official, claim, person.Id, answer, cancellationToken);
        await FreezeAsync(dispute, official, cancellationToken);
        notices.Add(person.Id, NoticeKinds.DisputeOpened, new Dictionary<string, string>(StringComparer.Ordinal) { ["number"] = dispute.Number });
        database.Add(OutboxMessage.Create(DisputeMessages.KindName, dispute.Id, dispute.Id.ToString(), dispute.OpenedAt!.Value));
        audit.Add(new AuditEntry("dispute.opened", person.Id.ToString(), official.Id.ToString(), official.Name, new { dispute.Number, kind = claim.Kind.ToString(), claim.DocumentKind, claim.Hall, claim.HallLevel, claim.Window, answer.Receipt }));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            throw DisputeProblems.AlreadyOpen.Exception();
        }

        await transaction.CommitAsync(CancellationToken.None);
        return (dispute, code);
    }

    private async Task<(Dispute Dispute, string Code)> EnterAsync(ConsoleOfficial official, DisputeClaim claim, Guid account, AuthorityAnswer answer, CancellationToken cancellationToken)
    {
        // In the audit's turn: of two windows at once the second finds the first's.
        if (await database.Disputes.AnyAsync(d => d.AccountId == account && d.State == DisputeState.Open, cancellationToken))
        {
            throw DisputeProblems.AlreadyOpen.Exception();
        }

        var now = time.GetUtcNow();
        var kept = now.AddDays(-settings.Value.SlipDays);
        var dispute = claim.Slip is null ? new Dispute { Id = Guid.CreateVersion7(now), Number = DisputeNumbers.New(), CreatedAt = now, AccountId = account }
            : await database.Disputes.FirstOrDefaultAsync(d => d.Number == claim.Slip && d.State == DisputeState.Asked && d.AccountId == account && d.CreatedAt >= kept, cancellationToken)
              ?? throw DisputeProblems.SlipDiffers.Exception();
        var code = RecoveryTickets.New();
        var evidence = EvidenceRecords.New(
            account, EvidenceKinds.Dispute, "counter", "claim:" + claim.DocumentKind, official.Id.ToString(), now, reference: dispute.Number, result: EvidenceResult.CannotTell);
        EvidenceReceipt.Attach(evidence, personal, new ClaimReceipt(claim.Name, claim.Sex, claim.Ethnicity, claim.DocumentKind, claim.DocumentNumber, claim.Finding, answer.Receipt, answer.Signed).Write());
        database.Evidence.Add(evidence);
        (dispute.State, dispute.Kind, dispute.OpenedBy, dispute.OpenedAt) = (DisputeState.Open, claim.Kind, official.Id, now);
        (dispute.Hall, dispute.HallLevel, dispute.Window) = (claim.Hall, claim.HallLevel, claim.Window);
        (dispute.ClaimEvidenceId, dispute.ClaimSecretHash, dispute.AnswerDue) = (evidence.Id, RecoveryTickets.Hash(personal, code), now.AddDays(settings.Value.AnswerDays));
        if (claim.Slip is null)
        {
            database.Disputes.Add(dispute);
        }

        return (dispute, code);
    }

    /// <summary>Beside whatever froze the account before: who lifts that does not wake it in the middle of the dispute. The dead dispute nothing.</summary>
    private async Task FreezeAsync(Dispute dispute, ConsoleOfficial official, CancellationToken cancellationToken)
    {
        var account = dispute.AccountId!.Value;
        if ((await freezing.StandingAsync(account, cancellationToken)).Any(f => f.Kind == FreezeKind.Death))
        {
            throw DisputeProblems.Deceased.Exception();
        }

        await freezing.FreezeAsync(account, FreezeReasons.Dispute, official.Id.ToString(), cancellationToken, dispute: dispute.Id);
    }

    private async Task RefuseAsync(ConsoleOfficial official, Guid account, Problem problem, string? receipt, CancellationToken cancellationToken)
    {
        audit.Add(new AuditEntry("dispute.opened", account.ToString(), official.Id.ToString(), official.Name, new { receipt }, problem.Code));
        await database.SaveChangesAsync(cancellationToken);
        throw problem.Exception();
    }
}
