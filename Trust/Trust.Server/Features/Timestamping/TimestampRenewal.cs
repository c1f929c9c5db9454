using Microsoft.Extensions.Options;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Timestamping;

/// <summary>A TSA near its end is followed by one with a new key and certificate, without a pause: the old one stamps until the new one is stored.</summary>
internal sealed class TimestampRenewal(AuthorityStore authorities, IOptions<TimeSettings> settings, TimeProvider time, ILogger<TimestampRenewal> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Renews whichever TSA has too little life left.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        foreach (var suite in Enum.GetValues<SignatureSuite>())
        {
            var end = new DateTimeOffset(authorities["timestamps", suite].Certificate.NotAfter, TimeSpan.Zero);
            var issuerEnd = new DateTimeOffset(authorities["tsa", suite].Certificate.NotAfter, TimeSpan.Zero);
            // Not beyond its issuer: when that ends first, a new TSA would have no more life than this one.
            if (end - time.GetUtcNow() < settings.Value.LeastLife && end < issuerEnd)
            {
                await authorities.RenewAsync("timestamps", suite, end, cancellationToken);
                log.LogInformation("The {Suite} TSA has a new key and certificate.", suite);
            }
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RenewAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RenewAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The old TSA goes on; the next hour tries again.
                log.LogError(e, "A TSA could not be renewed.");
            }
        }
    }
}
