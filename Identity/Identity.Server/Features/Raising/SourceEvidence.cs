using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>What a source said about a subject, as evidence with the signed answer in it. A disagreement is kept as well: it carries nothing, but an auditor asks for it.</summary>
internal sealed class SourceEvidence(IdentityContext database, PersonalData personal, StandingAnswers standing, IAuditTrail audit, TimeProvider time)
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

    /// <summary>Ask before the source is asked; what comes of it goes to <see cref="RecordAsync"/>.</summary>
    /// <inheritdoc cref="StandingAnswers.BeginAsync"/>
    public Task<KnownNews> BeginAsync(Person person, Organisation? organisation, CancellationToken cancellationToken) => standing.BeginAsync(person, organisation, cancellationToken);

    /// <summary>Adds and stores it with a line in the audit, in the caller's transaction where there is one. An answer that agreed and does not stand any more leaves that line alone.</summary>
    /// <param name="subject">Whose evidence.</param>
    /// <param name="actor">Who asked.</param>
    /// <param name="action">Of the line in the audit.</param>
    /// <param name="facts">What the evidence says.</param>
    /// <param name="answer">What the source said.</param>
    /// <param name="mismatch">What the person is told of a disagreement.</param>
    /// <param name="known">What was known when the check began.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException"><paramref name="mismatch"/>, after the disagreement is stored; <see cref="StandingAnswers.Changed"/>.</exception>
    public async Task RecordAsync(Guid subject, Guid actor, string action, Facts facts, AuthorityAnswer answer, Problem mismatch, KnownNews known, CancellationToken cancellationToken)
    {
        await using var transaction = database.Database.CurrentTransaction is null ? await database.Database.BeginTransactionAsync(cancellationToken) : null;
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        Problem? refusal;
        if (answer.Agrees && !(await standing.StandsAsync(facts.Source, answer.Receipt, known, cancellationToken) && await StillRepresentsAsync(subject, actor, cancellationToken)))
        {
            // Nor is anything kept that the caller changed because of it.
            refusal = StandingAnswers.Changed;
            database.ChangeTracker.Clear();
        }
        else
        {
            refusal = answer.Agrees ? null : mismatch;
            await AddAsync(subject, facts, answer, cancellationToken);
        }

        audit.Add(new AuditEntry(action, subject.ToString(), actor.ToString(), Details: new { answer.Receipt }, Result: refusal?.Code ?? "ok"));
        await database.SaveChangesAsync(cancellationToken);
        if (transaction is not null)
        {
            await transaction.CommitAsync(CancellationToken.None);
        }

        if (refusal is not null)
        {
            throw refusal.Exception();
        }
    }

    /// <summary>Whoever represents it now may have registered it themselves while the source was asked: the register then told that in its answer to them, and reported nothing. Nor is a frozen one raised.</summary>
    private async Task<bool> StillRepresentsAsync(Guid subject, Guid actor, CancellationToken cancellationToken) =>
        subject == actor || await database.Organisations.AnyAsync(o => o.Id == subject && o.LegalRepresentativeId == actor && o.EndedAt == null && o.FrozenAt == null, cancellationToken);
}
