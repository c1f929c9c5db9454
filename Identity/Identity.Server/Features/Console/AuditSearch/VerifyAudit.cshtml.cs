using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>Starts a walk along a span of the chain and shows how far the last ones came.</summary>
internal sealed class VerifyAuditModel(IdentityContext database, IAuditTrail audit, TimeProvider time) : ConsolePage
{
    private const int MostItems = 10;
    private const int MostRunning = 3;
    private static readonly Problem BadSpan = new("console.audit.span", 422, "请填写存在的记录序号，起始不大于结束。", "Give numbers of records that exist, the first not after the last.");
    private static readonly Problem Busy = new("console.audit.busy", 422, "已有校验在进行，请稍后再试。", "Verifications are under way; please try again later.");

    [BindProperty]
    public long From { get; set; } = 1;

    [BindProperty]
    public long To { get; set; }

    public IReadOnlyList<AuditVerification> Items { get; private set; } = [];

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

    private async Task<long> HeadAsync(CancellationToken cancellationToken) => await database.Set<AuditRecord>().MaxAsync(r => (long?)r.Sequence, cancellationToken) ?? 0;

    private async Task ReadAsync(CancellationToken cancellationToken) =>
        Items = await database.AuditVerifications.AsNoTracking().OrderByDescending(v => v.Id).Take(MostItems).ToListAsync(cancellationToken);
}
