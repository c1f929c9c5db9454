using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Faces;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons.Local;

/// <summary>
/// How many people's pictures are in memory: one set for each account, else a single one keeps all engines from everybody else, and a few in all. Who comes on top of them is refused before a
/// byte is read. It stands before the page, for the page's own check against forged forms reads the whole request first.
/// </summary>
internal sealed class FaceSendings(IOptions<FaceSettings> faces, TimeProvider time) : IDisposable
{
    private const int LeastInAll = 4;

    /// <summary>The life of the shorter ceremony: whoever sends a byte now and then gives the place to somebody else.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);

    /// <summary>Some are being received while each engine has its own.</summary>
    private readonly ConcurrencyLimiter all = new(new ConcurrencyLimiterOptions { PermitLimit = Math.Max(LeastInAll, 2 * faces.Value.Engines) });

    private readonly PartitionedRateLimiter<Guid> each = PartitionedRateLimiter.Create<Guid, Guid>(
        account => RateLimitPartition.GetConcurrencyLimiter(account, _ => new ConcurrencyLimiterOptions { PermitLimit = 1 }));

    /// <exception cref="ProblemException">There is no place.</exception>
    public async Task PassAsync(HttpContext http, RequestDelegate next)
    {
        using var own = each.AttemptAcquire(http.User.AccountId() ?? Guid.Empty);
        using var place = own.IsAcquired ? all.AttemptAcquire() : null;
        if (place is not { IsAcquired: true })
        {
            var refusal = FaceProblems.Crowded.Exception(Wait);
            refusal.Extensions[ProblemException.Again] = http.Request.Path.Value;
            throw refusal;
        }

        using var limit = new CancellationTokenSource(Longest, time);
        await using var ending = limit.Token.Register(http.Abort);
        await next(http);
    }

    public void Dispose()
    {
        each.Dispose();
        all.Dispose();
    }
}
