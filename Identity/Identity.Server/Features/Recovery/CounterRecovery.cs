using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary><c>POST /api/counter-recoveries</c>: the last path. An official has seen the person and the ID card and hands over a ticket that works once.</summary>
internal static class CounterRecovery
{
    private static readonly Problem NotRegistered = new("identity.counter.notRegistered", 404, "该身份证号尚未注册账号，请先注册。", "There is no account for this ID number; the person has to register first.");
    private static readonly Problem NameDiffers = new("identity.counter.nameDiffers", 422, "姓名与账号登记的不一致，请核对证件。", "The name does not agree with the account; please check the document.");
    private static readonly Problem Incomplete = new(
        "identity.counter.incomplete", 422, "请填写有效的身份证号、姓名、大厅和窗口，并确认已查验证件原件。", "A valid ID number, name, hall and window are needed, and the document must have been checked.");

    internal sealed record Request(string? IdNumber, string? Name, string? Hall, string? Window, bool DocumentChecked);

    internal sealed record Answer(string Ticket, DateTimeOffset ValidUntil);

    public static void MapRecovery(this WebApplication app) =>
        app.MapPost("/api/counter-recoveries", IssueAsync).RequireAuthorization(ApiTokens.Scope("identity.counter"));

    private static async Task<IResult> IssueAsync(
        Request request, ClaimsPrincipal user, HttpContext context, IdentityContext database, PersonalData personal, Officials.Officials officials, INotices notices, IAuditTrail audit,
        IOptions<RecoverySettings> settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var officer = await officials.RequireAsync(user, cancellationToken, OfficialRoles.CounterOfficer);
        var now = time.GetUtcNow();
        if (!IdentityNumber.TryParse(request.IdNumber, DateOnly.FromDateTime(now.UtcDateTime), out var number) || !request.DocumentChecked
            || request is not { Name: { Length: > 0 and <= 50 } name, Hall: { Length: > 0 and <= 100 } hall, Window: { Length: > 0 and <= 50 } window })
        {
            throw Incomplete.Exception();
        }

        var indexes = personal.Indexes(Purposes.IdNumber, number.Value);
        var person = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => indexes.Contains(p.IdNumberIndex), cancellationToken) ?? throw NotRegistered.Exception();
        if (person.Name != name.Trim())
        {
            audit.Add(new AuditEntry("recovery.ticket", person.Id.ToString(), officer.AccountId.ToString(), officer.Account!.DisplayName, new { hall, window }, NameDiffers.Code));
            await database.SaveChangesAsync(cancellationToken);
            throw NameDiffers.Exception();
        }

        var (ticket, until) = (RecoveryTickets.New(), now.AddHours(settings.Value.TicketHours));
        await database.RecoveryRequests.Where(r => r.AccountId == person.Id && r.State == RecoveryState.Ticket)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RecoveryState.Cancelled).SetProperty(r => r.EndedAt, now), cancellationToken);
        database.RecoveryRequests.Add(new RecoveryRequest
        {
            Id = Guid.CreateVersion7(now),
            AccountId = person.Id,
            State = RecoveryState.Ticket,
            Proof = "counter",
            SecretHash = RecoveryTickets.Hash(personal, ticket),
            CreatedAt = now,
            DueAt = until,
        });
        var former = (await CurrentEvidence.OfAsync(database, person.Id, cancellationToken)).LastOrDefault(e => e.Kind == EvidenceKinds.Counter);
        database.Evidence.Add(EvidenceRecords.New(
            person.Id, EvidenceKinds.Counter, "counter", "document-at-window", officer.AccountId.ToString(), now, now.AddYears(5), ["idNumber", "name"], $"{hall} · {window}", former?.Id));
        notices.Add(person.Id, NoticeKinds.RecoveryStarted);
        audit.Add(new AuditEntry("recovery.ticket", person.Id.ToString(), officer.AccountId.ToString(), officer.Account!.DisplayName, new { hall, window, until }));
        await database.SaveChangesAsync(cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(new Answer(ticket, until), statusCode: StatusCodes.Status201Created);
    }
}
