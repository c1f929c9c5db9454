using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>Compares card, name, ID number and a phone that is in hand at the card network; agreement is evidence for a year.</summary>
internal sealed class BankCardCheck(IdentityContext database, PersonalData personal, BankCardNetwork network, AttemptBudget budget, SourceEvidence sources, TimeProvider time)
{
    private const int PerPersonAndHour = 5;

    private static readonly Problem Mismatch = new(
        "identity.bankCard.mismatch", 422,
        "银行卡信息与您的身份不一致。请确认是本人的卡，并填写银行预留的手机号。",
        "The card does not agree with your identity. Please make sure that it is your own card, and give the phone number that the bank knows.");

    private static readonly Problem TooMany = new(
        "identity.bankCard.tooMany", 429, "核验次数过多，请一小时后再试，或到政务服务大厅办理。", "Too many checks. Please try again in an hour, or go to a service hall.");

    /// <summary>The account's own number; null where it has none.</summary>
    public string? PhoneOf(Person person) => person.HasPhone ? personal.Unprotect(Purposes.Phone, person.PhoneCipher) : null;

    /// <summary>Whether it is the account's own number, which a code has proved already.</summary>
    public async Task<bool> IsOwnAsync(Person person, string phone, CancellationToken cancellationToken) =>
        phone == PhoneOf(person) && await ProvedPhone.IsAsync(database, person.Id, time.GetUtcNow(), cancellationToken);

    /// <param name="person">Whose card.</param>
    /// <param name="cardNumber">As digits.</param>
    /// <param name="phone">E.164; proved to be in hand, or others who know it and the card would be raised as well.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">It does not agree, cannot be asked, or was asked too often.</exception>
    public async Task RaiseAsync(Person person, string cardNumber, string phone, CancellationToken cancellationToken)
    {
        if (!budget.TryTake("card:" + person.Id, PerPersonAndHour))
        {
            throw TooMany.Exception();
        }

        var known = await sources.BeginAsync(person, organisation: null, cancellationToken);
        var answer = await network.CheckAsync(
            cardNumber, person.Name, personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher), MobileNumber.National(phone), cancellationToken);
        await sources.RecordAsync(
            person.Id, person.Id, "person.bankCard",
            new(EvidenceKinds.BankCard, BankCardNetwork.Source, "four-elements", ["cardNumber", "name", "idNumber", "phone"], time.GetUtcNow().AddYears(1)), answer, Mismatch, known,
            cancellationToken);
    }
}
