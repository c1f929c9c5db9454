using Yinxin.Identity.Server.Features.Organisations.Certificates;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>Looks every few minutes whether a comparison is due; a night that was missed is made up for at once.</summary>
internal sealed class NightlyReconciliation(IServiceScopeFactory scopes, ILogger<NightlyReconciliation> log) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(5);

    /// <summary>An authority that starts with us is not up in the first moment.</summary>
    private static readonly TimeSpan AtStart = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(AtStart, stoppingToken);
            while (true)
            {
                await RunAsync(stoppingToken);
                await Task.Delay(Between, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The app stops.
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        await TryAsync<FaceReferences>("faces", (work, stop) => work.RunDueAsync(stop), stoppingToken);
        await TryAsync<Reconciliation>("registers", (work, stop) => work.RunDueAsync(stop), stoppingToken);
        await TryAsync<CertificateRechecks>("certificates", (work, stop) => work.RunDueAsync(stop), stoppingToken);
    }

    /// <summary>Whatever goes wrong in one of them (the database is away, another node was faster, a row that cannot be read), neither the other nor the server stops for it.</summary>
    private async Task TryAsync<T>(string what, Func<T, CancellationToken, Task> work, CancellationToken stoppingToken)
        where T : notnull
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await work(scope.ServiceProvider.GetRequiredService<T>(), stoppingToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            log.LogError(e, "The comparison at night ({What}) stopped and goes on later", what);
        }
    }
}
