using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Freezing;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>What follows when the population library reports a death or a new name.</summary>
internal sealed class PersonChanges(IdentityContext database, PersonalData personal, AccountFreezing freezing, TimeProvider time)
{
    /// <summary>The account is frozen, all that proved the living person is taken back. There is nobody to notify: the phone may be another's by now.</summary>
    public async Task<string> DeceasedAsync(SourceChange change, CancellationToken cancellationToken)
    {
        if (await FindAsync(change.IdNumber!, cancellationToken) is not { } person)
        {
            return SourceChangeBook.Nobody;
        }

        await EvidenceWithdrawal.AddAsync(database, person.Id, [], SourceChangeKinds.Deceased, PopulationRegister.Self.Issuer, time.GetUtcNow(), cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
        await freezing.FreezeAsync(person.Id, SourceChangeKinds.Deceased, PopulationRegister.Self.Issuer, cancellationToken);
        return "frozen";
    }

    /// <summary>The name is corrected; the library's own notice is the new match and takes the place of the old one, so the level stays. The person is told.</summary>
    public async Task<string> NameChangedAsync(Authority authority, SourceChange change, string statement, CancellationToken cancellationToken)
    {
        if (await FindAsync(change.IdNumber!, cancellationToken) is not { } person)
        {
            return SourceChangeBook.Nobody;
        }

        var name = change.Name!.Trim();
        if (person.Name == name)
        {
            return "unchanged";
        }

        var now = time.GetUtcNow();
        var former = (await EvidenceWithdrawal.StandingAsync(database, person.Id, cancellationToken)).LastOrDefault(e => e.Kind == EvidenceKinds.PopulationMatch);
        person.Rename(name, personal);
        if (former is not null)
        {
            var evidence = EvidenceRecords.New(
                person.Id, EvidenceKinds.PopulationMatch, authority.Issuer, "change-notice", authority.Issuer, now, matched: ["idNumber", "name"], reference: change.Id, supersedes: former.Id);
            EvidenceReceipt.Attach(evidence, personal, statement);
            database.Evidence.Add(evidence);
        }

        SourceNotice.Add(database, $"{authority.Issuer}:{change.Id}", person.Id, SourceNotice.NameChanged, now);
        return "corrected";
    }

    private async Task<Person?> FindAsync(string idNumber, CancellationToken cancellationToken)
    {
        var indexes = personal.Indexes(Purposes.IdNumber, idNumber);
        return await database.Persons.FirstOrDefaultAsync(p => indexes.Contains(p.IdNumberIndex), cancellationToken);
    }
}
