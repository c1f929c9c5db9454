using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>A notice as the API shows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Authority">The CA that issued the certificate.</param>
/// <param name="Serial">Hex, lower case.</param>
/// <param name="Profile">By which it was made.</param>
/// <param name="Subject">Of the certificate.</param>
/// <param name="NotAfter">When it ends.</param>
/// <param name="Days">The threshold that it is inside of.</param>
/// <param name="Own">Which of the platform's own authorities it belongs to; null for others'.</param>
/// <param name="Status"><c>open</c>, <c>acknowledged</c> or <c>ended</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="AcknowledgedAt">When someone took note.</param>
/// <param name="AcknowledgedBy">Which client.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="EndReason"><c>renewed</c>, <c>revoked</c>, <c>replaced</c> or <c>expired</c>.</param>
internal sealed record NoticeView(
    long Id, string Authority, string Serial, string Profile, string Subject, DateTimeOffset NotAfter, int Days, string? Own, string Status, DateTimeOffset CreatedAt,
    DateTimeOffset? AcknowledgedAt, string? AcknowledgedBy, DateTimeOffset? EndedAt, string? EndReason)
{
    public static NoticeView Of(ExpiryNotice notice, DateTimeOffset now)
    {
        var expired = notice.EndedAt is null && now >= notice.NotAfter;
        var status = expired || notice.EndedAt is not null ? "ended" : notice.AcknowledgedAt is not null ? "acknowledged" : "open";
        return new NoticeView(
            notice.Number, notice.Authority, notice.Serial, notice.Profile, notice.Subject, notice.NotAfter, notice.Days, notice.Own, status, notice.CreatedAt,
            notice.AcknowledgedAt, notice.AcknowledgedBy, expired ? notice.NotAfter : notice.EndedAt, expired ? "expired" : notice.EndReason);
    }
}
