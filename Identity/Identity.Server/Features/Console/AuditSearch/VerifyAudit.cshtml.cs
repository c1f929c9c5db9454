using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>Starts a walk along a span of the chain, shows how far the last ones came, and takes down what an auditor found out about a gap between timestamps.</summary>
internal sealed class VerifyAuditModel(IdentityContext database, AuditWitnesses witnesses, GapExplanations explanations, IAuditTrail audit, TimeProvider time) : ConsolePage
{
    private const int MostItems = 10;
    private const int MostRunning = 3;
    private static readonly Problem BadSpan = new("console.audit.span", 422, "请填写存在的记录序号，起始不大于结束。", "Give numbers of records that exist, the first not after the last.");
    private static readonly Problem Busy = new("console.audit.busy", 422, "已有校验在进行，请稍后再试。", "Verifications are under way; please try again later.");
    private static readonly Problem NoReason = new("console.audit.gapReason", 422, "请用 10 至 500 字说明缺口的原因。", "Say in 10 to 500 characters what the gap comes from.");

    private static readonly Problem NoGap = new(
        "console.audit.noGap", 409, "现在没有这一处待说明的缺口：它可能已有说明、尚未结束或已变化。请重新校验。",
        "There is no such gap to explain now: it is explained, has no end yet, or is another. Please verify again.");

    [BindProperty]
    public long From { get; set; } = 1;

    [BindProperty]
    public long To { get; set; }

    /// <summary>Of the gap that is explained the anchor before it, 0 before the first.</summary>
    [BindProperty]
    public long GapFrom { get; set; }

    /// <summary>The anchor behind it.</summary>
    [BindProperty]
    public long GapUntil { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public IReadOnlyList<AuditVerification> Items { get; private set; } = [];

    /// <summary>What the last walk from the first record found: a gap that has an end and that nobody explained yet.</summary>
    public (long From, long Until)? Gap { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadAudit;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        To = await HeadAsync(cancellationToken);
        await ReadAsync(cancellationToken);
        return this.PageOrPart("/Features/Console/AuditSearch/_Verifications.cshtml");
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        if (!ModelState.IsValid || From < 1 || To < From || To > await HeadAsync(cancellationToken))
        {
            return Refuse(nameof(To), BadSpan);
        }

        if (Items.Count(v => v.EndedAt is null) >= MostRunning)
        {
            return Refuse("", Busy);
        }

        var now = time.GetUtcNow();
        database.AuditVerifications.Add(new AuditVerification { Id = Guid.CreateVersion7(now), From = From, To = To, StartedBy = Me.Id, StartedAt = now });
        audit.Add(new AuditEntry("audit.verified", SubjectId: null, Me.Id.ToString(), Me.Name, new { From, To }));
        await database.SaveChangesAsync(cancellationToken);
        return LocalRedirect("/console/audit/verifications");
    }

    /// <summary>The judge is asked anew: nothing is explained but a gap of this moment. It stays in the audit, and the next walk says so.</summary>
    public async Task<IActionResult> OnPostExplainAsync(CancellationToken cancellationToken)
    {
        To = await HeadAsync(cancellationToken);
        await ReadAsync(cancellationToken);
        if (LastingText.Fault(Reason, 10, 500, NoReason) is { } fault)
        {
            return Refuse(nameof(Reason), fault);
        }

        if (!ModelState.IsValid || !await witnesses.HasOpenGapAsync(GapFrom, GapUntil, cancellationToken))
        {
            return Refuse("", NoGap);
        }

        audit.Add(new AuditEntry(
            GapExplanations.Action, GapExplanations.Key(GapFrom, GapUntil), Me.Id.ToString(), Me.Name, new { from = GapFrom, until = GapUntil, reason = Reason!.Trim() }));
        await database.SaveChangesAsync(cancellationToken);
        return LocalRedirect("/console/audit/verifications");
    }

    private async Task<long> HeadAsync(CancellationToken cancellationToken) => await database.Set<AuditRecord>().MaxAsync(r => (long?)r.Sequence, cancellationToken) ?? 0;

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        Items = await database.AuditVerifications.AsNoTracking().OrderByDescending(v => v.Id).Take(MostItems).ToListAsync(cancellationToken);
        if (Items.FirstOrDefault(v => v.From == 1 && v.EndedAt is not null) is not { Fault: AuditWitnesses.OpenGap, FaultAt: { } from })
        {
            return;
        }

        // A gap is said to be the worst where every anchor holds: its end is the next one.
        var until = await database.Set<AuditAnchor>().Where(a => a.Sequence > from).OrderBy(a => a.Sequence).Select(a => (long?)a.Sequence).FirstOrDefaultAsync(cancellationToken);
        Gap = until is { } end && !await explanations.IsExplainedAsync(from, end, cancellationToken) ? (from, end) : null;
    }
}
