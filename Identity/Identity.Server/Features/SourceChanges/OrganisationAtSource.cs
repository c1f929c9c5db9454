using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.Identity.Server.Features.Organisations;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>What follows when a register reports that an organisation is no more, has another name, or another legal representative.</summary>
internal sealed class OrganisationAtSource(IdentityContext database, PersonalData personal, GradeReader grades, OrganisationChanges changes, IAuditTrail audit, TimeProvider time)
{
    private const string Unchanged = "unchanged";
    private const string Resting = "resting";

    /// <summary>A change of representative that comes after the end of the organisation.</summary>
    private const string IsDissolved = "dissolved";

    /// <summary>Nobody acts for it any more, and what proved it is taken back; also of one that only rested. The representative is told, unless he had lost it before.</summary>
    public async Task<string> DissolvedAsync(SourceChange change, CancellationToken cancellationToken)
    {
        if (await FindAsync(change, cancellationToken) is not { } organisation)
        {
            return SourceChangeBook.Nobody;
        }

        if (organisation.DissolvedAt is not null)
        {
            return Unchanged;
        }

        var now = time.GetUtcNow();
        var register = OrganisationRegisters.Of(organisation.Uscc[0])!.Issuer;
        await EvidenceWithdrawal.AddAsync(database, organisation.Id, [], SourceChangeKinds.Dissolved, register, now, cancellationToken);
        if (organisation.EndedAt is null)
        {
            SourceNotice.Add(database, $"{register}:{change.Id}", organisation.LegalRepresentativeId, SourceNotice.Dissolved, now, organisation.Name);
        }

        await database.SaveChangesAsync(cancellationToken);
        await changes.EndedAsync(organisation.Id, SourceChangeKinds.Dissolved, cancellationToken);
        return "ended";
    }

    /// <summary>
    /// The former representative's power ends at once. A successor with a real-name account takes the place, also of an organisation that rested; without one it rests until the
    /// register names one who has, or the new representative registers it. What the former one showed for it holds no more. Who gains and who loses it is told.
    /// </summary>
    public async Task<string> RepresentativeChangedAsync(Authority authority, SourceChange change, string statement, CancellationToken cancellationToken)
    {
        if (await FindAsync(change, cancellationToken) is not { } organisation)
        {
            return SourceChangeBook.Nobody;
        }

        if (organisation.DissolvedAt is not null)
        {
            return IsDissolved;
        }

        var former = organisation.LegalRepresentativeId;
        var rested = organisation.EndedAt is not null;
        var successor = await SuccessorAsync(change.RepresentativeIdNumber!, cancellationToken);
        if (successor == former && !rested)
        {
            return Unchanged;
        }

        var now = time.GetUtcNow();
        var key = $"{authority.Issuer}:{change.Id}";
        if (successor != former)
        {
            await FormerRepresentative.WithdrawAsync(database, organisation.Id, authority.Issuer, now, cancellationToken);
        }

        if (successor is { } next)
        {
            await ReplaceEvidenceAsync(organisation.Id, authority, change, statement, now, cancellationToken);
            if (rested && !await IsProvenAsync(organisation.Id, cancellationToken))
            {
                return Resting;
            }

            SourceNotice.Add(database, key, next, SourceNotice.RepresentativeGained, now, organisation.Name);
        }
        else
        {
            await EvidenceWithdrawal.AddAsync(
                database, organisation.Id, [EvidenceKinds.LegalRepresentativeMatch], SourceChangeKinds.RepresentativeChanged, authority.Issuer, now, cancellationToken);
        }

        if (!rested)
        {
            // Of one that rested he was told when it came to rest.
            SourceNotice.Add(database, key, former, SourceNotice.RepresentativeLost, now, organisation.Name);
        }

        await database.SaveChangesAsync(cancellationToken);
        await changes.RepresentativeAsync(organisation.Id, successor, SourceChangeKinds.RepresentativeChanged, cancellationToken);
        return successor is null ? Resting : "succeeded";
    }

    /// <summary>
    /// The name is corrected, also of one that rests; the register's own notice is the new match and takes the place of the old one. What else was proved stays: an organisation is
    /// who it is by its code, and tax authority, certificate and counter proved that. The representative is told; what is made from now on (tokens, records of mandates,
    /// questions to sources) bears the new name.
    /// </summary>
    public async Task<string> NameChangedAsync(Authority authority, SourceChange change, string statement, CancellationToken cancellationToken)
    {
        if (await FindAsync(change, cancellationToken) is not { } organisation)
        {
            return SourceChangeBook.Nobody;
        }

        if (organisation.DissolvedAt is not null)
        {
            return IsDissolved;
        }

        var (name, was) = (change.Name!.Trim(), organisation.Name);
        if (name == was)
        {
            return Unchanged;
        }

        var now = time.GetUtcNow();
        var kind = OrganisationAnswers.RegistryKind(authority);
        var former = (await EvidenceWithdrawal.StandingAsync(database, organisation.Id, cancellationToken)).LastOrDefault(e => e.Kind == kind);

        // Where no match stands the notice makes none; see PersonChanges.
        var evidence = EvidenceRecords.New(
            organisation.Id, kind, authority.Issuer, "change-notice", authority.Issuer, now, matched: former is null ? [] : ["uscc", "name"], reference: change.Id, supersedes: former?.Id,
            result: former is null ? EvidenceResult.Disagreed : EvidenceResult.Agreed);
        EvidenceReceipt.Attach(evidence, personal, statement);
        database.Evidence.Add(evidence);
        organisation.Name = name;
        audit.Add(new AuditEntry("organisation.nameChanged", organisation.Id.ToString(), authority.Issuer, Details: new { name, was, change.Id }));
        if (organisation.EndedAt is null)
        {
            SourceNotice.Add(database, $"{authority.Issuer}:{change.Id}", organisation.LegalRepresentativeId, SourceNotice.OrganisationRenamed, now, name, was);
        }

        return "corrected";
    }

    /// <summary>At rest an organisation may have lost what else proved it: then it goes on resting until its representative registers it anew, since nobody could act for it.</summary>
    private async Task<bool> IsProvenAsync(Guid organisation, CancellationToken cancellationToken)
    {
        await database.SaveChangesAsync(cancellationToken);
        return (await grades.OfAsync(SubjectKind.Organisation, organisation, cancellationToken)).Level >= AssuranceLevel.Primary;
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
