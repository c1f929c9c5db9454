using System.Linq.Expressions;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.Identity.Server.Features.Mandates;

namespace Yinxin.Identity.Server.Features.Export;

/// <summary>
/// What Identity keeps about a person, as the person may have it (Personal Information Protection Law, article 45): in full, machine-readable, without what is secret even to its
/// owner (hashes, keys), what is for a court or the police to tell, and what is about others alone.
/// </summary>
internal sealed class OwnData(IdentityContext database, PersonalData personal, MandateRecords mandateRecords, TimeProvider time)
{
    public const string Format = "urn:yinxin:export:1";

    /// <summary>The newest of each kind; nobody has more by using the platform.</summary>
    private const int Most = 10_000;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerOptions.Web) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task<byte[]> WriteAsync(Guid id, CancellationToken cancellationToken)
    {
        var account = await database.Users.AsNoTracking().Include(a => a.Person).Include(a => a.StaffMember).SingleAsync(a => a.Id == id, cancellationToken);
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                format = Format,
                madeAt = time.GetUtcNow(),
                account = new { account.Id, kind = account.Kind.ToString(), account.UserName, account.CreatedAt, account.PasswordChangedAt, secondFactor = account.TwoFactorEnabled },
                person = account.Person is { } person ? Person(person) : null,
                staff = account.StaffMember is { } member ? new { member.Name, member.DepartmentUscc, member.DepartmentName, member.Roles } : null,
                evidence = await EvidenceAsync(id, cancellationToken),
                dataViewed = await ViewsAsync(id, cancellationToken),
                organisations = await database.Organisations.AsNoTracking().Where(o => o.LegalRepresentativeId == id).OrderBy(o => o.Uscc)
                    .Select(o => new { o.Uscc, o.Name, o.CreatedAt, o.EndedAt }).Take(Most).ToListAsync(cancellationToken),
                passkeys = (await database.UserPasskeys.AsNoTracking().Where(p => p.UserId == id).ToListAsync(cancellationToken)).Select(p => new { p.Data.Name, p.Data.CreatedAt }),
                sessions = await database.Sessions.AsNoTracking().Where(s => s.AccountId == id).OrderByDescending(s => s.Id)
                    .Select(s => new { s.CreatedAt, s.LastSeenAt, s.EndedAt, s.EndReason, s.Device, s.Methods }).Take(Most).ToListAsync(cancellationToken),
                signIns = await database.SignInRecords.AsNoTracking().Where(r => r.AccountId == id).OrderByDescending(r => r.Id)
                    .Select(r => new { r.At, r.Result, r.Methods, r.Device, r.AddressMasked }).Take(Most).ToListAsync(cancellationToken),
                applications = await database.Grants.AsNoTracking().Where(g => g.Session!.AccountId == id).OrderByDescending(g => g.RedeemedAt)
                    .Select(g => new { g.ClientId, g.RedeemedAt, g.RefreshedAt, g.EndedAt }).Take(Most).ToListAsync(cancellationToken),
                consents = await database.ClaimConsents.AsNoTracking().Where(c => c.AccountId == id).OrderByDescending(c => c.Id)
                    .Select(c => new { c.ClientId, c.PurposeChinese, c.PurposeEnglish, c.Asked, c.Given, c.GivenAt, c.LastReleasedAt, c.EndedAt }).Take(Most).ToListAsync(cancellationToken),
                notices = await database.Notices.AsNoTracking().Where(n => n.AccountId == id).OrderByDescending(n => n.Id)
                    .Select(n => new { n.Kind, n.Facts, n.CreatedAt, n.ReadAt }).Take(Most).ToListAsync(cancellationToken),
                mandatesGiven = await MandatesAsync(id, m => m.GrantedById == id, cancellationToken),
                mandatesReceived = await MandatesAsync(id, m => m.AgentId == id, cancellationToken),
                cityAccounts = await database.AccountLinks.AsNoTracking().Where(l => l.AccountId == id).OrderByDescending(l => l.CreatedAt)
                    .Select(l => new { l.Source, l.ExternalId, l.CreatedAt }).Take(Most).ToListAsync(cancellationToken),
                knownDevices = await database.KnownDevices.AsNoTracking().Where(d => d.AccountId == id).OrderByDescending(d => d.LastSeenAt)
                    .Select(d => new { d.FirstSeenAt, d.LastSeenAt }).Take(Most).ToListAsync(cancellationToken),
                disputes = (await database.Disputes.AsNoTracking().Where(d => d.AccountId == id && d.State != DisputeState.Asked).OrderByDescending(d => d.Id).Take(Most).ToListAsync(cancellationToken))
                    .Select(d => new { d.Number, kind = d.Kind.ToString(), state = d.State.ToString(), d.OpenedAt, d.AnswerDue, d.AnsweredAt, d.Contradicted, d.DecidedAt }),
                freezes = await FreezesAsync(id, cancellationToken),
                presenceProofs = await database.PresenceProofs.AsNoTracking().Where(p => p.AccountId == id).OrderByDescending(p => p.ProvenAt)
                    .Select(p => new { p.ClientId, p.Transaction, p.Method, p.ProvenAt, p.ValidUntil, p.SpentAt }).Take(Most).ToListAsync(cancellationToken),
                recoveries = await database.RecoveryRequests.AsNoTracking().Where(r => r.AccountId == id).OrderByDescending(r => r.Id)
                    .Select(r => new { r.Proof, state = r.State.ToString(), r.CreatedAt, r.DueAt, r.EndedAt }).Take(Most).ToListAsync(cancellationToken),
            },
            Options);
    }

    private object Person(Person person) => new
    {
        person.Name,
        person.Sex,
        person.Ethnicity,
        idNumber = personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher),
        phone = person.HasPhone ? personal.Unprotect(Purposes.Phone, person.PhoneCipher) : null,
        person.CreatedAt,
    };

    /// <summary>What froze the account, as its owner was told; of the silent reasons nothing.</summary>
    private async Task<object> FreezesAsync(Guid id, CancellationToken cancellationToken) =>
        (await database.StandingFreezes.AsNoTracking().Where(f => f.AccountId == id).ToListAsync(cancellationToken))
            .Where(f => !FreezeReasons.Silent.Contains(f.Reason, StringComparer.Ordinal)).OrderByDescending(f => f.Since).Take(Most)
            .Select(f => new { f.Reason, from = f.Since, to = f.LiftedAt });

    /// <summary>
    /// The terms and the organisation; who the other person is, is theirs. Beside them the signed records, as both sides may keep them from the mandate's own page: for whoever is a side of it now,
    /// and not for a former representative.
    /// </summary>
    private async Task<object> MandatesAsync(Guid person, Expression<Func<Mandate, bool>> which, CancellationToken cancellationToken)
    {
        var mandates = await database.Mandates.AsNoTracking().Include(m => m.Organisation).Include(m => m.Parent).Where(which).OrderByDescending(m => m.Id).Take(Most).ToListAsync(cancellationToken);
        var keys = database.Mandates.Where(which).Select(m => m.Id);
        var steps = (await database.MandateEvents.AsNoTracking().Where(e => keys.Contains(e.MandateId)).OrderByDescending(e => e.MandateId).ThenBy(e => e.Sequence).Take(Most).ToListAsync(cancellationToken))
            .ToLookup(e => e.MandateId);
        return mandates.Select(m => new
        {
            organisation = new { m.Organisation!.Uscc, m.Organisation.Name },
            state = m.State.ToString(),
            reach = m.Reach.ToString(),
            m.Matters,
            m.Powers,
            m.Seals,
            m.ValidFrom,
            m.ValidTo,
            m.MaySubDelegate,
            m.InvitedAt,
            records = IsSide(m, person) ? steps[m.Id].Select(mandateRecords.Read).ToList() : null,
        });
    }

    /// <summary>As <see cref="MandateView.FindAsync"/> lets them see it.</summary>
    private static bool IsSide(Mandate mandate, Guid person) =>
        mandate.AgentId == person || mandate.Organisation!.LegalRepresentativeId == person || mandate.Parent?.AgentId == person;

    /// <summary>Which officials saw what in full, as its owner was told then: the office and the reason, no name; nothing of a lawful inquiry, which is for the court or the police to tell.</summary>
    private async Task<object> ViewsAsync(Guid id, CancellationToken cancellationToken) =>
        await database.Unmaskings.AsNoTracking().Where(u => u.AccountId == id && u.Reason != UnmaskReasons.LegalRequest).OrderByDescending(u => u.At)
            .Select(u => new { u.At, u.Field, u.Reason, department = database.StaffMembers.Where(s => s.Id == u.OfficialId).Select(s => s.DepartmentName).FirstOrDefault() })
            .Take(Most).ToListAsync(cancellationToken);

    private async Task<object> EvidenceAsync(Guid id, CancellationToken cancellationToken)
    {
        // What a wrong holder proved of himself before the account was given back is about him.
        var since = await database.Disputes.AsNoTracking().Where(d => d.AccountId == id && d.State == DisputeState.Granted).OrderByDescending(d => d.DecidedAt)
            .Select(d => d.DecidedAt).FirstOrDefaultAsync(cancellationToken) ?? DateTimeOffset.MinValue;
        var records = await database.Evidence.AsNoTracking().Where(e => e.SubjectId == id).OrderByDescending(e => e.Place).Take(Most).ToListAsync(cancellationToken);
        return records.OrderBy(e => e.Place).Select(e => new
        {
            e.Kind,
            e.Source,
            e.Method,
            state = e.State.ToString(),
            result = e.Result.ToString(),
            e.VerifiedAt,
            e.ValidUntil,
            e.MatchedAttributes,
            e.ReferenceAtSource,
            e.Hash,
            answer = e.Kind == EvidenceKinds.Dispute || e.VerifiedAt < since ? null : Answer(e),
        });
    }

    /// <summary>What the authority answered, as it came, mostly signed by it; null where there is none, and where it is not this record's, which the chain tells whoever verifies.</summary>
    private string? Answer(Evidence evidence)
    {
        try
        {
            return EvidenceReceipt.Read(evidence, personal);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
