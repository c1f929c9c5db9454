using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Yinxin.Trust.Server.Features.Acme.Problems;

/// <summary>So many requests a minute from one address, on each node: what costs the most here is the check of a stranger's signature.</summary>
internal sealed class RequestBrake(IOptions<AcmeSettings> settings) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string> limiter = PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetFixedWindowLimiter(
        address, _ => new FixedWindowRateLimiterOptions { PermitLimit = settings.Value.RequestsPerMinute, Window = Window }));

    /// <exception cref="AcmeException">rateLimited.</exception>
    public void Demand(HttpContext http)
    {
        using var lease = limiter.AttemptAcquire(ClientNetwork.Of(http.Connection.RemoteIpAddress));
        if (!lease.IsAcquired)
        {
            throw new AcmeException(AcmeErrorKind.RateLimited, "Too many requests from this address.")
            {
                RetryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window,
            };
        }
    }

    public void Dispose() => limiter.Dispose();
}
