using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>
/// Looks every minute which foreign kinds of hash there are, the newest accounts first, and has new ones measured: at the start of the node, and after an import. Beside all requests: while it
/// has not come to an end, or fails, nobody waits for it, and wrong passwords are answered at the pace that is known.
/// </summary>
internal sealed class PasswordPaceLearning(IServiceScopeFactory scopes, TimeProvider time, ILogger<PasswordPaceLearning> log) : BackgroundService
{
    private const int Sample = 200;
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The newest accounts whose hash came from elsewhere. The comparison is that of the index <c>IX_Accounts_ForeignPasswords</c>, word for word, else neither database uses it.</summary>
    public static IQueryable<string> Newest(IdentityContext database) =>
        database.Users.AsNoTracking().Where(a => EF.Functions.Like(a.PasswordHash!, "$%")).OrderByDescending(a => a.Id).Select(a => a.PasswordHash!).Take(Sample);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LearnAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogWarning(e, "The kinds of password hashes could not be looked up; it is tried again");
            }

            await Task.Delay(Look, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LearnAsync(CancellationToken stoppingToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        patience.CancelAfter(Patience);
        List<string> hashes;
        await using (var scope = scopes.CreateAsyncScope())
        {
            hashes = await Newest(scope.ServiceProvider.GetRequiredService<IdentityContext>()).ToListAsync(patience.Token);
        }

        // Without a connection or a scope in hand: hashes take seconds.
        await using var measuring = scopes.CreateAsyncScope();
        measuring.ServiceProvider.GetRequiredService<PasswordPace>().Learn(hashes, stoppingToken);
    }
}
