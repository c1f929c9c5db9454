using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>GET /api/expiry-notices: which certificates end soon, the newest notice first, a page at a time.</summary>
internal static class ListNotices
{
    private const int MostRows = 200;
    private static readonly Problem BadFilter = new(
        "trust.expiry.filter", 422, "查询条件不正确。", "limit is 1 to 200, status is open, acknowledged or ended, and after is the next of an earlier answer.");

    public static void Map(WebApplication app) => app.MapGet("/api/expiry-notices", HandleAsync).RequireAuthorization(ApiTokens.Scope("trust.read"));

    private static async Task<Answer> HandleAsync(string? status, int? limit, long? after, TrustContext database, TimeProvider time, CancellationToken cancellationToken)
    {
        var most = limit ?? 50;
        if (most is < 1 or > MostRows || after is < 1)
        {
            throw BadFilter.Exception();
        }

        var now = time.GetUtcNow();
        var notices = database.Set<ExpiryNotice>().AsNoTracking();
        var filtered = status switch
        {
            null => notices,
            "open" => notices.Where(n => n.EndedAt == null && n.NotAfter > now && n.AcknowledgedAt == null),
            "acknowledged" => notices.Where(n => n.EndedAt == null && n.NotAfter > now && n.AcknowledgedAt != null),
            "ended" => notices.Where(n => n.EndedAt != null || n.NotAfter <= now),
            _ => throw BadFilter.Exception(),
        };
        var page = await filtered.Where(n => after == null || n.Number < after).OrderByDescending(n => n.Number).Take(most + 1).ToListAsync(cancellationToken);
        return new Answer([.. page.Take(most).Select(n => NoticeView.Of(n, now))], page.Count > most ? page[most - 1].Number : null);
    }

    /// <param name="Notices">The newest first.</param>
    /// <param name="Next">What <c>after</c> is for the next page; null on the last.</param>
    internal sealed record Answer(IReadOnlyList<NoticeView> Notices, long? Next);
}
