using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Yinxin.ServiceDefaults.Endings;

/// <summary>
/// Follows the feed of endings, a question a second. While the feed cannot be read, tokens count as their signature says: an outage of
/// Identity must not stop every service, and no token lives longer than five minutes. That it cannot be read is logged, once for each outage.
/// </summary>
internal sealed class EndingsFollower(IEndingsSource source, EndedTokens ended, TimeProvider time, ILogger<EndingsFollower> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Shorter outages are a restart.</summary>
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(30);

    private string? cursor;
    private bool told;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!source.IsAvailable)
        {
            log.LogInformation("This app has no client at Identity: it does not follow what ends before its tokens do");
            return;
        }

        var read = time.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RoundAsync(stoppingToken))
                {
                }

                (read, told) = (time.GetUtcNow(), false);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Tell(e, read);
            }

            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> RoundAsync(CancellationToken cancellationToken)
    {
        var page = await source.ReadAsync(cursor, cancellationToken);
        ended.Forget();
        if (page is null)
        {
            return false;
        }

        ended.Add(page.Items);
        cursor = page.Next;
        return page.More;
    }

    private void Tell(Exception e, DateTimeOffset read)
    {
        if (!told && time.GetUtcNow() - read > WorthTelling)
        {
            told = true;
            log.LogWarning("The feed of endings cannot be read since {Read}: what has ended is refused only when its token runs out ({Error})", read, e.Message);
        }
    }
}
