using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Yinxin.Seal.Server.Features.Uses;

/// <summary>Degraded while an alarm was not looked into: sealing goes on, people must look.</summary>
internal sealed class UseWatchHealth(UseWatchFile file, IOptions<UseWatchSettings> settings) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await file.ReadAsync(cancellationToken) is { AlarmAt: { } at } watch && at > (settings.Value.AcknowledgedUntil ?? DateTimeOffset.MinValue)
            ? HealthCheckResult.Degraded(watch.Alarm)
            : HealthCheckResult.Healthy();
}
