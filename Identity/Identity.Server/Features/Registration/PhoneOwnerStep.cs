using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>Whether the proved phone is registered to this person. Asked only after the code, so nobody tries out whose a number is without holding it.</summary>
internal sealed class PhoneOwnerStep(
    IdentityContext database, PhoneOwners owners, AuthorityKeys keys, AttemptBudget budget, IAuditTrail audit, IOptions<PhoneSettings> settings)
{
    private const int PerNumberAndHour = 10;

    private static readonly Problem NotOwner = new(
        "identity.phone.notOwner", 422,
        "该手机号不是以您本人身份登记的。请更换本人名下的手机号，或持身份证到政务服务大厅办理。",
        "This number is not registered to you. Please give one that is, or bring your ID card to a service hall.");

    /// <returns>The carrier's signed answer; null where none is asked.</returns>
    /// <exception cref="ProblemException">The number is another's, the carrier cannot be asked, or the particulars were wrong and that was not told.</exception>
    public async Task<string?> CheckAsync(RegistrationDraft draft, CancellationToken cancellationToken)
    {
        if (draft.Untold)
        {
            // Here a guess has cost a code to a phone in hand, of which each phone gets few.
            throw IdentityStep.Mismatch.Exception();
        }

        if (!settings.Value.RequireOwnerCheck || !keys.Knows(PhoneOwners.Self))
        {
            return null;
        }

        if (!budget.TryTake("owner:" + draft.Id, PerNumberAndHour))
        {
            throw IdentityStep.TooMany.Exception();
        }

        var answer = await owners.CheckAsync(MobileNumber.National(draft.Phone!), draft.Name, draft.IdNumber, cancellationToken);
        if (answer.Agrees)
        {
            return answer.Signed;
        }

        audit.Add(new AuditEntry("person.phoneOwner", draft.Id.ToString(), ActorId: null, Details: new { answer.Receipt }, Result: NotOwner.Code));
        await database.SaveChangesAsync(cancellationToken);
        throw NotOwner.Exception();
    }
}
