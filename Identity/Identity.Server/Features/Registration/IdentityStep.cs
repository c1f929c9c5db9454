using System.Net;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>The first step: do the four particulars belong together? An account that exists already changes nothing about the answer.</summary>
internal sealed class IdentityStep(IdentityContext database, PersonalData personal, PopulationRegister population, AttemptBudget budget, IAuditTrail audit, TimeProvider time)
{
    private const int PerAddressAndHour = 200;
    private const int PerNumberAndHour = 10;

    /// <summary>One sentence for every way of not agreeing: neither the true value nor which of the entries is wrong.</summary>
    public static readonly Problem Mismatch = new(
        "identity.population.mismatch", 422,
        "您填写的身份证号、姓名、性别、民族与公安人口库的登记不一致，请对照身份证核对后重试。",
        "The ID number, name, sex and ethnicity you gave do not agree with the population register. Please compare them with your ID card and try again.");

    public static readonly Problem TooMany = new(
        "identity.population.tooMany", 429,
        "核对次数过多，请一小时后再试，或持身份证到政务服务大厅办理。",
        "Too many checks. Please try again in an hour, or bring your ID card to a service hall.");

    /// <returns>The draft with the library's receipt.</returns>
    /// <exception cref="ProblemException">It does not agree, cannot be asked, or was asked too often.</exception>
    public async Task<RegistrationDraft> CheckAsync(RegistrationDraft draft, IPAddress? address, CancellationToken cancellationToken)
    {
        var indexes = personal.Indexes(Purposes.IdNumber, draft.IdNumber);
        if (!budget.TryTake("address:" + address, PerAddressAndHour) || !budget.TryTake("number:" + personal.PassingIndex(Purposes.IdNumber, draft.IdNumber), PerNumberAndHour))
        {
            throw TooMany.Exception();
        }

        var answer = await population.CheckAsync(draft.IdNumber, draft.Name, draft.Sex, draft.Ethnicity, cancellationToken);
        var now = time.GetUtcNow();
        if (!answer.Agrees)
        {
            audit.Add(new AuditEntry("person.check", draft.Id.ToString(), ActorId: null, Details: new { answer.Receipt }, Result: Mismatch.Code));
            await database.SaveChangesAsync(cancellationToken);
            throw Mismatch.Exception();
        }

        audit.Add(new AuditEntry("person.check", draft.Id.ToString(), ActorId: null, Details: new { answer.Receipt }));
        if (await database.Persons.Where(p => indexes.Contains(p.IdNumberIndex)).Select(p => (Guid?)p.Id).FirstOrDefaultAsync(cancellationToken) is { } owner)
        {
            await OwnerNotice.AddAsync(database, owner, now, cancellationToken);
        }

        await database.SaveChangesAsync(cancellationToken);
        return draft with { PopulationReceipt = answer.Receipt, PopulationAnswer = answer.Signed, PopulationCheckedAt = now };
    }
}
