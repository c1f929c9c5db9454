using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Yinxin.Desk.Data;
using Yinxin.Desk.Features.Applicants;
using Yinxin.Desk.Features.Matters;
using Yinxin.Identity.Client.Assurance;
using Yinxin.Identity.Client.Mandates;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Desk.Features.Cases;

/// <summary>GET /api/my/cases: the cases of the person, or of the organisation acted for; and the lookup by number and query code.</summary>
internal static class MyCases
{
    private const int PageSize = 10;
    private const int LastPage = 10_000;
    private const int LongestNumber = 50;

    public static void Map(WebApplication app)
    {
        var mine = app.MapGroup("/api/my/cases").RequireAuthorization(ApiTokens.Scope("case.apply"));
        mine.MapGet("", ListAsync);
        mine.MapGet("{caseNumber}", ShowAsync);
        mine.MapPost("{caseNumber}/withdrawal", WithdrawAsync).RequirePower(ActingPower.Apply);
        app.MapGet("/api/cases/{caseNumber}", LookUpAsync).RequireRateLimiting(Lookup);
    }

    public const string Lookup = "case-lookup";

    /// <summary>Number and query code show the progress without signing in.</summary>
    private static async Task<object> LookUpAsync(string caseNumber, string? code, DeskContext database, CaseStore store, LookupBrake brake, CancellationToken cancellationToken)
    {
        if (caseNumber.Length > LongestNumber)
        {
            throw CaseStore.Unknown.Exception();
        }

        brake.Check(caseNumber);
        var record = await database.Cases.AsNoTracking().SingleOrDefaultAsync(c => c.CaseNumber == caseNumber && c.QueryCode == code, cancellationToken);
        if (record is null)
        {
            brake.CountWrong(caseNumber);
            throw CaseStore.Unknown.Exception();
        }

        return CaseView.Of(record, CaseSight.Public, await store.EventsAsync(caseNumber, cancellationToken));
    }

    private static async Task<object> ShowAsync(string caseNumber, HttpContext http, DeskContext database, CaseStore store, CancellationToken cancellationToken)
    {
        var record = await OwnAsync(caseNumber, http.User, database, cancellationToken);
        var user = http.User.RequireSignedInUser();
        var sight = CaseSight.Of(user);
        var events = await store.EventsAsync(caseNumber, cancellationToken);
        if (!sight.Application)
        {
            return CaseView.Of(record, sight, events);
        }

        var application = new CaseView.Application(store.FormOf(record), await MaterialsAsync(database, caseNumber, cancellationToken));
        return CaseView.Of(record, sight, events, application, await MayWithdrawAsync(record, user, database, store, cancellationToken));
    }

    private static async Task<object> ListAsync(int? page, HttpContext http, DeskContext database, CancellationToken cancellationToken)
    {
        var own = Within(Own(http.User, database), http.User.Scope()).AsNoTracking();
        var sight = CaseSight.Of(http.User.RequireSignedInUser());
        var number = Math.Clamp(page ?? 1, 1, LastPage);
        var total = await own.CountAsync(cancellationToken);
        var items = await own.OrderByDescending(c => c.SubmittedAt).Skip((number - 1) * PageSize).Take(PageSize).ToListAsync(cancellationToken);
        return new { page = number, pageSize = PageSize, total, items = items.Select(c => CaseView.Of(c, sight, [])) };
    }

    private static async Task<IResult> WithdrawAsync(string caseNumber, HttpContext http, DeskContext database, CaseStore store, IAuditTrail audit, TimeProvider time, CancellationToken cancellationToken)
    {
        var record = await OwnAsync(caseNumber, http.User, database, cancellationToken);
        if (http.StepUp(await LevelToWithdrawAsync(record, database, store, cancellationToken)) is { } stepUp)
        {
            return stepUp;
        }

        var user = http.User.RequireSignedInUser();
        var actor = Applicant.AgentMasked(http.User) ?? record.ApplicantMasked;
        database.Events.Add(CaseFlow.Step(record, CaseAct.Withdraw, user.Subject, actor, "", time.GetUtcNow(), await store.LastSequenceAsync(caseNumber, cancellationToken)));
        audit.Add(new AuditEntry("case.withdrawn", caseNumber, user.Subject, Details: http.User.ActedFor()));
        await store.SaveAsync(cancellationToken);
        return Results.Ok(CaseView.Of(record, CaseSight.Of(user), await store.EventsAsync(caseNumber, cancellationToken)));
    }

    private static async Task<AssuranceLevel> LevelToWithdrawAsync(CaseRecord record, DeskContext database, CaseStore store, CancellationToken cancellationToken)
    {
        var matter = Matter.Parse((await MatterLibrary.FindAsync(database, record.ImplementationCode, cancellationToken)).Json);
        return SubmissionLevel.Of(matter, store.FormOf(record)).Withdrawal;
    }

    /// <summary>Whoever is held back by the level of the session alone is led to raise it; what lies above an agent's ceiling he cannot reach, so it is not offered to him.</summary>
    private static async Task<bool> MayWithdrawAsync(CaseRecord record, SignedInUser user, DeskContext database, CaseStore store, CancellationToken cancellationToken) =>
        CaseFlow.MayWithdraw(record) && (user.ActingFor is not { IsAgent: true } || user.Ceiling >= await LevelToWithdrawAsync(record, database, store, cancellationToken));

    private static IQueryable<CaseRecord> Own(ClaimsPrincipal principal, DeskContext database)
    {
        var user = principal.RequireSignedInUser();
        var uscc = user.ActingFor?.Organisation.Uscc;
        return uscc is null ? database.Cases.Where(c => c.Subject == user.Subject && c.Organisation == null) : database.Cases.Where(c => c.Organisation == uscc);
    }

    /// <summary>An agent sees the organisation's cases as far as his mandate reaches.</summary>
    private static IQueryable<CaseRecord> Within(IQueryable<CaseRecord> cases, MandateScope? scope)
    {
        var matters = scope?.Matters ?? [];
        return scope?.Reach switch
        {
            null or "all" => cases,
            "categories" => cases.Where(c => matters.Contains(c.ImplementationCode.Substring(MatterCode.TypeAt, 2))),
            "matters" => cases.Where(c => matters.Contains(c.ImplementationCode)),
            _ => cases.Where(c => false),
        };
    }

    private static async Task<CaseRecord> OwnAsync(string caseNumber, ClaimsPrincipal principal, DeskContext database, CancellationToken cancellationToken)
    {
        var found = await Own(principal, database).SingleOrDefaultAsync(c => c.CaseNumber == caseNumber, cancellationToken) ?? throw CaseStore.Unknown.Exception();
        principal.DemandMatter(found.ImplementationCode);
        return found;
    }

    private static async Task<object> MaterialsAsync(DeskContext database, string caseNumber, CancellationToken cancellationToken) =>
        await database.Materials.AsNoTracking().Where(m => m.CaseNumber == caseNumber).Select(m => new { m.Id, m.Key, m.Name, m.Size, m.ContentType }).ToListAsync(cancellationToken);
}
