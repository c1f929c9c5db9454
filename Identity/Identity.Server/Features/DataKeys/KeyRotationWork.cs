using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.DataKeys.Tables;

namespace Yinxin.Identity.Server.Features.DataKeys;

/// <summary>Follows a change of keys that another node began, and works at it.</summary>
internal sealed class KeyRotationWork(IServiceScopeFactory scopes, DataKeyRing ring, TimeProvider time, ILogger<KeyRotationWork> log) : BackgroundService
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    /// <summary>Until a row that does not open is tried again: somebody has to mend it first.</summary>
    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(1);

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
            catch (UnreadableRowException e)
            {
                ring.Forget();
                await TellAsync(e, stoppingToken);
            }
            catch (Exception e)
            {
                // A batch is rolled back whole.
                ring.Forget();
                log.LogError(e, "A batch of a change of keys could not be written; it is tried again");
            }

            if (!goOn)
            {
                await Task.Delay(Idle, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Writes down where the change stands still; <c>GET /api/key-rotations</c> and the console show it.</summary>
    private async Task TellAsync(UnreadableRowException fault, CancellationToken cancellationToken)
    {
        log.LogError(fault, "The row {Row} does not open; the change of keys stands until it is mended or removed", fault.Place);
        try
        {
            var now = time.GetUtcNow();
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IdentityContext>().KeyRotations.Where(r => r.Phase != KeyRotationPhase.Done).ExecuteUpdateAsync(
                r => r.SetProperty(x => x.Fault, fault.Place).SetProperty(x => x.FaultAt, now).SetProperty(x => x.HeldUntil, now + AfterFault), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "Where the change of keys stands could not be written down");
        }
    }
}
