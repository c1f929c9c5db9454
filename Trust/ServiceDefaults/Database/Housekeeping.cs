using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.ServiceDefaults.Database;

/// <summary>
/// Deletes what has served its purpose: delivered messages and remembered answers older than <see cref="Kept"/>. A few rows at a time,
/// so that nobody waits for it; several nodes may do it at once. An app adds its own by <see cref="IHousekeepingTask"/>. Undelivered messages and the audit stay.
/// </summary>
internal sealed class Housekeeping<TContext>(IServiceProvider services, TimeProvider time, ILogger<Housekeeping<TContext>> log) : BackgroundService
    where TContext : DbContext
{
    /// <summary>Longer than any caller goes on repeating a request under its key.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private const int Batch = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(e, "Housekeeping did not finish; it is tried again in {Interval}", Interval);
            }

            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TContext>();
        var before = time.GetUtcNow() - Kept;
        if (database.Model.FindEntityType(typeof(OutboxMessage)) is not null)
        {
            var messages = database.Set<OutboxMessage>();
            while (await messages.Where(m => messages.Where(o => o.DeliveredAt < before).OrderBy(o => o.DeliveredAt).Select(o => o.Id).Take(Batch).Contains(m.Id))
                .ExecuteDeleteAsync(cancellationToken) == Batch)
            {
            }
        }

        if (database.Model.FindEntityType(typeof(IdempotencyRecord)) is not null)
        {
            // By slices of time, not by rows: the key has two parts, and a list of pairs is no SQL that both engines share.
            while (await database.Set<IdempotencyRecord>().Where(r => r.CreatedAt < before).OrderBy(r => r.CreatedAt).Skip(Batch - 1)
                .Select(r => (DateTimeOffset?)r.CreatedAt).FirstOrDefaultAsync(cancellationToken) is { } slice)
            {
                await database.Set<IdempotencyRecord>().Where(r => r.CreatedAt <= slice).ExecuteDeleteAsync(cancellationToken);
            }

            await database.Set<IdempotencyRecord>().Where(r => r.CreatedAt < before).ExecuteDeleteAsync(cancellationToken);
        }

        foreach (var task in scope.ServiceProvider.GetServices<IHousekeepingTask>())
        {
            await task.SweepAsync(cancellationToken);
        }
    }
}
