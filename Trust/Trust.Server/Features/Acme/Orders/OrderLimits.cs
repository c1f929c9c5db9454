using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Orders;

/// <summary>How much one account may order, counted in the database and under the account's lock, so that several nodes count as one.</summary>
internal sealed class OrderLimits(TrustContext database, IOptions<AcmeSettings> settings, TimeProvider time)
{
    /// <exception cref="AcmeException">rateLimited.</exception>
    public async Task DemandAsync(AcmeOrder order, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - settings.Value.Window;
        var (account, most) = (order.AccountId, settings.Value.OrdersPerAccount);
        if (order.Replaces is null)
        {
            var made = await database.Set<AcmeOrder>().Where(o => o.AccountId == account && o.CreatedAt > since && o.Replaces == null).OrderByDescending(o => o.CreatedAt)
                .Select(o => o.CreatedAt).Take(most).ToListAsync(cancellationToken);
            Demand(made, most, since, "Too many orders of this account.");
        }

        foreach (var value in order.Authorizations.Select(a => a.Value))
        {
            var failed = await database.Set<AcmeAuthorization>().Where(a => a.AccountId == account && a.Value == value && a.FailedAt > since).OrderByDescending(a => a.FailedAt)
                .Select(a => a.FailedAt!.Value).Take(settings.Value.FailuresPerName).ToListAsync(cancellationToken);
            Demand(failed, settings.Value.FailuresPerName, since, $"Too many failed proofs of {value}.");
        }
    }

    private static void Demand(List<DateTimeOffset> times, int most, DateTimeOffset since, string detail)
    {
        if (times.Count >= most)
        {
            throw new AcmeException(AcmeErrorKind.RateLimited, detail) { RetryAfter = times[^1] - since };
        }
    }
}
