using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>Degraded while a certificate by which this platform works is inside its last threshold, or past its end, and nothing follows it.</summary>
internal sealed class ExpiryHealth(OwnCertificates own, IOptions<ExpirySettings> settings, TimeProvider time) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        List<string> ending =
        [
            .. from certificate in await own.ListAsync(cancellationToken)
               let last = ExpiryThresholds.Last(settings.Value.Days, certificate.Life)
               where last is not null && now >= certificate.Life.NotAfter.AddDays(-last.Value)
               select FormattableString.Invariant($"{certificate.Name} ends {certificate.Life.NotAfter:u}"),
        ];
        return ending.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join("; ", ending));
    }
}
