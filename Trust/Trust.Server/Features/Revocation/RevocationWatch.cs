using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Ocsp;

namespace Yinxin.Trust.Server.Features.Revocation;

/// <summary>Sees changes of status, its own node's at once and other nodes' within <see cref="RevocationSettings.Watch"/>, and has lists made when they are due.</summary>
internal sealed class RevocationWatch(IServiceScopeFactory scopes, CrlPublication lists, OcspService ocsp, IOptions<RevocationSettings> settings, ILogger<RevocationWatch> log) : BackgroundService
{
    /// <summary>Beyond so many changes at once everything is looked up anew.</summary>
    private const int Most = 10_000;

    private readonly SemaphoreSlim signal = new(0, 1);
    private readonly Dictionary<string, long> seen = new(StringComparer.Ordinal);

    /// <summary>This node changed a status: what it says from now on is the new one.</summary>
    public void Changed(string authority, string serial)
    {
        lists.Forget(authority);
        ocsp.Forget(authority, [serial]);
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // The next round is coming already.
        }
    }

    public override void Dispose()
    {
        signal.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
                await lists.PublishDueAsync(stoppingToken);
                await ocsp.PrepareAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "Revocations could not be looked at; it is tried again");
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await ((Task)signal.WaitAsync(settings.Value.Watch, stoppingToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TrustContext>();
        foreach (var state in await database.Set<RevocationState>().AsNoTracking().ToListAsync(cancellationToken))
        {
            if (!seen.TryGetValue(state.Authority, out var before))
            {
                // What was answered before this first look may be older than the count.
                seen[state.Authority] = state.Changes;
                lists.Forget(state.Authority);
                ocsp.Forget(state.Authority, serials: null);
            }
            else if (before != state.Changes)
            {
                var serials = await database.Set<RevocationEvent>().Where(e => e.Authority == state.Authority && e.Sequence > before)
                    .OrderBy(e => e.Sequence).Select(e => e.Serial).Take(Most + 1).ToListAsync(cancellationToken);
                lists.Forget(state.Authority);
                ocsp.Forget(state.Authority, serials.Count > Most ? null : serials);
                seen[state.Authority] = state.Changes;
            }
        }
    }
}
