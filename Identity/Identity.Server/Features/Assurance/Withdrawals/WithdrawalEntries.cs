using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Assurance.Withdrawals;

/// <summary>What every withdrawal that officials decided consists of: the withdrawing records, an entry in the audit for each subject, and a notice to whom it concerns.</summary>
internal sealed class WithdrawalEntries(IdentityContext database, INotices notices, IAuditTrail audit, TimeProvider time)
{
    /// <summary>Adds the withdrawals to the caller's change, with audit and notices. The caller has looked that they stand.</summary>
    /// <param name="records">What is taken back.</param>
    /// <param name="mark">How it is told.</param>
    /// <param name="proposal">That was approved.</param>
    /// <param name="by">Who decided it, and answers for it.</param>
    /// <param name="byName">Their name, for the audit; null in a batch.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task AddAsync(IReadOnlyList<Evidence> records, WithdrawalMark mark, Guid proposal, Guid by, string? byName, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var subjects = records.Select(r => r.SubjectId).Distinct().ToArray();
        var organisations = await database.Organisations.AsNoTracking().Where(o => subjects.Contains(o.Id)).ToDictionaryAsync(o => o.Id, cancellationToken);
        foreach (var group in records.GroupBy(r => r.SubjectId))
        {
            database.Evidence.AddRange(group.Select(r => EvidenceRecords.Withdrawal(r, EvidenceState.Revoked, mark.Reason, by.ToString(), now)));
            audit.Add(new AuditEntry(
                mark.Action, group.Key.ToString(), by.ToString(), byName, new { proposal, records = group.Select(r => new { r.Id, r.AssuredBy, r.ReferenceAtSource }) }));
            if (!organisations.TryGetValue(group.Key, out var organisation))
            {
                notices.Add(group.Key, mark.Notice);
            }
            else if (organisation.EndedAt is null)
            {
                notices.Add(organisation.LegalRepresentativeId, mark.Notice, new Dictionary<string, string>(StringComparer.Ordinal) { ["organisation"] = organisation.Name });
            }
        }
    }
}
