using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.Counter;

/// <summary>
/// What an official does at a window besides proving a person: <c>POST /api/counter-name-changes</c> (the name now on the ID card, asked of the population library),
/// <c>POST /api/counter-unfreezings</c> (the owner of a frozen account has come).
/// </summary>
internal static class CounterChanges
{
    private static readonly Problem NotRegistered = new("identity.counter.notRegistered", 404, "该身份证号尚未注册账号，请先注册。", "There is no account for this ID number; the person has to register first.");
    private static readonly Problem NameDiffers = new("identity.counter.nameDiffers", 422, "姓名与账号登记的不一致，请核对证件。", "The name does not agree with the account; please check the document.");
    private static readonly Problem NameUnchanged = new("identity.counter.nameUnchanged", 409, "账号登记的就是这个姓名。", "This is the account's name already.");
    private static readonly Problem NotFrozen = new("identity.counter.notFrozen", 409, "该账号没有由本人冻结，窗口不能解除。", "Its owner did not freeze this account; a counter cannot lift it.");
    private static readonly Problem Disagrees = new(
        "identity.counter.populationMismatch", 422, "与公安人口库的登记不一致，请先到公安机关办理。", "It does not agree with the population register; the police come first.");

    private static readonly Problem Incomplete = new(
        "identity.counter.incomplete", 422, "请填写有效的身份证号、姓名、大厅和窗口，并确认已查验证件原件。", "A valid ID number, name, hall and window are needed, and the document must have been checked.");

    /// <param name="IdNumber">Of the person at the window.</param>
    /// <param name="Name">As on the ID card now.</param>
    /// <param name="Hall">The service hall.</param>
    /// <param name="Window">The window.</param>
    /// <param name="DocumentChecked">The original was seen.</param>
    internal sealed record Request(string? IdNumber, string? Name, string? Hall, string? Window, bool DocumentChecked);

    public static void MapCounterChanges(this WebApplication app)
    {
        app.MapPost("/api/counter-name-changes", ChangeNameAsync).RequireAuthorization(ApiTokens.Scope("identity.counter"));
        app.MapPost("/api/counter-unfreezings", UnfreezeAsync).RequireAuthorization(ApiTokens.Scope("identity.counter"));
    }

    private static async Task<IResult> ChangeNameAsync(
        Request request, ClaimsPrincipal user, IdentityContext database, PersonalData personal, Officials.Officials officials, PopulationRegister population, INotices notices, IAuditTrail audit, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var officer = await officials.RequireAsync(user, cancellationToken, OfficialRoles.CounterOfficer);
        var now = time.GetUtcNow();
        var (number, name, where) = Check(request, now);
        var person = await FindAsync(database, personal, number, cancellationToken);
        if (person.Name == name)
        {
            throw NameUnchanged.Exception();
        }

        var answer = await population.CheckAsync(number, name, person.Sex, person.Ethnicity, cancellationToken);
        AuditEntry entry = new("person.nameChanged", person.Id.ToString(), officer.AccountId.ToString(), officer.Account!.DisplayName, new { request.Hall, request.Window, answer.Receipt });
        if (!answer.Agrees)
        {
            audit.Add(entry with { Result = Disagrees.Code });
            await database.SaveChangesAsync(cancellationToken);
            throw Disagrees.Exception();
        }

        var current = await CurrentEvidence.OfAsync(database, person.Id, cancellationToken);
        var match = EvidenceRecords.New(
            person.Id, EvidenceKinds.PopulationMatch, "population", "four-elements", "population", now, matched: ["idNumber", "name", "sex", "ethnicity"], reference: answer.Receipt,
            supersedes: current.LastOrDefault(e => e.Kind == EvidenceKinds.PopulationMatch)?.Id);
        EvidenceReceipt.Attach(match, personal, answer.Signed);
        var counter = EvidenceRecords.New(
            person.Id, EvidenceKinds.Counter, "counter", "document-at-window", officer.AccountId.ToString(), now, now.AddYears(5), ["idNumber", "name"], where,
            current.LastOrDefault(e => e.Kind == EvidenceKinds.Counter)?.Id);
        database.Evidence.AddRange(match, counter);
        // What was proved with the former name (a card, a fund account) names somebody who is no longer called so.
        database.Evidence.AddRange(current.Where(e => e.Kind is EvidenceKinds.BankCard or EvidenceKinds.AlipayAccount or EvidenceKinds.HousingFundAccount or EvidenceKinds.RealPerson)
            .Select(e => EvidenceRecords.Withdrawal(e, EvidenceState.Superseded, "name-changed", officer.AccountId.ToString(), now)));
        person.Rename(name, personal);
        notices.Add(person.Id, NoticeKinds.NameChanged);
        audit.Add(entry);
        await database.SaveChangesAsync(cancellationToken);
        return Results.Json(new { evidenceId = match.Id }, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> UnfreezeAsync(
        Request request, ClaimsPrincipal user, IdentityContext database, PersonalData personal, Officials.Officials officials, INotices notices, IAuditTrail audit, TimeProvider time, CancellationToken cancellationToken)
    {
        var officer = await officials.RequireAsync(user, cancellationToken, OfficialRoles.CounterOfficer);
        var (number, name, _) = Check(request, time.GetUtcNow());
        var person = await FindAsync(database, personal, number, cancellationToken);
        AuditEntry entry = new("account.unfreeze", person.Id.ToString(), officer.AccountId.ToString(), officer.Account!.DisplayName, new { reason = "counter", request.Hall, request.Window });
        if (person.Name != name)
        {
            audit.Add(entry with { Result = NameDiffers.Code });
            await database.SaveChangesAsync(cancellationToken);
            throw NameDiffers.Exception();
        }

        var account = await database.Users.FirstAsync(a => a.Id == person.Id, cancellationToken);
        if (account is not { FrozenAt: not null, FrozenReason: FreezeReasons.OwnWish })
        {
            throw NotFrozen.Exception();
        }

        (account.FrozenAt, account.FrozenReason) = (null, null);
        notices.Add(person.Id, NoticeKinds.Unfrozen);
        audit.Add(entry);
        await database.SaveChangesAsync(cancellationToken);
        return Results.NoContent();
    }

    private static async Task<Person> FindAsync(IdentityContext database, PersonalData personal, string number, CancellationToken cancellationToken)
    {
        var indexes = personal.Indexes(Purposes.IdNumber, number);
        return await database.Persons.FirstOrDefaultAsync(p => indexes.Contains(p.IdNumberIndex), cancellationToken) ?? throw NotRegistered.Exception();
    }

    private static (string Number, string Name, string Where) Check(Request request, DateTimeOffset now) =>
        IdentityNumber.TryParse(request.IdNumber, DateOnly.FromDateTime(now.UtcDateTime), out var number) && request.DocumentChecked
        && request is { Name: { Length: > 0 and <= 50 } name, Hall: { Length: > 0 and <= 100 } hall, Window: { Length: > 0 and <= 50 } window }
        && name.Trim() is { Length: > 0 } trimmed && !trimmed.Any(char.IsControl)
            ? (number.Value, trimmed, $"{hall} · {window}") : throw Incomplete.Exception();
}
