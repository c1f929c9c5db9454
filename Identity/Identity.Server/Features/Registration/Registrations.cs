using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Passkeys;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>Makes account, person, evidence and audit in one transaction: there is never half a registration.</summary>
internal sealed class Registrations(IdentityContext database, PersonalData personal, IPasswordHasher<Account> hasher, IAuditTrail audit, TimeProvider time)
{
    /// <returns>Null when the ID number, or by now the phone, belongs to an account.</returns>
    public async Task<Account?> CompleteAsync(RegistrationDraft draft, string? password, UserPasskeyInfo? passkey, CancellationToken cancellationToken)
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

        database.Evidence.AddRange(Evidence(draft, passkey is null ? EvidenceKinds.Password : EvidenceKinds.Passkey, now));
        audit.Add(new AuditEntry("person.register", account.Id.ToString(), account.Id.ToString(), Details: new { level = "primary", credential = passkey is null ? "password" : "passkey", draft.PopulationReceipt }));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            return account;
        }
        catch (DbUpdateException)
        {
            // Two forms at once for one number: the second finds the first's account.
            database.ChangeTracker.Clear();
            if (await IsTakenAsync(draft, CancellationToken.None))
            {
                return null;
            }

            throw;
        }
    }

    private Task<bool> IsTakenAsync(RegistrationDraft draft, CancellationToken cancellationToken)
    {
        var (idNumbers, phones) = (personal.Indexes(Purposes.IdNumber, draft.IdNumber), personal.Indexes(Purposes.Phone, draft.Phone!));
        return database.Persons.AsNoTracking().AnyAsync(p => idNumbers.Contains(p.IdNumberIndex) || phones.Contains(p.PhoneIndex) || p.Id == draft.Id, cancellationToken);
    }

    private IEnumerable<Evidence> Evidence(RegistrationDraft draft, string credential, DateTimeOffset now)
    {
        var population = EvidenceRecords.New(
            draft.Id, EvidenceKinds.PopulationMatch, "population", "four-elements", "population", draft.PopulationCheckedAt ?? now,
            matched: ["idNumber", "name", "sex", "ethnicity"], reference: draft.PopulationReceipt);
        if (draft.PopulationAnswer is { } answer)
        {
            EvidenceReceipt.Attach(population, personal, answer);
        }

        var owner = draft.PhoneOwnerAnswer;
        var phone = EvidenceRecords.New(
            draft.Id, EvidenceKinds.PhoneCode, "phone", owner is null ? "sms-code" : "sms-code-and-owner", "identity", draft.PhoneProvenAt ?? now, matched: owner is null ? ["phone"] : ["phone", "name", "idNumber"]);
        if (owner is not null)
        {
            EvidenceReceipt.Attach(phone, personal, owner);
        }

        return
        [
            population,
            phone,
            EvidenceRecords.New(draft.Id, credential, "person", credential, "identity", now),
        ];
    }
}
