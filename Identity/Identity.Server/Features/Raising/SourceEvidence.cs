using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>What a source said about a subject, as evidence with the signed answer in it. A disagreement is kept as well: it carries nothing, but an auditor asks for it.</summary>
internal sealed class SourceEvidence(IdentityContext database, PersonalData personal, IAuditTrail audit, TimeProvider time)
{
    /// <param name="Kind">Kind of evidence.</param>
    /// <param name="Source">Who answered.</param>
    /// <param name="Method">How it was compared.</param>
    /// <param name="Matched">What was compared.</param>
    /// <param name="Until">When it ends; null: when the facts change.</param>
    internal sealed record Facts(string Kind, string Source, string Method, IReadOnlyList<string> Matched, DateTimeOffset? Until = null);

    /// <summary>Adds the record to the caller's change.</summary>
    /// <returns>The record; <see cref="Evidence.Result"/> tells whether it counts.</returns>
    public async Task<Evidence> AddAsync(Guid subject, Facts facts, AuthorityAnswer answer, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Guid? former = answer.Agrees
            ? await database.Evidence.AsNoTracking().Where(e => e.SubjectId == subject && e.Kind == facts.Kind && e.State == EvidenceState.Active && e.Result == EvidenceResult.Agreed)
                .OrderByDescending(e => e.Place).Select(e => (Guid?)e.Id).FirstOrDefaultAsync(cancellationToken)
            : null;
        var evidence = EvidenceRecords.New(
            subject, facts.Kind, facts.Source, facts.Method, facts.Source, now, facts.Until, answer.Agrees ? facts.Matched : [], answer.Receipt, former, answer.EvidenceResult);
        EvidenceReceipt.Attach(evidence, personal, answer.Signed);
        database.Evidence.Add(evidence);
        return evidence;
    }

    /// <summary>Adds and stores it with a line in the audit.</summary>
    /// <exception cref="ProblemException"><paramref name="mismatch"/>, after the disagreement is stored.</exception>
    public async Task RecordAsync(Guid subject, Guid actor, string action, Facts facts, AuthorityAnswer answer, Problem mismatch, CancellationToken cancellationToken)
    {
        await AddAsync(subject, facts, answer, cancellationToken);
        audit.Add(new AuditEntry(action, subject.ToString(), actor.ToString(), Details: new { answer.Receipt }, Result: answer.Agrees ? "ok" : mismatch.Code));
        await database.SaveChangesAsync(cancellationToken);
        if (!answer.Agrees)
        {
            throw mismatch.Exception();
        }
    }
}
