using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Export;

/// <summary>
/// What Identity keeps about a person, as the person may have it (Personal Information Protection Law, article 45): in full, machine-readable, without what is secret even to its
/// owner (hashes, keys) and without what is about others.
/// </summary>
internal sealed class OwnData(IdentityContext database, PersonalData personal, TimeProvider time)
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
                    .Select(c => new { c.ClientId, c.PurposeChinese, c.Asked, c.Given, c.GivenAt, c.LastReleasedAt, c.EndedAt }).Take(Most).ToListAsync(cancellationToken),
                notices = await database.Notices.AsNoTracking().Where(n => n.AccountId == id).OrderByDescending(n => n.Id)
                    .Select(n => new { n.Kind, n.Facts, n.CreatedAt, n.ReadAt }).Take(Most).ToListAsync(cancellationToken),
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

    private async Task<object> EvidenceAsync(Guid id, CancellationToken cancellationToken) =>
        (await database.Evidence.AsNoTracking().Where(e => e.SubjectId == id).OrderBy(e => e.Place).Take(Most).ToListAsync(cancellationToken)).Select(e => new
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
        });
}
