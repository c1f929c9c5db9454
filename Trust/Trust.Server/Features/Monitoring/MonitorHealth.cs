using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Yinxin.Trust.Server.Features.Monitoring;

/// <summary>Degraded, not unhealthy: a node that sees another lie must go on answering.</summary>
internal sealed class MonitorHealth(MonitorStore store, MonitorLogs monitor, IOptions<MonitorSettings> settings, TimeProvider time) : IHealthCheck
{
    /// <summary>So many looks may fail before a log counts as not seen.</summary>
    private const int Patience = 10;

    /// <summary>And not before so long, however short the interval.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var known = (await store.ListAsync(cancellationToken)).ToDictionary(l => l.Origin, StringComparer.Ordinal);
        var since = time.GetUtcNow() - TimeSpan.FromTicks(Math.Max(Least.Ticks, (Patience * settings.Value.Interval).Ticks));
        List<string> troubles =
        [
            .. known.Values.Where(l => l.AlarmAt > (settings.Value.AcknowledgedUntil ?? DateTimeOffset.MinValue)).Select(l => $"{l.Origin}: {l.Alarm}: {l.AlarmText}"),
            .. monitor.Logs.Where(l => known.TryGetValue(l.Origin, out var log) && log.VerifiedAt < since).Select(l => $"{l.Origin}: not seen in order since {known[l.Origin].VerifiedAt:u}"),
        ];
        return troubles.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join("; ", troubles));
    }
}
