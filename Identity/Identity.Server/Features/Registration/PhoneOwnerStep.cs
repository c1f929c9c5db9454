using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>
/// Whether the proved phone is registered to this person: at a registration, a change of phone, and a recovery, by a new one or by the account's own, which may be another's by now. Asked only after the code, so nobody tries out whose a
/// number is without holding it.
/// </summary>
internal sealed class PhoneOwnerStep(
    IdentityContext database, PersonalData personal, PhoneOwners owners, AuthorityKeys keys, AttemptBudget budget, IAuditTrail audit, IOptions<PhoneSettings> settings)
{
    private const int PerNumberAndHour = 10;

    public static readonly Problem NotOwner = new(
        "identity.phone.notOwner", 422,
        "该手机号不是以您本人身份登记的。请更换本人名下的手机号，或持身份证到政务服务大厅办理。",
        "This number is not registered to you. Please give one that is, or bring your ID card to a service hall.");

    private static readonly Problem UnavailableAfterCode = new(
        PhoneOwners.Unavailable.Code, PhoneOwners.Unavailable.Status,
        "暂时无法核对手机号的机主，没有任何变更。本次验证码已使用，请稍后重新获取验证码。",
        "The owner of the phone number cannot be checked at the moment; nothing was changed. The code is used up: please ask for a new one in a while.");

    /// <summary>What is told where a code was spent for the question: it cannot be sent again.</summary>
    public static Problem AfterCode(Problem problem) => problem == PhoneOwners.Unavailable ? UnavailableAfterCode : problem;

    /// <summary>Whether a carrier is connected, and its word is asked for.</summary>
    public bool IsAsked => settings.Value.RequireOwnerCheck && keys.Knows(PhoneOwners.Self);

    /// <summary>The number of an answer that <see cref="AskAsync"/> gave.</summary>
    public static string ReceiptOf(string answer) => new JsonWebToken(answer).Id;

    /// <returns>The carrier's signed answer; null where none is asked.</returns>
    /// <exception cref="ProblemException">The number is another's, the carrier cannot be asked, or the particulars were wrong and that was not told.</exception>
    public async Task<string?> CheckAsync(RegistrationDraft draft, CancellationToken cancellationToken)
    {
        if (draft.Untold)
        {
            // Here a guess has cost a code to a phone in hand, of which each phone gets few.
            throw IdentityStep.Mismatch.Exception();
        }

        return await AskAsync(draft.Id, draft.Id, draft.Phone!, draft.Name, draft.IdNumber, cancellationToken);
    }

    /// <param name="subject">Whose account, for the audit.</param>
    /// <param name="asker">Whose questions of an hour are counted: the form, or the account whose session asks; null where nobody waits for the answer.</param>
    /// <param name="phone">The proved number, E.164.</param>
    /// <param name="name">Of the person.</param>
    /// <param name="idNumber">Of the person.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The carrier's signed answer; null where none is asked.</returns>
    /// <exception cref="ProblemException">The number is another's (<see cref="NotOwner"/>), or the carrier cannot be asked.</exception>
    public async Task<string?> AskAsync(Guid subject, Guid? asker, string phone, string name, string idNumber, CancellationToken cancellationToken)
    {
        if (!IsAsked)
        {
            return null;
        }

        if (asker is { } counted && !budget.TryTake("owner:" + counted, PerNumberAndHour))
        {
            throw IdentityStep.TooMany.Exception();
        }

        var answer = await owners.CheckAsync(MobileNumber.National(phone), name, idNumber, cancellationToken);
        if (answer.Agrees)
        {
            return answer.Signed;
        }

        audit.Add(new AuditEntry("person.phoneOwner", subject.ToString(), ActorId: null, Details: new { answer.Receipt }, Result: NotOwner.Code));
        await database.SaveChangesAsync(cancellationToken);
        throw NotOwner.Exception();
    }

    /// <summary>Whether the carrier has taken the answer back since. In the turn in which events are entered: whichever comes second sees the other.</summary>
    public async Task<bool> IsTakenBackAsync(string answer, CancellationToken cancellationToken) =>
        await SourceNews.CountAsync(database, personal, [SourceNews.OfAnswer(PhoneOwners.Self.Issuer, ReceiptOf(answer))], cancellationToken) > 0;
}
