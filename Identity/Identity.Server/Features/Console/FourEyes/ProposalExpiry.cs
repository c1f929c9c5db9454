using Microsoft.EntityFrameworkCore;

namespace Yinxin.Identity.Server.Features.Console.FourEyes;

/// <summary>Looks for proposals that nobody decided in time. Several nodes may: the second finds none.</summary>
internal sealed class ProposalExpiry(IServiceScopeFactory scopes, TimeProvider time, ILogger<ProposalExpiry> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<Proposals>().ExpireAsync(stoppingToken);
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
                log.LogError(e, "Expired proposals could not be closed; it is tried again");
            }

            await Task.Delay(Look, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
