namespace Yinxin.Identity.Server.Features.Assurance;

/// <summary>
/// Looks every hour which levels have come within a month of their end, going on from where the hour before left off. Once a day it walks the whole month: a new policy, an import or a certificate
/// of a few weeks may have brought an end that was passed by already.
/// </summary>
internal sealed class LevelEndingWork(IServiceScopeFactory scopes, TimeProvider time, ILogger<LevelEndingWork> log) : BackgroundService
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenWalks = TimeSpan.FromDays(1);

    private LevelEndings.Place? place;
    private DateTimeOffset nextLook;
    private DateTimeOffset nextWalk;
    private bool looking;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var goesOn = false;
            try
            {
                goesOn = await StepAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "Which levels end soon could not be told; it is tried again");
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (!goesOn)
            {
                await Task.Delay(Idle, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>Whether to go on at once. After a batch that told somebody others have their turn first: an import may have brought very many that end on the same day.</returns>
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!looking && now < nextLook)
        {
            return false;
        }

        if (!looking && now >= nextWalk)
        {
            (place, nextWalk) = (null, now + BetweenWalks);
        }

        if (!looking)
        {
            (looking, nextLook) = (true, now + BetweenLooks);
        }

        await using var scope = scopes.CreateAsyncScope();
        var batch = await scope.ServiceProvider.GetRequiredService<LevelEndings>().StepAsync(place, LevelEndings.SubjectsAtOnce, cancellationToken);
        (place, looking) = (batch.Last, batch.Seen == LevelEndings.SubjectsAtOnce);
        return looking && batch.Told == 0;
    }
}
