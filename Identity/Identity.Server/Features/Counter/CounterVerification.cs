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

/// <summary><c>POST /api/counter-verifications</c>: an official has seen the person and the ID card at a window.</summary>
internal static class CounterVerification
{
    private static readonly Problem NotRegistered = new("identity.counter.notRegistered", 404, "该身份证号尚未注册账号，请先注册。", "There is no account for this ID number; the person has to register first.");
    private static readonly Problem NameDiffers = new("identity.counter.nameDiffers", 422, "姓名与账号登记的不一致，请核对证件。", "The name does not agree with the account; please check the document.");
    private static readonly Problem Incomplete = new(
        "identity.counter.incomplete", 422, "请填写有效的身份证号、姓名、大厅和窗口，并确认已查验证件原件。", "A valid ID number, name, hall and window are needed, and the document must have been checked.");

    internal sealed record Request(string? IdNumber, string? Name, string? Hall, string? Window, bool DocumentChecked);

    internal sealed record Answer(Guid EvidenceId, string Level);

    public static void MapCounter(this WebApplication app) =>
        app.MapPost("/api/counter-verifications", VerifyAsync).RequireAuthorization(ApiTokens.Scope("identity.counter"));

    private static async Task<IResult> VerifyAsync(
        Request request, ClaimsPrincipal user, IdentityContext database, PersonalData personal, Officials.Officials officials, IAuditTrail audit, GradeReader grades, TimeProvider time, CancellationToken cancellationToken)
    {
        var officer = await officials.RequireAsync(user, cancellationToken, OfficialRoles.CounterOfficer);
        var now = time.GetUtcNow();
        if (!IdentityNumber.TryParse(request.IdNumber, DateOnly.FromDateTime(now.UtcDateTime), out var number) || !request.DocumentChecked
            || request is not { Name: { Length: > 0 and <= 50 } name, Hall: { Length: > 0 and <= 100 } hall, Window: { Length: > 0 and <= 50 } window })
        {
            throw Incomplete.Exception();
        }

        var index = personal.Index(Purposes.IdNumber, number.Value);
        var person = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.IdNumberIndex == index, cancellationToken) ?? throw NotRegistered.Exception();
        var agrees = person.Name == name.Trim();
        audit.Add(new AuditEntry(
            "person.counter", person.Id.ToString(), officer.AccountId.ToString(), officer.Account!.DisplayName, new { hall, window }, agrees ? "ok" : NameDiffers.Code));
        var former = await database.Evidence.AsNoTracking()
            .Where(e => e.SubjectId == person.Id && e.Kind == EvidenceKinds.Counter).OrderByDescending(e => e.VerifiedAt).Select(e => (Guid?)e.Id).FirstOrDefaultAsync(cancellationToken);
        var evidence = EvidenceRecords.New(
            person.Id, EvidenceKinds.Counter, "counter", "document-at-window", officer.AccountId.ToString(), now, now.AddYears(5), ["idNumber", "name"], $"{hall} · {window}", former);
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
}
