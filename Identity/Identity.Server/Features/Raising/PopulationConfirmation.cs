using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>
/// The four particulars of somebody who has an account but no match any more, or never had one here: handed over by a city, or taken back at the source. Number and name must be
/// the account's own, or a person could make somebody else's identity theirs.
/// </summary>
internal sealed class PopulationConfirmation(IdentityContext database, PersonalData personal, PopulationRegister population, AttemptBudget budget, SourceEvidence sources, IAuditTrail audit)
{
    private const int PerPersonAndHour = 5;
    private const string Action = "person.population";

    /// <param name="IdNumber">18 characters.</param>
    /// <param name="Name">As on the ID card.</param>
    /// <param name="Sex">GB/T 2261.1.</param>
    /// <param name="Ethnicity">GB/T 3304.</param>
    internal sealed record Particulars(string IdNumber, string Name, string Sex, string Ethnicity);

    /// <exception cref="ProblemException">It does not agree (one answer for every way of it), cannot be asked, or was asked too often.</exception>
    public async Task ConfirmAsync(Person person, Particulars told, CancellationToken cancellationToken)
    {
        if (!budget.TryTake("population:" + person.Id, PerPersonAndHour))
        {
            throw IdentityStep.TooMany.Exception();
        }

        if (told.IdNumber != personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher) || told.Name != person.Name)
        {
            audit.Add(new AuditEntry(Action, person.Id.ToString(), person.Id.ToString(), Result: IdentityStep.Mismatch.Code));
            await database.SaveChangesAsync(cancellationToken);
            throw IdentityStep.Mismatch.Exception();
        }

        var known = await sources.BeginAsync(person, organisation: null, cancellationToken);
        var answer = await population.CheckAsync(told.IdNumber, told.Name, told.Sex, told.Ethnicity, cancellationToken);
        if (answer.Agrees)
        {
            var own = await database.Persons.FirstAsync(p => p.Id == person.Id, cancellationToken);
            (own.Sex, own.Ethnicity) = (told.Sex, told.Ethnicity);
        }

        await sources.RecordAsync(
            person.Id, person.Id, Action, new(EvidenceKinds.PopulationMatch, PopulationRegister.Self.Issuer, "four-elements", ["idNumber", "name", "sex", "ethnicity"]),
            answer, IdentityStep.Mismatch, known, cancellationToken);
    }
}
