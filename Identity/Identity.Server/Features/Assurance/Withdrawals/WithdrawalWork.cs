using Microsoft.EntityFrameworkCore;

namespace Yinxin.Identity.Server.Features.Assurance.Withdrawals;

/// <summary>Works withdrawals off. Several nodes may: each batch is one node's.</summary>
internal sealed class WithdrawalWork(IServiceScopeFactory scopes, TimeProvider time, ILogger<WithdrawalWork> log) : BackgroundService
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var worked = false;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                worked = await scope.ServiceProvider.GetRequiredService<WithdrawalStep>().RunAsync(stoppingToken);
            }
            catch (DbUpdateConcurrencyException)
            {
                // Another node was quicker.
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "A batch of evidence could not be taken back; it is tried again");
            }

            if (!worked)
            {
                await Task.Delay(Idle, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
