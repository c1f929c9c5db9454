using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.DataKeys;
using Yinxin.Identity.Server.Features.Passkeys;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.Identity.Server.Features.Terms;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>Makes account, person, evidence and audit in one transaction: there is never half a registration.</summary>
internal sealed class Registrations(IdentityContext database, PersonalData personal, PersonSecrets secrets, IPasswordHasher<Account> hasher, IAuditTrail audit, TimeProvider time)
{
    private static readonly Problem ChangedMeanwhile = new(
        "identity.registration.changedMeanwhile", 409, "核对之后，您的登记信息有变更，请从第一步重新核对。您填写的内容没有丢失。",
        "Something about you changed at a register since the check; please begin again at the first step. Nothing you typed is lost.");

    /// <param name="draft">What was told and checked.</param>
    /// <param name="password">The credential; null where it is a passkey.</param>
    /// <param name="passkey">The credential in place of a password.</param>
    /// <param name="agreed">What the person accepted: the audit keeps it, with its own time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when the ID number, or by now the phone, belongs to an account.</returns>
    /// <exception cref="ProblemException">An authority reported something since it was asked (a death, a new name, an answer taken back): there was no account yet that would have followed.</exception>
    public async Task<Account?> CompleteAsync(RegistrationDraft draft, string? password, UserPasskeyInfo? passkey, EditionsInForce agreed, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await IsTakenAsync(draft, cancellationToken))
        {
            return null;
        }

        var person = Person.New(draft.Id, new PersonFacts(draft.Name, draft.Sex, draft.Ethnicity, draft.IdNumber, draft.Phone!), personal, now);
        var account = new Account
        {
            Id = draft.Id,
            Kind = AccountKind.Person,
            UserName = draft.Id.ToString("N"),
            NormalizedUserName = draft.Id.ToString("N").ToUpperInvariant(),
            SecurityStamp = Guid.NewGuid().ToString(),
            CreatedAt = now,
            Person = person,
        };
        if (password is not null)
        {
            account.PasswordHash = hasher.HashPassword(account, password);
        }

        database.Users.Add(account);
        if (passkey is not null)
        {
            database.UserPasskeys.Add(PasskeyRecords.From(account.Id, passkey));
        }

        database.Evidence.AddRange(Evidence(draft, person.Secret!, passkey is null ? EvidenceKinds.Password : EvidenceKinds.Passkey, now));
        audit.Add(new AuditEntry(
            "person.register", account.Id.ToString(), account.Id.ToString(),
            Details: new { level = "primary", credential = passkey is null ? "password" : "passkey", draft.PopulationReceipt, terms = agreed.Terms, privacy = agreed.Privacy }));
        try
        {
            // In the turn in which events are entered too: whichever comes second sees the other.
            await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
            await AuditChain.TakeTurnAsync(database, cancellationToken);
            if (await SourceNews.CountAsync(database, personal, About(draft), cancellationToken) != draft.KnownNews)
            {
                throw await RefuseAsync(draft, cancellationToken);
            }

            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
            secrets.Remember(person.Secret!);
            return account;
        }
        catch (DbUpdateException)
        {
            // Two forms at once for one number: the second finds the first's account.
            database.ChangeTracker.Clear();
            secrets.Forget(draft.Id);
            if (await IsTakenAsync(draft, CancellationToken.None))
            {
                return null;
            }

            throw;
        }
    }

    private static IEnumerable<string> About(RegistrationDraft draft)
    {
        yield return draft.IdNumber;
        yield return SourceNews.OfAnswer(PopulationRegister.Self.Issuer, draft.PopulationReceipt);
        if (draft.PhoneOwnerAnswer is { } owner)
        {
            yield return SourceNews.OfAnswer(PhoneOwners.Self.Issuer, ReceiptOf(owner));
        }
    }

    private static string ReceiptOf(string answer) => new JsonWebToken(answer).Id;

    /// <summary>Nothing of the account is kept, but that it was refused; ends the caller's transaction.</summary>
    private async Task<ProblemException> RefuseAsync(RegistrationDraft draft, CancellationToken cancellationToken)
    {
        database.ChangeTracker.Clear();
        audit.Add(new AuditEntry("person.register", draft.Id.ToString(), draft.Id.ToString(), Details: new { draft.PopulationReceipt }, Result: ChangedMeanwhile.Code));
        await database.SaveChangesAsync(cancellationToken);
        await database.Database.CommitTransactionAsync(cancellationToken);
        return ChangedMeanwhile.Exception();
    }

    /// <summary>Whether this very form has made its account: a double click sends it twice.</summary>
    public Task<bool> IsCompletedAsync(RegistrationDraft draft, CancellationToken cancellationToken)
    {
        var idNumbers = personal.Indexes(Purposes.IdNumber, draft.IdNumber);
        return database.Persons.AsNoTracking().AnyAsync(p => p.Id == draft.Id && idNumbers.Contains(p.IdNumberIndex), cancellationToken);
    }

    private Task<bool> IsTakenAsync(RegistrationDraft draft, CancellationToken cancellationToken)
    {
        var (idNumbers, phones) = (personal.Indexes(Purposes.IdNumber, draft.IdNumber), personal.Indexes(Purposes.Phone, draft.Phone!));
        return database.Persons.AsNoTracking().AnyAsync(p => idNumbers.Contains(p.IdNumberIndex) || phones.Contains(p.PhoneIndex) || p.Id == draft.Id, cancellationToken);
    }

    private IEnumerable<Evidence> Evidence(RegistrationDraft draft, PersonSecret secret, string credential, DateTimeOffset now)
    {
        var population = EvidenceRecords.New(
            draft.Id, EvidenceKinds.PopulationMatch, "population", "four-elements", "population", draft.PopulationCheckedAt ?? now,
            matched: ["idNumber", "name", "sex", "ethnicity"], reference: draft.PopulationReceipt);
        if (draft.PopulationAnswer is { } answer)
        {
            EvidenceReceipt.Attach(population, personal, answer, secret);
        }

        var owner = draft.PhoneOwnerAnswer;
        var phone = EvidenceRecords.New(
            draft.Id, EvidenceKinds.PhoneCode, PhoneOwners.Source, owner is null ? "sms-code" : "sms-code-and-owner", "identity", draft.PhoneProvenAt ?? now,
            matched: owner is null ? ["phone"] : ["phone", "name", "idNumber"], reference: owner is null ? null : ReceiptOf(owner));
        if (owner is not null)
        {
            EvidenceReceipt.Attach(phone, personal, owner, secret);
        }

        return
        [
            population,
            phone,
            EvidenceRecords.New(draft.Id, credential, "person", credential, "identity", now),
        ];
    }
}
