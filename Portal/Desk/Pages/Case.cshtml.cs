using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Desk.Data;
using Yinxin.Desk.Features.Applicants;
using Yinxin.Desk.Features.Cases;
using Yinxin.Desk.Features.Completion;
using Yinxin.Desk.Features.Matters;
using Yinxin.Desk.Features.WorkCalendar;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Web.Components;

namespace Yinxin.Desk.Pages;

internal sealed class CaseModel(DeskContext database, CaseStore store, WorkCalendar calendar, IAuditTrail audit, TimeProvider time, ITexts texts, OutboxSignal signal) : PageModel
{
    public CaseRecord Record { get; private set; } = null!;

    public Matter Matter { get; private set; } = null!;

    public IReadOnlyDictionary<string, string> Form { get; private set; } = new Dictionary<string, string>();

    public IReadOnlyList<MaterialRecord> Materials { get; private set; } = [];

    public IReadOnlyList<CaseEvent> Events { get; private set; } = [];

    public IReadOnlyList<CaseAct> Acts { get; private set; } = [];

    public OutboxMessage? Pending { get; private set; }

    public Applicant? Unmasked { get; private set; }

    /// <summary>Whoever took a step; an agent with the organisation for which he did.</summary>
    public string ActorOf(CaseEvent step) => CaseView.AgentOf(Record, step) is { } agent
        ? texts.Of($"{Record.ApplicantMasked}（经办人 {agent}）", $"{Record.ApplicantMasked} (agent {agent})")
        : step.ActorName;

    public bool Provisional => Record.StatutoryDue is { } due && calendar.IsProvisional(due);

    public async Task<IActionResult> OnGetAsync(string caseNumber) => await LoadAsync(caseNumber);

    public async Task<IActionResult> OnPostActAsync(string caseNumber, CaseAct step, string? opinion, int version)
    {
        var record = await OwnAsync(caseNumber);
        if (record is null)
        {
            return NotFound();
        }

        try
        {
            if (record.Version != version)
            {
                throw CaseFlow.NotAllowed.Exception();
            }

            var now = time.GetUtcNow();
            var official = User.RequireSignedInUser();
            database.Events.Add(CaseFlow.Act(record, step, official, opinion?.Trim(), now, await store.LastSequenceAsync(caseNumber, HttpContext.RequestAborted)));
            Follow(record, step, now);
            audit.Add(new AuditEntry("case." + step, caseNumber, official.Subject, official.Name));
            await store.SaveAsync(HttpContext.RequestAborted);
            return RedirectToPage(new { caseNumber });
        }
        catch (ProblemException e)
        {
            database.ChangeTracker.Clear();
            ModelState.AddModelError(e.Problem == CaseFlow.NoOpinion ? "Opinion" : "", e.Problem.Text);
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return await LoadAsync(caseNumber);
        }
    }

    public async Task<IActionResult> OnPostUnmaskAsync(string caseNumber, string? reason)
    {
        var result = await LoadAsync(caseNumber);
        if (result is not PageResult)
        {
            return result;
        }

        if (reason is not { Length: >= 2 and <= 200 })
        {
            ModelState.AddModelError("Reason", texts.Of("请说明查看理由", "Say why"));
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return result;
        }

        audit.Add(new AuditEntry("case.unmasked", caseNumber, User.RequireSignedInUser().Subject, User.RequireSignedInUser().Name, new { reason }));
        await database.SaveChangesAsync(HttpContext.RequestAborted);
        Unmasked = store.ApplicantOf(Record);
        return result;
    }

    public async Task<IActionResult> OnPostRetryAsync(string caseNumber)
    {
        if (await OwnAsync(caseNumber) is null)
        {
            return NotFound();
        }

        var now = time.GetUtcNow();
        await database.Set<OutboxMessage>().Where(m => m.IdempotencyKey == caseNumber && m.DeliveredAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.DueAt, now), HttpContext.RequestAborted);
        signal.Wake();
        return RedirectToPage(new { caseNumber });
    }

    /// <summary>What a step sets going: the clocks at acceptance, bill or licence after the grant.</summary>
    private void Follow(CaseRecord record, CaseAct step, DateTimeOffset now)
    {
        if (step == CaseAct.Accept)
        {
            var matter = Matter.Parse(database.Matters.AsNoTracking().Single(m => m.ImplementationCode == record.ImplementationCode).Json);
            var today = DateOnly.FromDateTime(now.ToOffset(TimeSpan.FromHours(8)).DateTime);
            record.AcceptedAt = now;
            record.PromisedDue = Due(matter.PromisedLimit ?? matter.StatutoryLimit, today);
            record.StatutoryDue = Due(matter.StatutoryLimit, today);
        }
        else if (record.State == nameof(CaseState.AwaitingPayment))
        {
            database.Add(CompletionMessages.For(record, CompletionMessages.Bill, now));
        }
        else if (record.State == nameof(CaseState.Issuing))
        {
            database.Add(CompletionMessages.For(record, CompletionMessages.License, now));
        }
    }

    private DateOnly? Due(Matter.Limit? limit, DateOnly from) => limit switch
    {
        { Unit: "WorkingDay" } => calendar.AddWorkingDays(from, limit.Value),
        { Unit: "CalendarDay" } => calendar.AddCalendarDays(from, limit.Value),
        { Unit: "Instant" } => from,
        _ => null,
    };

    private async Task<CaseRecord?> OwnAsync(string caseNumber)
    {
        var body = User.RequireSignedInUser().Department?.Uscc;
        return await database.Cases.SingleOrDefaultAsync(c => c.CaseNumber == caseNumber && c.BodyUscc == body, HttpContext.RequestAborted);
    }

    private async Task<IActionResult> LoadAsync(string caseNumber)
    {
        if (await OwnAsync(caseNumber) is not { } record)
        {
            return NotFound();
        }

        Record = record;
        Matter = Matter.Parse((await MatterLibrary.FindAsync(database, record.ImplementationCode, HttpContext.RequestAborted)).Json);
        Form = store.FormOf(record);
        Materials = await database.Materials.AsNoTracking().Where(m => m.CaseNumber == caseNumber).ToListAsync(HttpContext.RequestAborted);
        Events = await store.EventsAsync(caseNumber, HttpContext.RequestAborted);
        Acts = CaseFlow.OfficialActs(record, User.RequireSignedInUser());
        Pending = await database.Set<OutboxMessage>().AsNoTracking()
            .Where(m => m.IdempotencyKey == caseNumber && m.DeliveredAt == null && m.LastError != null).FirstOrDefaultAsync(HttpContext.RequestAborted);
        return Page();
    }
}
