using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Challenge;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.FailureAudit;

/// <summary>Folds failures into the audit as spans end, and tells it how often this node asked for a proof: one record for each form and span, whatever the flood.</summary>
internal sealed class FailureAuditing(
    IServiceScopeFactory scopes, ChallengeTally tally, IOptions<FailureAuditSettings> settings, TimeProvider time, ILogger<FailureAuditing> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private DateTimeOffset told = time.GetUtcNow();
    private bool failing;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(TellAsync, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await TryAsync(RoundAsync, stoppingToken);
            await Task.Delay(Look, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TryAsync(Func<IServiceProvider, CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await act(scope.ServiceProvider, cancellationToken);
            failing = false;
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e) when (e is DbException or DbUpdateException or InvalidOperationException)
        {
            if (!failing)
            {
                log.LogWarning(e, "Failed sign-ins could not be written into the audit; it is tried again");
            }

            failing = true;
        }
    }

    private async Task RoundAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<FailureFolding>().FoldAsync(cancellationToken);
        if (time.GetUtcNow() - told >= TimeSpan.FromMinutes(settings.Value.Minutes))
        {
            await TellAsync(services, cancellationToken);
        }
    }

    private async Task TellAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var (from, until) = (told, time.GetUtcNow());
        var lines = tally.Take();
        try
        {
            await WriteAsync(services, lines, from, until, cancellationToken);
        }
        catch
        {
            tally.PutBack(lines);
            throw;
        }

        told = until;
    }

    private static async Task WriteAsync(IServiceProvider services, IReadOnlyList<ChallengeTally.Line> lines, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (lines.Count == 0)
        {
            return;
        }

        var audit = services.GetRequiredService<IAuditTrail>();
        foreach (var line in lines)
        {
            audit.Add(new AuditEntry(
                "challenge.demanded", SubjectId: null, ActorId: null, Details: new { from, until, line.Purpose, line.Count, line.Addresses, line.Most }, Result: "identity.challenge.needed")
            {
                Origin = (null, null),
            });
        }

        await services.GetRequiredService<IdentityContext>().SaveChangesAsync(cancellationToken);
    }
}
