using Microsoft.EntityFrameworkCore;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>Ends the notices of a certificate that need no longer be heeded.</summary>
internal static class NoticeEnds
{
    /// <param name="database">In the transaction of what ends them.</param>
    /// <param name="certificate">Whose notices.</param>
    /// <param name="reason">As in <see cref="ExpiryNotice.EndReason"/>.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static Task EndNoticesAsync(this TrustContext database, IssuedCertificate certificate, string reason, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Set<ExpiryNotice>().Where(n => n.Authority == certificate.Authority && n.Serial == certificate.Serial && n.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.EndedAt, now).SetProperty(n => n.EndReason, reason), cancellationToken);
}
