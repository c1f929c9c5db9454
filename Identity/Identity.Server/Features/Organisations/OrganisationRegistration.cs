using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.Identity.Server.Features.Raising;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Organisations;

/// <summary>Registers an organisation for the person whom its register names as its legal representative.</summary>
internal sealed class OrganisationRegistration(
    IdentityContext database, PersonalData personal, OrganisationChecks checks, SourceEvidence sources, AttemptBudget budget, GradeReader grades, OrganisationChanges changes, IAuditTrail audit, TimeProvider time)
{
    private const int PerPersonAndHour = 20;

    private static readonly Problem Mismatch = new(
        "identity.organisation.mismatch", 422,
        "代码、名称与登记机关或组织机构代码库不一致，或者您不是登记的法定代表人。请对照登记证照核对；变更过法定代表人的，请以最新登记为准。",
        "Code and name do not agree with the registers, or you are not the registered legal representative. Please compare with the certificate of registration.");

    private static readonly Problem OtherRegister = new(
        "identity.organisation.otherRegister", 422,
        "该组织的登记机关尚未接入（代码首位不是 1、5、9），请法定代表人持证件到政务服务大厅办理。",
        "This organisation's register is not connected (its code begins with none of 1, 5 and 9). Its representative is asked to come to a service hall.");

    private static readonly Problem NotProven = new(
        "identity.organisation.personNotProven", 403, "请先完成本人实名认证。", "Your own real-name authentication is needed first.");

    private static readonly Problem ChangedMeanwhile = new(
        "identity.organisation.changedMeanwhile", 409, "核对期间该组织的登记信息有变更，请重新提交。您填写的内容没有丢失。",
        "Something about this organisation changed during the check; please submit it again. Nothing you typed is lost.");

    private static readonly Problem TooMany = new("identity.organisation.tooMany", 429, "核对次数过多，请一小时后再试。", "Too many checks. Please try again in an hour.");

    /// <param name="accountId">Who asks.</param>
    /// <param name="code">The organisation's credit code.</param>
    /// <param name="name">Its name.</param>
    /// <param name="registrationNumber">15 digits of an old licence; null when there is none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">Not a proven person, not the representative, no such organisation, a frozen one, or a register cannot be asked.</exception>
    public async Task RegisterAsync(Guid accountId, UnifiedSocialCreditCode code, string name, string? registrationNumber, CancellationToken cancellationToken)
    {
        var number = personal.Unprotect(Purposes.IdNumber, (await ProvenPersonAsync(accountId, cancellationToken)).IdNumberCipher);
        var register = OrganisationRegisters.Of(code.RegistrationAuthority) ?? throw OtherRegister.Exception();
        if (!budget.TryTake("organisation:" + accountId, PerPersonAndHour))
        {
            throw TooMany.Exception();
        }

        // Of the organisation, and of who represents it: a death, say.
        string[] about = [code.Value, number];
        var known = await SourceNews.CountAsync(database, personal, about, cancellationToken);

        // Read anew: what was entered until it was counted is no news, and must be seen by what is asked.
        var person = await ProvenPersonAsync(accountId, cancellationToken);
        var answers = await checks.AskAsync(register, person, code, name, registrationNumber, cancellationToken);
        if (!answers.Agree)
        {
            audit.Add(new AuditEntry("organisation.register", code.Value, accountId.ToString(), Details: new { receipts = answers.Receipts }, Result: Mismatch.Code));
            await database.SaveChangesAsync(cancellationToken);
            throw Mismatch.Exception();
        }

        try
        {
            await StoreAsync(person, code, name, answers, ([.. about, .. answers.News], known), cancellationToken);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // The same organisation from another form in this moment; the second try finds it there.
            database.ChangeTracker.Clear();
            throw ChangedMeanwhile.Exception();
        }
    }

    private async Task<Person> ProvenPersonAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var person = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == accountId, cancellationToken);
        return person is not null && (await grades.OfAsync(SubjectKind.Person, accountId, cancellationToken)).Level >= AssuranceLevel.Primary ? person : throw NotProven.Exception();
    }

    /// <summary>
    /// The register is the truth: whom it names now takes the place of a former representative, whose power ends at once, and with it what he showed for the organisation. What it reported since it
    /// was asked (another representative, the end) is newer than its answer.
    /// </summary>
    private async Task StoreAsync(Person person, UnifiedSocialCreditCode code, string name, OrganisationAnswers answers, (IReadOnlyList<string> About, int Known) news, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (await SourceNews.CountAsync(database, personal, news.About, cancellationToken) != news.Known || (await grades.OfAsync(SubjectKind.Person, person.Id, cancellationToken)).Level < AssuranceLevel.Primary)
        {
            throw ChangedMeanwhile.Exception();
        }

        var organisation = await database.Organisations.FirstOrDefaultAsync(o => o.Uscc == code.Value, cancellationToken);
        if (organisation?.FrozenAt is not null)
        {
            // Whom the register names it reports itself, and that is followed; nobody proves anything for a frozen one.
            throw FrozenOrganisation.Problem.Exception();
        }

        if (organisation?.LegalRepresentativeId == person.Id && organisation.EndedAt is null && organisation.Name == name)
        {
            // Where a policy lets an end come to what the registers said, the same answer anew is what renews it.
            var grade = await grades.OfAsync(SubjectKind.Organisation, organisation.Id, cancellationToken);
            var kinds = answers.Evidence.Select(e => e.Facts.Kind).ToList();
            if (grade.Level >= AssuranceLevel.Primary && grade.Carrying.Where(c => kinds.Contains(c.Record.Kind)).All(c => c.Until is null))
            {
                return;
            }
        }

        var (former, formerName, rested) = (organisation?.LegalRepresentativeId, organisation?.Name, organisation?.EndedAt is not null);
        if (organisation is null)
        {
            organisation = new Organisation { Id = Guid.CreateVersion7(now), Uscc = code.Value, Name = name, CreatedAt = now };
            database.Organisations.Add(organisation);
        }

        (organisation.Name, organisation.LegalRepresentativeId, organisation.EndedAt, organisation.DissolvedAt) = (name, person.Id, null, null);
        foreach (var (facts, answer) in answers.Evidence)
        {
            await sources.AddAsync(organisation.Id, facts, answer, cancellationToken);
        }

        if (former is { } predecessor && predecessor != person.Id)
        {
            var change = $"organisation.register:{Guid.CreateVersion7(now):N}";
            if (await FormerRepresentative.WithdrawAsync(database, organisation.Id, answers.Register.Issuer, now, cancellationToken))
            {
                // The page shows the level; why it is lower than it was stands in the notice.
                SourceNotice.Add(database, change, person.Id, SourceNotice.RepresentativeGained, now, name);
            }

            if (!rested)
            {
                // The register's own report finds it done and tells nobody. Of one that rested he was told when it came to rest.
                SourceNotice.Add(database, change, predecessor, SourceNotice.RepresentativeLost, now, formerName);
            }
        }

        audit.Add(new AuditEntry("organisation.register", organisation.Id.ToString(), person.Id.ToString(), ActorName: null, new { code.Value, receipts = answers.Receipts, former, formerName = formerName == name ? null : formerName }));
        await database.SaveChangesAsync(cancellationToken);
        if (former is { } before && (before != person.Id || rested))
        {
            await changes.FollowAsync(organisation.Id, before, "the register names another representative", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
