using Microsoft.EntityFrameworkCore;

namespace Yinxin.Identity.Server.Features.Assurance.Regradings;

/// <summary>Works runs off, and writes down at intervals which levels fell by themselves.</summary>
internal sealed class RegradingWork(IServiceScopeFactory scopes, TimeProvider time, ILogger<RegradingWork> log) : BackgroundService
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var worked = false;
            try
            {
                worked = await StepAsync(stoppingToken);
            }
            catch (DbUpdateConcurrencyException)
            {
                // Another node was quicker.
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "A batch of grades could not be written; it is tried again");
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (!worked)
            {
                await Task.Delay(Idle, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var regraded = await scope.ServiceProvider.GetRequiredService<RegradingStep>().RunAsync(cancellationToken);
        await using var second = scopes.CreateAsyncScope();
        var expired = await second.ServiceProvider.GetRequiredService<GradeExpiry>().StepAsync(cancellationToken);
        return regraded || expired > 0;
    }
}
