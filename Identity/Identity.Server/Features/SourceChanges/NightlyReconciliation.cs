using Microsoft.EntityFrameworkCore;
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
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<Reconciliation>().RunDueAsync(stoppingToken);
            await using var second = scopes.CreateAsyncScope();
            await second.ServiceProvider.GetRequiredService<CertificateRechecks>().RunDueAsync(stoppingToken);
        }
        catch (Exception e) when (e is DbUpdateException or System.Data.Common.DbException or InvalidOperationException)
        {
            // The database is away, or another node was faster; the next turn goes on.
            log.LogWarning(e, "The comparison with the registers stopped and goes on later");
        }
    }
}
