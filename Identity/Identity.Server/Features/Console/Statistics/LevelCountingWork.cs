namespace Yinxin.Identity.Server.Features.Console.Statistics;

/// <summary>Counts in the background, a batch at a time.</summary>
internal sealed class LevelCountingWork(IServiceScopeFactory scopes, TimeProvider time, ILogger<LevelCountingWork> log) : BackgroundService
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var folded = 0;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                folded = await scope.ServiceProvider.GetRequiredService<LevelCounting>().StepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "Levels could not be counted; it is tried again");
            }

            if (folded < LevelCounting.ChangesAtOnce)
            {
                await Task.Delay(Idle, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
