using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Issuing;

namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>POST /api/expiry-notices/{id}/acknowledgement: someone took note and sees to it. The first counts; the same again changes nothing.</summary>
internal static class AcknowledgeNotice
{
    private static readonly Problem Unknown = new("trust.expiry.unknown", 404, "没有该到期提醒。", "There is no such notice.");
    private static readonly Problem Ended = new("trust.expiry.ended", 409, "该到期提醒已结束。", "The notice has ended.");

    public static void Map(WebApplication app) =>
        app.MapPost("/api/expiry-notices/{id:long}/acknowledgement", HandleAsync).RequireAuthorization(ApiTokens.Scope("trust.certify"));

    private static async Task<NoticeView> HandleAsync(long id, HttpContext http, TrustContext database, IAuditTrail audit, TimeProvider time, CancellationToken cancellationToken)
    {
        var (now, caller) = (time.GetUtcNow(), Caller.Of(http));
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var taken = await database.Set<ExpiryNotice>().Where(n => n.Number == id && n.AcknowledgedAt == null && n.EndedAt == null && n.NotAfter > now)
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.AcknowledgedAt, now).SetProperty(n => n.AcknowledgedBy, caller), cancellationToken);
        var notice = await database.Set<ExpiryNotice>().AsNoTracking().SingleOrDefaultAsync(n => n.Number == id, cancellationToken) ?? throw Unknown.Exception();
        if (notice.AcknowledgedAt is null)
        {
            throw Ended.Exception();
        }

        if (taken == 1)
        {
            audit.Add(new AuditEntry("trust.expiry.acknowledged", $"{notice.Authority}/{notice.Serial}", caller, Details: new { notice.Number, notice.Days }));
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
        }

        return NoticeView.Of(notice, now);
    }
}
