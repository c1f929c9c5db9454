using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Assurance.Withdrawals;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Imports.Withdrawals;

/// <summary>
/// Takes back all evidence that one import brought, where a city's file turns out to be wrong. Accounts and links stay: whoever signs in with them is a person, and a corrected file leads to them.
/// Two officials have decided it; see <see cref="Console.FourEyes.Proposals"/>.
/// </summary>
internal sealed class WithdrawnImports(IdentityContext database, IAuditTrail audit, TimeProvider time) : IWithdrawalScope
{
    /// <summary>Word for machines in the withdrawal.</summary>
    public const string Reason = "import-withdrawn";

    /// <summary>In the audit, of each account.</summary>
    public const string Action = "evidence.importWithdrawn";

    /// <summary>In one batch, with all that the import brought of them: each level falls once, and each person is told once.</summary>
    public const int AccountsAtOnce = 100;

    public static readonly Problem Already = new("console.importWithdrawal.done", 409, "该次移交已被撤销。", "This hand-over was taken back already.");

    private static readonly Problem Nothing = new(
        "console.importWithdrawal.none", 409,
        "没有可撤销的认证信息：该次移交没有带来新的，或由未记录移交编号的旧版本接收（可在分级策略中不再采信该来源）。",
        "There is nothing to take back: it brought nothing that was new, or a release took it that kept no key of it (the policy can refuse its source).");

    private static readonly Problem OwnImport = new(
        "console.importWithdrawal.ownImport", 403, "不能复核本人移交的数据，请由另一人复核。", "Nobody decides about what they handed over; another official has to.");

    public WithdrawalMark Mark { get; } = new(Reason, Action, NoticeKinds.ImportWithdrawn);

    /// <summary>What an import brought, whatever became of it.</summary>
    public static IQueryable<Evidence> Of(IQueryable<Evidence> evidence, Guid import) => evidence.Where(e => e.ImportId == import);

    /// <summary>How many accounts and records a withdrawal concerns.</summary>
    public static async Task<(long Accounts, long Records)> CountAsync(IdentityContext database, Guid import, CancellationToken cancellationToken)
    {
        var brought = Of(database.Evidence, import);
        return (await brought.Select(e => e.SubjectId).Distinct().LongCountAsync(cancellationToken), await brought.LongCountAsync(cancellationToken));
    }

    public bool Covers(WithdrawalRun run) => run.ImportId is not null;

    public async Task<WithdrawalBatch> NextAsync(WithdrawalRun run, CancellationToken cancellationToken)
    {
        var (import, cursor) = (run.ImportId!.Value, run.Cursor);
        var accounts = await Of(database.Evidence, import).Where(e => cursor == null || e.SubjectId > cursor).Select(e => e.SubjectId).Distinct().OrderBy(s => s).Take(AccountsAtOnce)
            .ToListAsync(cancellationToken);
        var records = await Of(database.Evidence, import).Where(e => accounts.Contains(e.SubjectId)).OrderBy(e => e.SubjectId).ThenBy(e => e.Place).WithoutReceipts().ToListAsync(cancellationToken);
        return new WithdrawalBatch(records, accounts.Count > 0 ? accounts[^1] : cursor, accounts.Count < AccountsAtOnce);
    }

    public AuditEntry Done(WithdrawalRun run, long seen, long withdrawn) =>
        new AuditEntry("import.withdrawalDone", run.ImportId.ToString(), run.DecidedBy.ToString(), Details: new { proposal = run.Id, seen, withdrawn });

    /// <exception cref="ProblemException">There is no such import, it was taken back already, or it brought nothing.</exception>
    public async Task DemandPossibleAsync(Guid id, CancellationToken cancellationToken)
    {
        var import = await database.Imports.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, cancellationToken) ?? throw ImportProblems.Unknown.Exception();
        if (import.WithdrawnAt is not null)
        {
            throw Already.Exception();
        }

        // One that may go on is stopped, whatever it has brought so far.
        if (import.EndedAt is not null && !await Of(database.Evidence, id).AnyAsync(cancellationToken))
        {
            throw Nothing.Exception();
        }
    }

    /// <exception cref="ProblemException">Whoever decides began it or sent a part of it.</exception>
    public async Task DemandOthersAsync(Guid id, Guid by, string byName, CancellationToken cancellationToken)
    {
        var subject = id.ToString();
        var senders = await database.Set<AuditRecord>().AsNoTracking().Where(r => r.SubjectId == subject && r.Action == "import.batch").Select(r => r.ActorId).Distinct().ToListAsync(cancellationToken);
        senders.Add(await database.Imports.Where(i => i.Id == id).Select(i => i.StartedBy).FirstOrDefaultAsync(cancellationToken));
        foreach (var sender in senders)
        {
            // A service has no name that an official could bear. One person may have two accounts as an official: names count as keys do.
            if (Guid.TryParse(sender, out var official) && (official == by || await OneName.IsOfAsync(database, official, byName, cancellationToken)))
            {
                throw OwnImport.Exception();
            }
        }
    }

    /// <summary>Does what was decided, inside the caller's transaction and the audit's turn: whoever sends it at this moment commits before, and is taken back with the rest, or not at all.</summary>
    /// <exception cref="ProblemException">It was taken back already.</exception>
    public async Task CarryOutAsync(Proposal proposal, Guid by, string byName, CancellationToken cancellationToken)
    {
        var (id, now) = (proposal.SubjectId, time.GetUtcNow());
        var withdrawn = await database.Imports.Where(i => i.Id == id && i.WithdrawnAt == null)
            .ExecuteUpdateAsync(i => i.SetProperty(x => x.WithdrawnAt, now).SetProperty(x => x.Turn, x => x.Turn + 1), cancellationToken);
        if (withdrawn == 0)
        {
            database.ChangeTracker.Clear();
            throw Already.Exception();
        }

        var records = await Of(database.Evidence, id).LongCountAsync(cancellationToken);
        database.WithdrawalRuns.Add(new WithdrawalRun { Id = proposal.Id, ImportId = id, DecidedBy = by, Total = records, StartedAt = now });
        audit.Add(new AuditEntry("import.withdrawn", id.ToString(), by.ToString(), byName, new { proposal = proposal.Id, records }));
    }
}
