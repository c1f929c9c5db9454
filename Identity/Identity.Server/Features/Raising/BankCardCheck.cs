using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>Compares card, name, ID number and phone at the card network; agreement is evidence for a year.</summary>
internal sealed class BankCardCheck(IdentityContext database, PersonalData personal, BankCardNetwork network, AttemptBudget budget, IAuditTrail audit, TimeProvider time)
{
    private const int PerPersonAndHour = 5;

    private static readonly Problem Mismatch = new(
        "identity.bankCard.mismatch", 422,
        "银行卡信息与您的身份不一致。请确认是本人的卡，并填写银行预留的手机号。",
        "The card does not agree with your identity. Please make sure that it is your own card, and give the phone number that the bank knows.");

    private static readonly Problem TooMany = new(
        "identity.bankCard.tooMany", 429, "核验次数过多，请一小时后再试，或到政务服务大厅办理。", "Too many checks. Please try again in an hour, or go to a service hall.");

    /// <exception cref="ProblemException">It does not agree, cannot be asked, or was asked too often.</exception>
    public async Task RaiseAsync(Person person, string cardNumber, string? phone, CancellationToken cancellationToken)
    {
        if (!budget.TryTake("card:" + person.Id, PerPersonAndHour))
        {
            throw TooMany.Exception();
        }

        var answer = await network.CheckAsync(
            cardNumber, person.Name, personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher), MobileNumber.National(phone ?? personal.Unprotect(Purposes.Phone, person.PhoneCipher)), cancellationToken);
        var subject = person.Id.ToString();
        audit.Add(new AuditEntry("person.bankCard", subject, subject, Details: new { answer.Receipt }, Result: answer.Agrees ? "ok" : Mismatch.Code));
        var now = time.GetUtcNow();
        if (answer.Agrees)
        {
            database.Evidence.Add(EvidenceRecords.New(
                person.Id, EvidenceKinds.BankCard, "unionpay", "four-elements", "unionpay", now, now.AddYears(1), ["cardNumber", "name", "idNumber", "phone"], answer.Receipt));
        }

        await database.SaveChangesAsync(cancellationToken);
        if (!answer.Agrees)
        {
            throw Mismatch.Exception();
        }
    }
}
