using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Yinxin.ServiceDefaults.Outbox;

/// <summary>Registers the outbox of a context.</summary>
public static class OutboxServices
{
    public static IServiceCollection AddOutbox<TContext>(this IServiceCollection services)
        where TContext : DbContext
    {
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<IInterceptor, OutboxWakeUp>();
        services.AddHostedService<OutboxDispatcher<TContext>>();
        return services;
    }

    public static IServiceCollection AddOutboxHandler<THandler>(this IServiceCollection services)
        where THandler : class, IOutboxHandler =>
        services.AddScoped<IOutboxHandler, THandler>();
}

/// <summary>Wakes the dispatcher the moment something was committed, so that delivery takes milliseconds and not a polling interval.</summary>
public sealed class OutboxSignal : IDisposable
{
    private readonly SemaphoreSlim signal = new(0, 1);

    public void Wake()
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already awake: one round picks up everything that is due.
        }
    }

    internal Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => signal.WaitAsync(atMost, cancellationToken);

    public void Dispose() => signal.Dispose();
}

/// <summary>Takes each due message by a conditional update, so that of several nodes one delivers; a slow or failing message blocks no other.</summary>
internal sealed class OutboxDispatcher<TContext>(IServiceProvider services, OutboxSignal signal, TimeProvider time, ILogger<OutboxDispatcher<TContext>> log) : BackgroundService
    where TContext : DbContext
{
    private const int BatchSize = 20;

    /// <summary>Deliveries at once: they wait for other servers, not for this one's processor.</summary>
    private const int AtOnce = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>How long a taken message stays with its taker before another may try: longer than any handler's own time-out.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RoundAsync(stoppingToken) == BatchSize)
                {
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Also a cancellation that is not ours (a time-out of the database): it must not stop the app.
                log.LogError(e, "The outbox could not be read");
            }

            await signal.WaitAsync(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<int> RoundAsync(CancellationToken cancellationToken)
    {
        List<Guid> due;
        await using (var scope = services.CreateAsyncScope())
        {
            var now = time.GetUtcNow();
            due = await scope.ServiceProvider.GetRequiredService<TContext>().Set<OutboxMessage>().AsNoTracking()
                .Where(m => m.DeliveredAt == null && m.DueAt <= now)
                .OrderBy(m => m.DueAt).ThenBy(m => m.Id).Select(m => m.Id).Take(BatchSize).ToListAsync(cancellationToken);
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(due, options, async (id, cancel) => await DeliverAsync(id, cancel));

        return due.Count;
    }

    private async Task DeliverAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var messages = scope.ServiceProvider.GetRequiredService<TContext>().Set<OutboxMessage>();
        var now = time.GetUtcNow();
        var leaseEnd = now + Lease;
        var taken = await messages.Where(m => m.Id == id && m.DeliveredAt == null && m.DueAt <= now)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.DueAt, leaseEnd).SetProperty(m => m.Attempts, m => m.Attempts + 1), cancellationToken);
        if (taken == 0)
        {
            return;
        }

        var message = await messages.AsNoTracking().SingleAsync(m => m.Id == id, cancellationToken);
        try
        {
            var handler = scope.ServiceProvider.GetServices<IOutboxHandler>().FirstOrDefault(h => h.Kind == message.Kind)
                ?? throw new InvalidOperationException($"No handler for {message.Kind}.");
            await handler.HandleAsync(message, cancellationToken);
            var delivered = time.GetUtcNow();
            await messages.Where(m => m.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.DeliveredAt, delivered).SetProperty(m => m.LastError, (string?)null), cancellationToken);
        }
        catch (NotYetException e)
        {
            var again = time.GetUtcNow() + e.After;
            await messages.Where(m => m.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.DueAt, again).SetProperty(m => m.Attempts, m => m.Attempts - 1).SetProperty(m => m.LastError, (string?)null), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            var again = time.GetUtcNow() + BackOff(message.Attempts);
            var error = e.Message[..Math.Min(e.Message.Length, 500)];
            log.LogWarning("Outbox message {Id} of kind {Kind} not delivered, attempt {Attempts}: {Error}", id, message.Kind, message.Attempts, error);
            await messages.Where(m => m.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.DueAt, again).SetProperty(m => m.LastError, error), cancellationToken);
        }
    }

    /// <summary>1 s, 2 s, 4 s … at most five minutes, spread by a quarter so that many do not return at once.</summary>
    private static TimeSpan BackOff(int attempts)
    {
        var seconds = Math.Min(300, Math.Pow(2, Math.Min(attempts - 1, 10)));
        return TimeSpan.FromSeconds(seconds * (0.875 + (Random.Shared.NextDouble() / 4)));
    }
}
