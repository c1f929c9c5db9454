using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Endings;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.Identity.Server.Features.BackChannelLogout;

/// <summary>
/// Follows the feed of endings on each node, a question a second, and hands what ended to <see cref="LogoutMessages"/>. It keeps no place: after a start everything is read that still counts, and what has
/// been written is found again by its key. While no client wants to know, nothing is read.
/// </summary>
internal sealed class LogoutFollower(IServiceScopeFactory scopes, ClientCatalogue clients, TimeProvider time, ILogger<LogoutFollower> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// For as long an ending is looked at again: a code may have been redeemed in the very moment in which the session ended, and its grant shows only when its transaction has.
    /// After that it need not be looked up every second for as long as the feed repeats it.
    /// </summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(string Kind, Guid Id), DateTimeOffset> settled = [];
    private long? cursor;
    private bool told;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RoundAsync(stoppingToken))
                {
                }

                told = false;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Tell(e);
            }

            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> RoundAsync(CancellationToken cancellationToken)
    {
        if (!clients.All.Any(c => c.BackChannelLogoutUri is not null))
        {
            return false;
        }

        await using var scope = scopes.CreateAsyncScope();
        var page = await scope.ServiceProvider.GetRequiredService<EndingsReader>().ReadAsync(cursor, cancellationToken);
        var ended = page.Items.Where(e => e.Kind is EndedKinds.Session or EndedKinds.Grant && !settled.ContainsKey((e.Kind, e.Id))).ToList();
        await scope.ServiceProvider.GetRequiredService<LogoutMessages>().WriteAsync(ended, cancellationToken);
        Settle(ended);
        cursor = EndingsReader.Parse(page.Next);
        return page.More;
    }

    private void Settle(List<Ending> ended)
    {
        var now = time.GetUtcNow();
        foreach (var ending in ended.Where(e => now - e.At >= Settling))
        {
            settled[(ending.Kind, ending.Id)] = ending.At;
        }

        // Older ones the feed repeats no more.
        foreach (var old in settled.Where(s => now - s.Value > EndedTokens.Kept).Select(s => s.Key).ToList())
        {
            settled.Remove(old);
        }
    }

    /// <summary>Once for each outage.</summary>
    private void Tell(Exception e)
    {
        if (!told)
        {
            told = true;
            log.LogError("The feed of endings cannot be read: clients are not told of what has ended until it can ({Error})", e.Message);
        }
    }
}
