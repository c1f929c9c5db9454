using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Acme.Validation;

/// <summary>Looks at answered challenges. A node takes one by putting its due time forward; should it die, another takes it when that time has come.</summary>
internal sealed class ChallengeWatch(
    IServiceScopeFactory scopes, ChallengeLook look, ChallengeSignal signal, IOptions<AcmeSettings> settings, TimeProvider time, ILogger<ChallengeWatch> log) : BackgroundService
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await LookAtDueAsync(stoppingToken) < AtOnce)
                {
                    await signal.WaitAsync(Round, time, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception e)
            {
                log.LogWarning(e, "Challenges could not be looked at; it is tried again");
                await Task.Delay(Round, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<int> LookAtDueAsync(CancellationToken cancellationToken)
    {
        List<ChallengeUnderLook> due;
        await using (var scope = scopes.CreateAsyncScope())
        {
            var now = time.GetUtcNow();
            due = await scope.ServiceProvider.GetRequiredService<TrustContext>().Set<AcmeChallenge>().AsNoTracking()
                .Where(c => c.Status == AcmeChallengeStatus.Processing && c.DueAt <= now).OrderBy(c => c.DueAt).Take(AtOnce)
                .Select(c => new ChallengeUnderLook(c.Id, c.AuthorizationId, c.Authorization!.OrderId, c.Type, c.Token, c.KeyAuthorization!, c.Authorization.Type, c.Authorization.Value, c.DueAt!.Value, c.Attempts))
                .ToListAsync(cancellationToken);
        }

        await Task.WhenAll(due.Select(c => LookAsync(c, cancellationToken)));
        return due.Count;
    }

    private async Task LookAsync(ChallengeUnderLook challenge, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var ledger = scope.ServiceProvider.GetRequiredService<ChallengeLedger>();
        if (!await ledger.TakeAsync(challenge, time.GetUtcNow() + (2 * settings.Value.LookTimeout) + TimeSpan.FromSeconds(10), cancellationToken))
        {
            return;
        }

        var problem = await look.LookAsync(challenge, cancellationToken);
        await ledger.SettleAsync(challenge, problem, cancellationToken);
    }
}

/// <summary>A challenge with all that a look at it needs.</summary>
/// <param name="Id">Of the challenge.</param>
/// <param name="AuthorizationId">What it proves.</param>
/// <param name="OrderId">For which order.</param>
/// <param name="Type">http-01 or tls-alpn-01.</param>
/// <param name="Token">Names the proof.</param>
/// <param name="Proof">The key authorization that must be shown.</param>
/// <param name="NameType">dns or ip.</param>
/// <param name="Name">Where to look.</param>
/// <param name="DueAt">When it was due.</param>
/// <param name="Attempts">Looks before this one.</param>
internal sealed record ChallengeUnderLook(
    Guid Id, Guid AuthorizationId, Guid OrderId, string Type, string Token, string Proof, string NameType, string Name, DateTimeOffset DueAt, int Attempts);
