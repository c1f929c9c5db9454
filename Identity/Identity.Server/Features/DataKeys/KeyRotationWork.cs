using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.DataKeys;

/// <summary>Follows a change of keys that another node began, and works at it.</summary>
internal sealed class KeyRotationWork(IServiceScopeFactory scopes, DataKeyRing ring, TimeProvider time, ILogger<KeyRotationWork> log) : BackgroundService
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var goOn = false;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await ring.CatchUpAsync(scope.ServiceProvider.GetRequiredService<IdentityContext>(), stoppingToken);
                goOn = await scope.ServiceProvider.GetRequiredService<KeyRotationStep>().RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // A batch is rolled back whole.
                ring.Load();
                log.LogError(e, "A batch of a change of keys could not be written; it is tried again");
            }

            if (!goOn)
            {
                await Task.Delay(Idle, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
