using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Freezing;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>What follows when the population library reports a death or a new name.</summary>
internal sealed class PersonChanges(IdentityContext database, PersonalData personal, AccountFreezing freezing, EndedPowers powers, TimeProvider time)
{
    /// <summary>
    /// The account is frozen, all that proved the living person is taken back, and all they could do for organisations ends. The dead are not notified (the phone may be
    /// another's by now); the other side of each mandate is.
    /// </summary>
    public async Task<string> DeceasedAsync(SourceChange change, CancellationToken cancellationToken)
    {
        if (await FindAsync(change.IdNumber!, cancellationToken) is not { } person)
        {
            return SourceChangeBook.Nobody;
        }

        await EvidenceWithdrawal.AddAsync(database, person.Id, [], SourceChangeKinds.Deceased, PopulationRegister.Self.Issuer, time.GetUtcNow(), cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
        await powers.EndAsync(person.Id, SourceChangeKinds.Deceased, PopulationRegister.Self.Issuer, cancellationToken);
        await freezing.FreezeAsync(person.Id, SourceChangeKinds.Deceased, PopulationRegister.Self.Issuer, cancellationToken);
        return "frozen";
    }

    /// <summary>
    /// The name is corrected; the library's own notice is the new match and takes the place of the old one, so Primary stays. What was proved with the former name carries nothing
    /// any more, as at the counter, so that a level above may fall. The person is told.
    /// </summary>
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
        var standing = await EvidenceWithdrawal.StandingAsync(database, person.Id, cancellationToken);
        var former = standing.LastOrDefault(e => e.Kind == EvidenceKinds.PopulationMatch);
        person.Rename(name, personal);

        // Where no match stands the notice makes none: it only says that the name of before is no longer the person's, so that nothing that was compared with it bears the new one.
        var evidence = EvidenceRecords.New(
            person.Id, EvidenceKinds.PopulationMatch, authority.Issuer, "change-notice", authority.Issuer, now, matched: former is null ? [] : ["idNumber", "name"], reference: change.Id,
            supersedes: former?.Id, result: former is null ? EvidenceResult.Disagreed : EvidenceResult.Agreed);
        EvidenceReceipt.Attach(evidence, personal, statement);
        database.Evidence.Add(evidence);
        database.Evidence.AddRange(FormerName.Withdrawals(standing, authority.Issuer, now));
        SourceNotice.Add(database, $"{authority.Issuer}:{change.Id}", person.Id, SourceNotice.NameChanged, now);
        return "corrected";
    }

    private async Task<Person?> FindAsync(string idNumber, CancellationToken cancellationToken)
    {
        var indexes = personal.Indexes(Purposes.IdNumber, idNumber);
        return await database.Persons.FirstOrDefaultAsync(p => indexes.Contains(p.IdNumberIndex), cancellationToken);
    }
}
