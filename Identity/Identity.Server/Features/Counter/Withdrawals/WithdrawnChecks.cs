using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Assurance.Withdrawals;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Counter.Withdrawals;

/// <summary>
/// Takes back what was checked at a counter, of persons and of organisations: one record at once, all of one official's since a moment in batches. The level falls to what is left, and
/// whoever is concerned is told. Two officials have decided it; see <see cref="Console.FourEyes.Proposals"/>.
/// </summary>
internal sealed class WithdrawnChecks(IdentityContext database, WithdrawalEntries entries, IAuditTrail audit, TimeProvider time) : IWithdrawalScope
{
    /// <summary>Word for machines in the withdrawal.</summary>
    public const string Reason = "counter-withdrawn";

    /// <summary>In the audit, of each person or organisation.</summary>
    public const string Action = "evidence.counterWithdrawn";

    /// <summary>In one batch.</summary>
    public const int RecordsAtOnce = 100;

    public static readonly Problem NotStanding = new(
        "console.counterWithdrawal.notStanding", 409, "该核验已被撤销或取代，不再有效。", "This check was taken back or replaced already; it carries nothing any more.");

    private static readonly Problem OwnCheck = new(
        "console.counterWithdrawal.ownCheck", 403, "不能复核本人所做的核验，请由另一人复核。", "Nobody decides about a check of their own; another official has to.");

    public WithdrawalMark Mark { get; } = new(Reason, Action, NoticeKinds.CounterWithdrawn);

    /// <summary>What an official vouched for at a counter since a moment, whatever became of it.</summary>
    public static IQueryable<Evidence> Of(IQueryable<Evidence> evidence, Guid official, DateTimeOffset since)
    {
        var by = official.ToString();
        return evidence.Where(e => e.Kind == EvidenceKinds.Counter && e.AssuredBy == by && e.VerifiedAt >= since && e.State == EvidenceState.Active && e.Result == EvidenceResult.Agreed);
    }

    /// <summary>
    /// Whether all that an official saw at a moment was taken back before it became a record: what they had begun then must not carry anything later. What they see after the decision is judged
    /// by their account.
    /// </summary>
    public static Task<bool> AreTakenBackAsync(IdentityContext database, Guid official, DateTimeOffset seen, CancellationToken cancellationToken) =>
        database.WithdrawalRuns.AnyAsync(w => w.OfficialId == official && w.Since <= seen && w.StartedAt >= seen, cancellationToken);

    /// <summary>Whether there is anything to take back of an official since a moment: checks, or what would become one.</summary>
    public static async Task<bool> AnyAsync(IdentityContext database, Guid official, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var by = official.ToString();
        return await Of(database.Evidence, official, since).AnyAsync(cancellationToken)
            || await database.RecoveryRequests.AnyAsync(r => r.State == RecoveryState.Ticket && r.SeenBy == by && r.CreatedAt >= since, cancellationToken)
            || await database.Disputes.AnyAsync(d => d.State == DisputeState.Open && d.OpenedBy == official && d.OpenedAt >= since, cancellationToken);
    }

    public bool Covers(WithdrawalRun run) => run.OfficialId is not null;

    public async Task<WithdrawalBatch> NextAsync(WithdrawalRun run, CancellationToken cancellationToken)
    {
        var cursor = run.Cursor;
        var records = await Of(database.Evidence, run.OfficialId!.Value, run.Since!.Value).Where(e => cursor == null || e.Id > cursor)
            .OrderBy(e => e.Id).Take(RecordsAtOnce).WithoutReceipts().ToListAsync(cancellationToken);
        return new WithdrawalBatch(records, records.Count > 0 ? records[^1].Id : cursor, records.Count < RecordsAtOnce);
    }

    public AuditEntry Done(WithdrawalRun run, long seen, long withdrawn) =>
        new AuditEntry("counter.withdrawalDone", run.OfficialId.ToString(), run.DecidedBy.ToString(), Details: new { proposal = run.Id, run.Since, seen, withdrawn });

    /// <returns>The record and the account that is told of it; null where nothing of the kind still stands.</returns>
    public async Task<(Evidence Record, Guid Account, Organisation? Organisation)?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var record = await database.Evidence.Where(e => e.Id == id && e.Kind == EvidenceKinds.Counter).WithoutReceipts().FirstOrDefaultAsync(cancellationToken);
        if (record is null || (await EvidenceWithdrawal.StandingAsync(database, record.SubjectId, cancellationToken)).All(e => e.Id != id))
        {
            return null;
        }

        var organisation = await database.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == record.SubjectId, cancellationToken);
        return (record, organisation?.LegalRepresentativeId ?? record.SubjectId, organisation);
    }

    /// <summary>Does what was decided, inside the caller's transaction and the audit's turn.</summary>
    /// <exception cref="ProblemException">It stands no more, or whoever decides vouched for it.</exception>
    public async Task CarryOutAsync(Proposal proposal, Guid by, string byName, CancellationToken cancellationToken)
    {
        if (proposal.EvidenceId is not null)
        {
            await WithdrawOneAsync(proposal, by, byName, cancellationToken);
            return;
        }

        var now = time.GetUtcNow();
        database.WithdrawalRuns.Add(new WithdrawalRun
        {
            Id = proposal.Id,
            OfficialId = proposal.SubjectId,
            Since = proposal.Since!.Value,
            DecidedBy = by,
            Total = await Of(database.Evidence, proposal.SubjectId, proposal.Since.Value).LongCountAsync(cancellationToken),
            StartedAt = now,
        });
        await EndTicketsAsync(proposal, by, byName, now, cancellationToken);
    }

    /// <summary>
    /// What lets somebody into an account by this official's word alone, and would make a record of it when it is spent. Whoever it was given to honestly comes to a counter again. Tickets are
    /// spent in the audit's turn as well: none is between.
    /// </summary>
    private async Task EndTicketsAsync(Proposal proposal, Guid by, string byName, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (official, since) = (proposal.SubjectId.ToString(), proposal.Since!.Value);
        var tickets = await database.RecoveryRequests.Where(r => r.State == RecoveryState.Ticket && r.SeenBy == official && r.CreatedAt >= since)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RecoveryState.Cancelled).SetProperty(r => r.EndedAt, now), cancellationToken);
        if (tickets > 0)
        {
            audit.Add(new AuditEntry("counter.ticketsEnded", official, by.ToString(), byName, new { proposal = proposal.Id, since, tickets }));
        }
    }

    private async Task WithdrawOneAsync(Proposal proposal, Guid by, string byName, CancellationToken cancellationToken)
    {
        if (await FindAsync(proposal.EvidenceId!.Value, cancellationToken) is not { } found)
        {
            database.ChangeTracker.Clear();
            throw NotStanding.Exception();
        }

        // One person may have two accounts as an official: names count as keys do.
        var vouched = Guid.TryParse(found.Record.AssuredBy, out var key) ? key : Guid.Empty;
        if (vouched == by || await OneName.IsOfAsync(database, vouched, byName, cancellationToken))
        {
            database.ChangeTracker.Clear();
            throw OwnCheck.Exception();
        }

        await entries.AddAsync([found.Record], Mark, proposal.Id, by, byName, cancellationToken);
    }
}
