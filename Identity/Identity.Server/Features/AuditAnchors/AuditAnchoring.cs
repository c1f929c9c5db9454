using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;

namespace Yinxin.Identity.Server.Features.AuditAnchors;

/// <summary>Has the end of the audit stamped once a day. Several nodes may do it: the second finds it done. While the TSA is away it is tried again; nothing else waits for it.</summary>
internal sealed class AuditAnchoring(
    IServiceScopeFactory scopes, IHttpClientFactory clients, IOptions<AddressSettings> addresses, TimeProvider time, ILogger<AuditAnchoring> log) : BackgroundService
{
    public const string ClientName = "audit-tsa";
    public static readonly TimeSpan Between = TimeSpan.FromDays(1);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(5);

    /// <summary>What passes sooner leaves no gap that an auditor would ask about.</summary>
    private static readonly TimeSpan UntilNoted = TimeSpan.FromDays(1);
    private DateTimeOffset? failingSince;
    private bool noted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = Look;
            try
            {
                await AnchorAsync(stoppingToken);
                (failingSince, noted) = (null, false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it is, a database that is away for a moment among it: an exception that leaves here would end the whole server.
                wait = failingSince is null ? Look : AfterFailure;
                if (failingSince is null)
                {
                    log.LogWarning(e, "The audit's end could not be stamped; it is tried again");
                }

                failingSince ??= time.GetUtcNow();
                await NoteAsync(e, stoppingToken);
            }

            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Once for each time that it fails for long: whoever finds a gap between two stamps years later finds there why.</summary>
    private async Task NoteAsync(Exception failure, CancellationToken cancellationToken)
    {
        if (noted || time.GetUtcNow() - failingSince < UntilNoted)
        {
            return;
        }

        try
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<IAuditTrail>().Add(new AuditEntry("audit.anchorFailed", SubjectId: null, ActorId: null, Details: new { since = failingSince, reason = failure.GetType().Name }, Result: "failed"));
            await scope.ServiceProvider.GetRequiredService<IdentityContext>().SaveChangesAsync(cancellationToken);
            noted = true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogWarning(e, "That the audit's end could not be stamped could not be noted either; it is tried again");
        }
    }

    private async Task AnchorAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var now = time.GetUtcNow();
        var last = await database.Set<AuditAnchor>().AsNoTracking().OrderByDescending(a => a.Sequence).Select(a => new { a.Sequence, a.At }).FirstOrDefaultAsync(cancellationToken);
        if (last is not null && now - last.At < Between)
        {
            return;
        }

        var end = await database.Set<AuditRecord>().AsNoTracking().OrderByDescending(r => r.Sequence).Select(r => new { r.Sequence, r.Hash }).FirstOrDefaultAsync(cancellationToken);
        if (end is null || end.Sequence == last?.Sequence)
        {
            return;
        }

        var authority = new Uri(AddressSettings.Text(addresses.Value.Trust) + "/tsa");
        var token = await TimestampClient.StampAsync(clients.CreateClient(ClientName), authority, SignatureSuite.International, Encoding.ASCII.GetBytes(end.Hash), cancellationToken);
        database.Set<AuditAnchor>().Add(new AuditAnchor { Sequence = end.Sequence, Hash = end.Hash, At = now, Token = token });
        await database.SaveChangesAsync(cancellationToken);
    }
}
