namespace Yinxin.Identity.Server.Features.Protocol.Keys;

/// <summary>
/// Makes the keys at first run and loads them at every start, before the first request; then looks every few seconds whether a key is due for a successor, and what other nodes have done.
/// </summary>
internal sealed class KeyRingFollowing(IServiceScopeFactory scopes, TimeProvider time, ILogger<KeyRingFollowing> log) : BackgroundService
{
    /// <summary>After this at the latest a key that was withdrawn at another node is refused here, and the next one signs; the feed of endings tells it sooner.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<KeySuccession>().RunAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Look, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception e) when (stoppingToken.IsCancellationRequested || e is ObjectDisposedException { ObjectName: nameof(IServiceProvider) })
            {
                // The server stops, or was thrown away without being stopped: there is nothing left to look after.
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "The keys of tokens could not be looked after; it is tried again");
            }
        }
    }
}
