using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Yinxin.Trust.Clocks;
using Yinxin.Trust.Clocks.Sntp;

namespace Yinxin.Trust.Server.Features.Timestamping;

/// <summary>The clock of the TSAs: watched against its sources, or declared. Compared once before the first request, then for ever.</summary>
internal sealed class VouchedTime : BackgroundService, IVouchedClock, IHealthCheck
{
    /// <summary>Two comparisons may fail before the clock counts as unwatched.</summary>
    private const int Misses = 3;

    private const int SntpPort = 123;
    private readonly TimeSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger<VouchedTime> log;
    private readonly ClockWatch? watch;
    private readonly IVouchedClock clock;
    private bool wasSure;

    public VouchedTime(IOptions<TimeSettings> settings, TimeProvider time, ILogger<VouchedTime> log)
    {
        (this.settings, this.time, this.log) = (settings.Value, time, log);
        watch = this.settings.TrustSystemClock ? null : new ClockWatch(
            Sources(), new ClockLimits(this.settings.Accuracy, this.settings.Interval * Misses, this.settings.Quorum), time);
        clock = watch ?? (IVouchedClock)new DeclaredClock(time, this.settings.Accuracy);
    }

    public TimeSpan Accuracy => clock.Accuracy;

    public ClockReading Read() => clock.Read();

    /// <summary>Unsure is «degraded»: the server does everything else, and other nodes may stamp.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = (watch?.Comparisons ?? []).ToDictionary(c => c.Source, c => (object)(c.Failure ?? FormattableString.Invariant($"offset {c.Offset.TotalMilliseconds:0.000} ms ± {c.Uncertainty.TotalMilliseconds:0.000} ms")), StringComparer.Ordinal);
        return Task.FromResult(
            watch is null ? HealthCheckResult.Healthy("system clock trusted by setting")
            : Read() is { Sure: false } reading ? HealthCheckResult.Degraded(reading.Doubt, data: data)
            : HealthCheckResult.Healthy(FormattableString.Invariant($"within {watch.Error?.TotalMilliseconds:0.000} ms"), data));
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await CompareAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.Interval, time);
        while (watch is not null && await timer.WaitForNextTickAsync(stoppingToken))
        {
            await CompareAsync(stoppingToken);
        }
    }

    private async Task CompareAsync(CancellationToken cancellationToken)
    {
        if (watch is null)
        {
            log.LogWarning("Timestamps state the system clock, which is trusted by the setting {Setting}:{Key}.", TimeSettings.Section, nameof(TimeSettings.TrustSystemClock));
            return;
        }

        await watch.CompareAsync(cancellationToken);
        var reading = watch.Read();
        if (!reading.Sure)
        {
            log.LogError("No timestamps are made: {Doubt}. {Sources}", reading.Doubt, string.Join("; ", watch.Comparisons.Select(c => $"{c.Source}: {c.Failure ?? c.Offset.ToString()}")));
        }
        else if (!wasSure)
        {
            log.LogInformation("The clock is sure within {Error}.", watch.Error);
        }

        wasSure = reading.Sure;
    }

    private List<IClockSource> Sources()
    {
        List<IClockSource> sources = [.. settings.Servers.Select(Server)];
        if (settings.Kernel)
        {
            sources.Add(new KernelClock());
        }

        return sources.Count >= settings.Quorum ? sources : throw new InvalidOperationException($"{TimeSettings.Section}: fewer sources than {nameof(TimeSettings.Quorum)}.");
    }

    private SntpSource Server(string server) => Uri.TryCreate("ntp://" + server, UriKind.Absolute, out var uri) && uri is { Host.Length: > 0, PathAndQuery: "/" }
        ? new SntpSource(uri.IdnHost.Trim('[', ']'), uri.Port < 0 ? SntpPort : uri.Port, settings.Wait, time)
        : throw new InvalidOperationException($"{TimeSettings.Section}:{nameof(TimeSettings.Servers)}: «{server}» is no host or host:port.");
}
