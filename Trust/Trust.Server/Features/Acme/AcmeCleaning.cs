using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Database;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Acme;

/// <summary>
/// Deletes nonces that would not be accepted any more, orders that came to nothing, and finished ones whose certificate has ended: until then they say who may
/// revoke and replace it. What was issued stays in the table of certificates, what happened in the audit.
/// </summary>
internal sealed class AcmeCleaning(TrustContext database, TimeProvider time) : IHousekeepingTask
{
    private const int Batch = 500;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var nonces = database.Set<AcmeUsedNonce>();
        while (await nonces.Where(n => nonces.Where(o => o.ExpiresAt < now).OrderBy(o => o.ExpiresAt).Select(o => o.Value).Take(Batch).Contains(n.Value)).ExecuteDeleteAsync(cancellationToken) == Batch)
        {
        }

        var before = now - Kept;
        var orders = database.Set<AcmeOrder>();
        while (await orders
            .Where(o => orders.Where(d => d.ExpiresAt < before && (d.Status != AcmeOrderStatus.Valid || d.CertificateEnds < before)).OrderBy(d => d.ExpiresAt).Select(d => d.Id).Take(Batch).Contains(o.Id))
            .ExecuteDeleteAsync(cancellationToken) == Batch)
        {
        }
    }
}
