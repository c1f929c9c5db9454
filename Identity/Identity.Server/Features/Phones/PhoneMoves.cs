using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.History;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Recovery;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Phones;

/// <summary>
/// A number goes from one account to another only when its holder has proved it by a code, and the account that had it showed no sign of life for as long as
/// carriers keep a number back before they give it to somebody else. Else a phone lent for a minute would take away an account's number.
/// </summary>
internal sealed class PhoneMoves(IdentityContext database, PersonalData personal, WaitingRecoveries waiting, INotices notices, IAuditTrail audit, TimeProvider time)
{
    /// <summary>Carriers hold a number back for 90 days (《电信网码号资源管理办法》 practice).</summary>
    public static readonly TimeSpan HeldBack = TimeSpan.FromDays(90);

    /// <summary>Changed by the account's owner in a session.</summary>
    public const string Owner = "owner";

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
        // A recovery of that account, waiting or being filled in, was begun by the number's new holder.
        await waiting.EndAsync(holder.Id, "phone-reassigned", actor: null, cancellationToken);
        var stamp = Guid.NewGuid().ToString();
        await database.Users.Where(a => a.Id == holder.Id).ExecuteUpdateAsync(a => a.SetProperty(x => x.SecurityStamp, stamp), cancellationToken);
        notices.Add(holder.Id, NoticeKinds.PhoneReassigned);
        audit.Add(new AuditEntry("person.phoneReassigned", holder.Id.ToString(), forAccount.ToString()));
        return true;
    }

    /// <summary>Whether this is the person's number already: proving it changes nothing that anybody has to be told of.</summary>
    public bool IsOwn(Person person, string phone) => personal.Indexes(Purposes.Phone, phone).Contains(person.PhoneIndex, StringComparer.Ordinal);

    /// <summary>
    /// Gives a person a number that was just proved; the evidence of the former one is superseded, and the former phone is told, and a recovery that waits ends. Of the number that the
    /// person has already only the evidence is written. In the caller's transaction, with its save.
    /// </summary>
    /// <param name="person">Tracked.</param>
    /// <param name="phone">E.164.</param>
    /// <param name="owner">The carrier's signed answer that the number is this person's; null where none is asked.</param>
    /// <param name="reason">For the audit: <see cref="Owner"/>, <c>recovery</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="formerHears">Whether the former phone is told, with the link that freezes the account; not when a counter has seen the person, for then it may be the thief's.</param>
    /// <returns>False when the number belongs to another account in use.</returns>
    public async Task<bool> MoveAsync(Person person, string phone, string? owner, string reason, CancellationToken cancellationToken, bool formerHears = true)
    {
        if (!await FreeAsync(phone, person.Id, cancellationToken))
        {
            return false;
        }

        var now = time.GetUtcNow();
        if (IsOwn(person, phone))
        {
            var own = (await CurrentEvidence.OfAsync(database, person.Id, cancellationToken)).Where(e => e.Kind == EvidenceKinds.PhoneCode).ToList();
            database.Evidence.Add(Proof(person, owner, own.Count > 0 ? own[^1].Id : null, now));
            database.Evidence.AddRange(own.SkipLast(1).Select(e => EvidenceRecords.Withdrawal(e, EvidenceState.Superseded, "phone-changed", "identity", now)));
            return true;
        }

        await waiting.EndAsync(person.Id, "phone", reason == Owner ? person.Id.ToString() : null, cancellationToken);
        var former = (await CurrentEvidence.OfAsync(database, person.Id, cancellationToken)).Where(e => e.Kind == EvidenceKinds.PhoneCode).ToList();
        var formerPhone = formerHears && person.HasPhone ? person.PhoneCipher : null;
        database.Evidence.Add(Proof(person, owner, former.Count > 0 ? former[^1].Id : null, now));
        // More than one may stand, as of an account that a city handed over as well; none of them is of this number.
        database.Evidence.AddRange(former.SkipLast(1).Select(e => EvidenceRecords.Withdrawal(e, EvidenceState.Superseded, "phone-changed", "identity", now)));
        (person.PhoneCipher, person.PhoneIndex, person.PhoneMasked) = (personal.ProtectFor(person.Id, Purposes.Phone, phone), personal.Index(Purposes.Phone, phone), Masking.Phone(phone));
        notices.Add(person.Id, NoticeKinds.PhoneChanged, new Dictionary<string, string>(StringComparer.Ordinal) { ["phone"] = person.PhoneMasked }, formerPhone);
        audit.Add(new AuditEntry("person.phoneChanged", person.Id.ToString(), person.Id.ToString(), Details: new { reason }));
        return true;
    }

    /// <summary>That a phone was proved.</summary>
    /// <param name="person">Whose.</param>
    /// <param name="owner">The carrier's signed answer that the number is this person's; null where none was asked.</param>
    /// <param name="supersedes">The proof of before.</param>
    /// <param name="now">When.</param>
    public Evidence Proof(Person person, string? owner, Guid? supersedes, DateTimeOffset now)
    {
        var proof = EvidenceRecords.New(
            person.Id, EvidenceKinds.PhoneCode, PhoneOwners.Source, owner is null ? "sms-code" : "sms-code-and-owner", "identity", now,
            matched: owner is null ? ["phone"] : ["phone", "name", "idNumber"], reference: owner is null ? null : PhoneOwnerStep.ReceiptOf(owner), supersedes: supersedes);
        if (owner is not null)
        {
            EvidenceReceipt.Attach(proof, personal, owner);
        }

        return proof;
    }
}
