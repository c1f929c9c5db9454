using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Mandates;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>What follows when a register reports that an organisation is no more, or has another legal representative.</summary>
internal sealed class OrganisationAtSource(IdentityContext database, PersonalData personal, GradeReader grades, OrganisationChanges changes, TimeProvider time)
{
    /// <summary>Nobody acts for it any more, and what proved it is taken back. The representative is told.</summary>
    public async Task<string> DissolvedAsync(SourceChange change, CancellationToken cancellationToken)
    {
        if (await FindAsync(change, cancellationToken) is not { } organisation)
        {
            return SourceChangeBook.Nobody;
        }

        if (organisation.EndedAt is not null)
        {
            return "unchanged";
        }

        var now = time.GetUtcNow();
        var register = OrganisationRegisters.Of(organisation.Uscc[0])!.Issuer;
        await EvidenceWithdrawal.AddAsync(database, organisation.Id, [], SourceChangeKinds.Dissolved, register, now, cancellationToken);
        SourceNotice.Add(database, $"{register}:{change.Id}", organisation.LegalRepresentativeId, SourceNotice.Dissolved, now);
        await database.SaveChangesAsync(cancellationToken);
        await changes.EndedAsync(organisation.Id, SourceChangeKinds.Dissolved, cancellationToken);
        return "ended";
    }

    /// <summary>
    /// The former representative's power ends at once. A successor with a real-name account takes the place; without one the organisation rests until the new representative
    /// registers it. Both are told.
    /// </summary>
    public async Task<string> RepresentativeChangedAsync(Authority authority, SourceChange change, string statement, CancellationToken cancellationToken)
    {
        if (await FindAsync(change, cancellationToken) is not { } organisation)
        {
            return SourceChangeBook.Nobody;
        }

        var former = organisation.LegalRepresentativeId;
        var successor = await SuccessorAsync(change.RepresentativeIdNumber!, cancellationToken);
        if (successor == former && organisation.EndedAt is null)
        {
            return "unchanged";
        }

        var now = time.GetUtcNow();
        var key = $"{authority.Issuer}:{change.Id}";
        if (successor is { } next)
        {
            await ReplaceEvidenceAsync(organisation.Id, authority, change, statement, now, cancellationToken);
            SourceNotice.Add(database, key, next, SourceNotice.RepresentativeGained, now);
        }
        else
        {
            await EvidenceWithdrawal.AddAsync(
                database, organisation.Id, [EvidenceKinds.LegalRepresentativeMatch], SourceChangeKinds.RepresentativeChanged, authority.Issuer, now, cancellationToken);
        }

        SourceNotice.Add(database, key, former, SourceNotice.RepresentativeLost, now);
        await database.SaveChangesAsync(cancellationToken);
        await changes.RepresentativeAsync(organisation.Id, successor, SourceChangeKinds.RepresentativeChanged, cancellationToken);
        return successor is null ? "resting" : "succeeded";
    }

    private async Task ReplaceEvidenceAsync(Guid organisation, Authority authority, SourceChange change, string statement, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var former = (await EvidenceWithdrawal.StandingAsync(database, organisation, cancellationToken)).LastOrDefault(e => e.Kind == EvidenceKinds.LegalRepresentativeMatch);
        var evidence = EvidenceRecords.New(
            organisation, EvidenceKinds.LegalRepresentativeMatch, authority.Issuer, "change-notice", authority.Issuer, now, matched: ["idNumber"], reference: change.Id, supersedes: former?.Id);
        EvidenceReceipt.Attach(evidence, personal, statement);
        database.Evidence.Add(evidence);
    }

    /// <summary>The account of the new representative, if it is of a proven person and not frozen.</summary>
    private async Task<Guid?> SuccessorAsync(string idNumber, CancellationToken cancellationToken)
    {
        var indexes = personal.Indexes(Purposes.IdNumber, idNumber);
        var found = await database.Users.Where(a => indexes.Contains(a.Person!.IdNumberIndex) && a.ClosedAt == null && a.FrozenAt == null).Select(a => (Guid?)a.Id).FirstOrDefaultAsync(cancellationToken);
        return found is { } id && (await grades.OfAsync(SubjectKind.Person, id, cancellationToken)).Level >= AssuranceLevel.Primary ? id : null;
    }

    private Task<Organisation?> FindAsync(SourceChange change, CancellationToken cancellationToken) =>
        database.Organisations.FirstOrDefaultAsync(o => o.Uscc == change.Uscc, cancellationToken);
}
