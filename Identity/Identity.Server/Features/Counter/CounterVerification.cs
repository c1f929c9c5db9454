using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.Counter;

/// <summary>
/// <c>POST /api/counter-verifications</c>: an official has seen the person and the ID card at a window. <c>…/organisations</c>: the legal representative came with the
/// organisation's certificate of registration.
/// </summary>
internal static class CounterVerification
{
    private static readonly Problem NotRegistered = new("identity.counter.notRegistered", 404, "该身份证号尚未注册账号，请先注册。", "There is no account for this ID number; the person has to register first.");
    private static readonly Problem NameDiffers = new("identity.counter.nameDiffers", 422, "姓名与账号登记的不一致，请核对证件。", "The name does not agree with the account; please check the document.");
    private static readonly Problem Incomplete = new(
        "identity.counter.incomplete", 422, "请填写有效的身份证号、姓名、大厅和窗口，并确认已查验证件原件。", "A valid ID number, name, hall and window are needed, and the document must have been checked.");

    private static readonly Problem OrganisationUnknown = new(
        "identity.counter.organisationUnknown", 404, "该组织尚未由此法定代表人注册，请先注册。", "This representative has not registered the organisation; that comes first.");

    private static readonly string[] HallLevels = ["province", "city", "county"];

    /// <param name="IdNumber">Of the person at the window.</param>
    /// <param name="Name">As on the ID card.</param>
    /// <param name="Hall">The service hall.</param>
    /// <param name="Window">The window.</param>
    /// <param name="DocumentChecked">The original was seen.</param>
    /// <param name="HallLevel"><c>province</c>, <c>city</c> or <c>county</c>; callers from before this was asked leave it out.</param>
    /// <param name="Uscc">For an organisation: its credit code.</param>
    internal sealed record Request(string? IdNumber, string? Name, string? Hall, string? Window, bool DocumentChecked, string? HallLevel = null, string? Uscc = null);

    /// <summary>What was seen, checked for form.</summary>
    private sealed record Seen(string IdNumber, string Name, string Hall, string Window, string? HallLevel)
    {
        /// <summary>The hall's level belongs to how it was checked.</summary>
        public string Method(string what) => HallLevel is null ? what : $"{what}:{HallLevel}";
    }

    internal sealed record Answer(Guid EvidenceId, string Level);

    public static void MapCounter(this WebApplication app)
    {
        app.MapPost("/api/counter-verifications", VerifyAsync).RequireAuthorization(ApiTokens.Scope("identity.counter"));
        app.MapPost("/api/counter-verifications/organisations", VerifyOrganisationAsync).RequireAuthorization(ApiTokens.Scope("identity.counter"));
    }

    private static async Task<IResult> VerifyAsync(
        Request request, ClaimsPrincipal user, IdentityContext database, PersonalData personal, Officials.Officials officials, IAuditTrail audit, GradeReader grades, TimeProvider time, CancellationToken cancellationToken)
    {
        var officer = await officials.RequireAsync(user, cancellationToken, OfficialRoles.CounterOfficer);
        var now = time.GetUtcNow();
        var seen = Check(request, now);
        var (idNumber, name, hall, window, _) = seen;
        var indexes = personal.Indexes(Purposes.IdNumber, idNumber);
        var person = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => indexes.Contains(p.IdNumberIndex), cancellationToken) ?? throw NotRegistered.Exception();
        var agrees = person.Name == name;
        audit.Add(new AuditEntry(
            "person.counter", person.Id.ToString(), officer.AccountId.ToString(), officer.Account!.DisplayName, new { hall, window, request.HallLevel }, agrees ? "ok" : NameDiffers.Code));
        var former = await database.Evidence.AsNoTracking()
            .Where(e => e.SubjectId == person.Id && e.Kind == EvidenceKinds.Counter).OrderByDescending(e => e.VerifiedAt).Select(e => (Guid?)e.Id).FirstOrDefaultAsync(cancellationToken);
        var evidence = EvidenceRecords.New(
            person.Id, EvidenceKinds.Counter, "counter", seen.Method("document-at-window"), officer.AccountId.ToString(), now, now.AddYears(5), ["idNumber", "name"], $"{hall} · {window}", former);
        if (agrees)
        {
            database.Evidence.Add(evidence);
        }

        await database.SaveChangesAsync(cancellationToken);
        if (!agrees)
        {
            throw NameDiffers.Exception();
        }

        var grade = await grades.OfAsync(SubjectKind.Person, person.Id, cancellationToken);
        return Results.Json(new Answer(evidence.Id, AssuranceNames.Name(grade.Level)), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> VerifyOrganisationAsync(
        Request request, ClaimsPrincipal user, IdentityContext database, PersonalData personal, Officials.Officials officials, IAuditTrail audit, GradeReader grades, TimeProvider time, CancellationToken cancellationToken)
    {
        var officer = await officials.RequireAsync(user, cancellationToken, OfficialRoles.CounterOfficer);
        var now = time.GetUtcNow();
        var seen = Check(request, now);
        var indexes = personal.Indexes(Purposes.IdNumber, seen.IdNumber);
        var organisation = await database.Organisations.AsNoTracking().Include(o => o.LegalRepresentative)
            .FirstOrDefaultAsync(o => o.Uscc == request.Uscc && o.EndedAt == null && indexes.Contains(o.LegalRepresentative!.IdNumberIndex), cancellationToken) ?? throw OrganisationUnknown.Exception();
        var agrees = organisation.LegalRepresentative!.Name == seen.Name;
        audit.Add(new AuditEntry(
            "organisation.counter", organisation.Id.ToString(), officer.AccountId.ToString(), officer.Account!.DisplayName, new { seen.Hall, seen.Window, seen.HallLevel }, agrees ? "ok" : NameDiffers.Code));
        var former = await database.Evidence.AsNoTracking()
            .Where(e => e.SubjectId == organisation.Id && e.Kind == EvidenceKinds.Counter).OrderByDescending(e => e.VerifiedAt).Select(e => (Guid?)e.Id).FirstOrDefaultAsync(cancellationToken);
        var evidence = EvidenceRecords.New(
            organisation.Id, EvidenceKinds.Counter, "counter", seen.Method("representative-and-documents"), officer.AccountId.ToString(), now, now.AddYears(5), ["uscc", "legalRepresentative"],
            $"{seen.Hall} · {seen.Window}", former);
        if (agrees)
        {
            database.Evidence.Add(evidence);
        }

        await database.SaveChangesAsync(cancellationToken);
        if (!agrees)
        {
            throw NameDiffers.Exception();
        }

        var grade = await grades.OfAsync(SubjectKind.Organisation, organisation.Id, cancellationToken);
        return Results.Json(new Answer(evidence.Id, AssuranceNames.Name(grade.Level)), statusCode: StatusCodes.Status201Created);
    }

    private static Seen Check(Request request, DateTimeOffset now) =>
        IdentityNumber.TryParse(request.IdNumber, DateOnly.FromDateTime(now.UtcDateTime), out var number) && request.DocumentChecked
        && request is { Name: { Length: > 0 and <= 50 } name, Hall: { Length: > 0 and <= 100 } hall, Window: { Length: > 0 and <= 50 } window }
        && (request.HallLevel is null || HallLevels.Contains(request.HallLevel, StringComparer.Ordinal))
            ? new Seen(number.Value, name.Trim(), hall, window, request.HallLevel) : throw Incomplete.Exception();
}
