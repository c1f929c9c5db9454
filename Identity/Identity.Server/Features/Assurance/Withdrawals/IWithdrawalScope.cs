using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Assurance.Withdrawals;

/// <summary>Which records a run takes back, and what is said of it: one for each thing about whose evidence two officials may decide at once.</summary>
internal interface IWithdrawalScope
{
    WithdrawalMark Mark { get; }

    /// <summary>Whether a run is about this.</summary>
    bool Covers(WithdrawalRun run);

    /// <summary>The records behind the run's cursor, whatever became of them, no more than are worth one turn in the audit.</summary>
    Task<WithdrawalBatch> NextAsync(WithdrawalRun run, CancellationToken cancellationToken);

    /// <summary>For the audit, after the last batch.</summary>
    AuditEntry Done(WithdrawalRun run, long seen, long withdrawn);
}

/// <param name="Records">In the order in which they are worked off.</param>
/// <param name="Cursor">Where the next batch begins.</param>
/// <param name="IsLast">Nothing comes behind it.</param>
internal sealed record WithdrawalBatch(IReadOnlyList<Evidence> Records, Guid? Cursor, bool IsLast);

/// <summary>How a withdrawal is told.</summary>
/// <param name="Reason">To machines, in the withdrawing record.</param>
/// <param name="Action">To the audit.</param>
/// <param name="Notice">To whom it concerns: one of <see cref="Notices.NoticeKinds"/>.</param>
internal sealed record WithdrawalMark(string Reason, string Action, string Notice);
