using Microsoft.Extensions.Options;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>Looks at intervals for what ends soon.</summary>
internal sealed class ExpiryWatch(IServiceScopeFactory scopes, IOptions<ExpirySettings> settings, ExpiryMetrics metrics, TimeProvider time, ILogger<ExpiryWatch> log) : BackgroundService
{
    /// <summary>Looks once, at everything.</summary>
    /// <returns>How many notices it made.</returns>
    public async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var look = scope.ServiceProvider.GetRequiredService<ExpiryLook>();
        await look.PrepareAsync(cancellationToken);
        var count = Tell(await look.StepOwnAsync(cancellationToken));
        foreach (var days in settings.Value.Days)
        {
            var more = true;
            while (more)
            {
                (var made, more) = await look.StepAsync(days, cancellationToken);
                count += Tell(made);
            }
        }

        return count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "What ends soon could not be looked at; it is tried again in {Interval}", settings.Value.Interval);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(settings.Value.Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private int Tell(IReadOnlyList<ExpiryNotice> made)
    {
        foreach (var notice in made.Where(n => n.Own is not null))
        {
            log.LogWarning("The certificate of {Own} ends at {NotAfter:u} and has no successor", notice.Own, notice.NotAfter);
        }

        metrics.Made(made);
        return made.Count;
    }
}
