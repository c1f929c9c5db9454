using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Organisations;

/// <summary>Registers an organisation for the person whom the market register names as its legal representative.</summary>
internal sealed class OrganisationRegistration(IdentityContext database, PersonalData personal, MarketRegister market, AttemptBudget budget, GradeReader grades, OrganisationChanges changes, IAuditTrail audit, TimeProvider time)
{
    private const int PerPersonAndHour = 20;
    private const char MarketRegistration = '9';

    private static readonly Problem Mismatch = new(
        "identity.organisation.mismatch", 422,
        "代码、名称与市场主体登记库不一致，或者您不是登记的法定代表人。请对照营业执照核对；变更过法定代表人的，请以最新登记为准。",
        "Code and name do not agree with the market register, or you are not the registered legal representative. Please compare with the business licence.");

    private static readonly Problem OtherRegister = new(
        "identity.organisation.otherRegister", 422,
        "该组织不在市场主体登记库（代码首位不是 9），请法定代表人持证件到政务服务大厅办理。",
        "This organisation is kept by another register (its code does not begin with 9). Its representative is asked to come to a service hall.");

    private static readonly Problem NotProven = new(
        "identity.organisation.personNotProven", 403, "请先完成本人实名认证。", "Your own real-name authentication is needed first.");

    private static readonly Problem TooMany = new("identity.organisation.tooMany", 429, "核对次数过多，请一小时后再试。", "Too many checks. Please try again in an hour.");

    /// <exception cref="ProblemException">Not a proven person, not the representative, no such organisation, or the register cannot be asked.</exception>
    public async Task RegisterAsync(Guid accountId, UnifiedSocialCreditCode code, string name, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var person = await ProvenPersonAsync(accountId, cancellationToken);
        if (code.RegistrationAuthority != MarketRegistration)
        {
            throw OtherRegister.Exception();
        }

        if (!budget.TryTake("organisation:" + accountId, PerPersonAndHour))
        {
            throw TooMany.Exception();
        }

        var answer = await market.CheckAsync(code.Value, name, person.Name, personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher), cancellationToken);
        if (!answer.Agrees)
        {
            audit.Add(new AuditEntry("organisation.register", code.Value, accountId.ToString(), Details: new { answer.Receipt }, Result: Mismatch.Code));
            await database.SaveChangesAsync(cancellationToken);
            throw Mismatch.Exception();
        }

        await StoreAsync(person, code, name, answer.Receipt, now, cancellationToken);
    }

    private async Task<Person> ProvenPersonAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var person = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == accountId, cancellationToken);
        return person is not null && (await grades.OfAsync(SubjectKind.Person, accountId, cancellationToken)).Level >= AssuranceLevel.Primary ? person : throw NotProven.Exception();
    }

    /// <summary>The register is the truth: whom it names now takes the place of a former representative, whose power ends at once.</summary>
    private async Task StoreAsync(Person person, UnifiedSocialCreditCode code, string name, string receipt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var organisation = await database.Organisations.FirstOrDefaultAsync(o => o.Uscc == code.Value, cancellationToken);
        if (organisation?.LegalRepresentativeId == person.Id && organisation.EndedAt is null)
        {
            return;
        }

        var former = organisation?.LegalRepresentativeId;
        if (organisation is null)
        {
            organisation = new Organisation { Id = Guid.CreateVersion7(now), Uscc = code.Value, Name = name, CreatedAt = now };
            database.Organisations.Add(organisation);
        }

        (organisation.Name, organisation.LegalRepresentativeId, organisation.EndedAt) = (name, person.Id, null);
        var old = await database.Evidence.AsNoTracking().Where(e => e.SubjectId == organisation.Id).ToListAsync(cancellationToken);
        database.Evidence.AddRange(
            EvidenceRecords.New(
                organisation.Id, EvidenceKinds.MarketRegistryMatch, "market", "code-and-name", "market", now, matched: ["uscc", "name"], reference: receipt,
                supersedes: Last(EvidenceKinds.MarketRegistryMatch)),
            EvidenceRecords.New(
                organisation.Id, EvidenceKinds.LegalRepresentativeMatch, "market", "name-and-id-number", "market", now, matched: ["legalRepresentative"], reference: receipt,
                supersedes: Last(EvidenceKinds.LegalRepresentativeMatch)));
        audit.Add(new AuditEntry("organisation.register", organisation.Id.ToString(), person.Id.ToString(), person.Name, new { code.Value, receipt, former }));
        await database.SaveChangesAsync(cancellationToken);
        if (former is { } before && before != person.Id)
        {
            await changes.FollowAsync(organisation.Id, before, "the register names another representative", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);

        Guid? Last(string kind) => old.Where(e => e.Kind == kind).MaxBy(e => e.VerifiedAt)?.Id;
    }
}
