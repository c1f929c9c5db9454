using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.History;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Phones;

/// <summary>
/// A number goes from one account to another only when its holder has proved it by a code, and the account that had it showed no sign of life for as long as
/// carriers keep a number back before they give it to somebody else. Else a phone lent for a minute would take away an account's number.
/// </summary>
internal sealed class PhoneMoves(IdentityContext database, PersonalData personal, INotices notices, IAuditTrail audit, TimeProvider time)
{
    /// <summary>Carriers hold a number back for 90 days (《电信网码号资源管理办法》 practice).</summary>
    public static readonly TimeSpan HeldBack = TimeSpan.FromDays(90);

    /// <summary>Frees a proved number from another account, with the caller's save.</summary>
    /// <returns>False when that account is in use: the number stays with it.</returns>
    public async Task<bool> FreeAsync(string phone, Guid forAccount, CancellationToken cancellationToken)
    {
        var indexes = personal.Indexes(Purposes.Phone, phone);
        if (await database.Persons.FirstOrDefaultAsync(p => indexes.Contains(p.PhoneIndex) && p.Id != forAccount, cancellationToken) is not { } holder)
        {
            return true;
        }

        var now = time.GetUtcNow();
        var limit = now - HeldBack;
        var proofs = (await CurrentEvidence.OfAsync(database, holder.Id, cancellationToken)).Where(e => e.Kind == EvidenceKinds.PhoneCode).ToList();
        if (proofs.Exists(e => e.VerifiedAt > limit) || await database.SignInRecords.AnyAsync(r => r.AccountId == holder.Id && r.At > limit && r.Result == SignInHistory.Ok, cancellationToken))
        {
            return false;
        }

        database.Evidence.AddRange(proofs.Select(e => EvidenceRecords.Withdrawal(e, EvidenceState.Superseded, "phone-reassigned", "identity", now)));
        holder.PhoneIndex = Person.NoPhone + holder.Id;
        notices.Add(holder.Id, NoticeKinds.PhoneReassigned);
        audit.Add(new AuditEntry("person.phoneReassigned", holder.Id.ToString(), forAccount.ToString()));
        return true;
    }

    /// <summary>Gives a person a number that was just proved; the evidence of the former one is superseded, and the former phone is told. With the caller's save.</summary>
    /// <param name="person">Tracked.</param>
    /// <param name="phone">E.164.</param>
    /// <param name="reason">For the audit: <c>owner</c>, <c>recovery</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the number belongs to another account in use.</returns>
    public async Task<bool> MoveAsync(Person person, string phone, string reason, CancellationToken cancellationToken)
    {
        if (!await FreeAsync(phone, person.Id, cancellationToken))
        {
            return false;
        }

        var now = time.GetUtcNow();
        var former = (await CurrentEvidence.OfAsync(database, person.Id, cancellationToken)).LastOrDefault(e => e.Kind == EvidenceKinds.PhoneCode);
        var formerPhone = person.HasPhone ? person.PhoneCipher : null;
        database.Evidence.Add(EvidenceRecords.New(person.Id, EvidenceKinds.PhoneCode, "phone", "sms-code", "identity", now, matched: ["phone"], supersedes: former?.Id));
        (person.PhoneCipher, person.PhoneIndex, person.PhoneMasked) = (personal.ProtectFor(person.Id, Purposes.Phone, phone), personal.Index(Purposes.Phone, phone), Masking.Phone(phone));
        notices.Add(person.Id, NoticeKinds.PhoneChanged, new Dictionary<string, string>(StringComparer.Ordinal) { ["phone"] = person.PhoneMasked }, formerPhone);
        audit.Add(new AuditEntry("person.phoneChanged", person.Id.ToString(), person.Id.ToString(), Details: new { reason }));
        return true;
    }
}
