using Yinxin.Identity.Server.Features.Passwords;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>Agrees on the cost of passwords' hashes before anybody can sign in (<see cref="PasswordCosts"/>), and looks every minute whether another node has made it dearer.</summary>
internal sealed class PasswordCostFollowing(
    IServiceScopeFactory scopes, PasswordRounds rounds, DummyPassword dummy, PasswordPace pace, TimeProvider time, ILogger<PasswordCostFollowing> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using (var scope = scopes.CreateAsyncScope())
        {
            Follow(await scope.ServiceProvider.GetRequiredService<PasswordCosts>().AgreeAsync(cancellationToken));
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>Takes over what another node has agreed on since.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        Follow(await scope.ServiceProvider.GetRequiredService<PasswordCosts>().FindAsync(cancellationToken) ?? rounds.Current);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Look, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogWarning(e, "The cost of password hashes could not be looked up; it is tried again");
            }
        }
    }

    private void Follow(int wanted)
    {
        if (wanted == rounds.Current)
        {
            return;
        }

        var former = rounds.Current;
        rounds.Set(wanted);

        // An unknown name costs what a new password does, from now on; what was measured is carried over, for the work grows with the rounds.
        dummy.Renew();
        pace.Carry((double)wanted / former);
    }
}
