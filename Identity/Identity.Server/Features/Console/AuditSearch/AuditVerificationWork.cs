namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>Walks along the chain in the background, a batch at a time.</summary>
internal sealed class AuditVerificationWork(IServiceScopeFactory scopes, TimeProvider time, ILogger<AuditVerificationWork> log) : BackgroundService
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var worked = false;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                worked = await scope.ServiceProvider.GetRequiredService<AuditVerificationStep>().RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "A walk along the audit was interrupted; it is taken up again");
            }

            if (!worked)
            {
                await Task.Delay(Idle, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
