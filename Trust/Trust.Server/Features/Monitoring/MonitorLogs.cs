using Microsoft.Extensions.Options;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server.Features.Log;

namespace Yinxin.Trust.Server.Features.Monitoring;

/// <summary>Follows this node's own log and those of others, each by itself: one that hangs or lies holds up no other.</summary>
internal sealed class MonitorLogs(
    IServiceScopeFactory scopes, IOptions<MonitorSettings> settings, ITileStore files, LogKeys keys, OwnEntries own, IHttpClientFactory clients, ILogger<MonitorLogs> log, TimeProvider time)
    : BackgroundService
{
    public const string ClientName = "monitor";

    /// <summary>Each log that is followed.</summary>
    public IReadOnlyList<FollowedLog> Logs => field ??=
    [
        new FollowedLog(keys.Origin, new StoredLogSource(files), NotePolicy.Of([.. keys.Signers.Select(s => s.Verifier)]), own),
        .. settings.Value.Logs.Select(l => new FollowedLog(
            l.Origin, new HttpLogSource(clients.CreateClient(ClientName), new Uri(l.Address), settings.Value.FileWait), NotePolicy.Of([.. l.Keys.Select(NoteVerifier.Parse)], l.Quorum), new NoKnowledge())),
    ];

    /// <summary>Looks at one log, stores what is verified and alarms. True when the log was read and is in order.</summary>
    public async Task<bool> LookAsync(FollowedLog followed, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var store = scope.ServiceProvider.GetRequiredService<MonitorStore>();
        var known = await store.FindAsync(followed.Origin, cancellationToken);
        var before = known is null or { Note.Length: 0 } ? null : new MonitoredHead(known.Size, known.Root, known.Note);
        try
        {
            var (head, entries) = await followed.LookAsync(before, cancellationToken);
            if (head is not null)
            {
                await store.VerifiedAsync(followed.Origin, head, entries, cancellationToken);
            }

            foreach (var entry in entries)
            {
                log.LogCritical("Alarm: the log {Origin}: {Fault}: {Message}", followed.Origin, entry.Fault, entry.Message);
            }

            return head is not null && entries.Count == 0;
        }
        catch (LogFaultException e) when (e.Fault == LogFault.Unreachable)
        {
            // Not its lie; that it was not seen for long shows in the health.
            log.LogWarning("The log {Origin} could not be read: {Reason}", followed.Origin, e.Message);
        }
        catch (LogFaultException e)
        {
            if (await store.AlarmAsync(followed.Origin, e, await ServedAsync(followed, cancellationToken), cancellationToken))
            {
                log.LogCritical("Alarm: the log {Origin}: {Fault}: {Message}", followed.Origin, e.Fault, e.Message);
            }
        }

        return false;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Logs.Select(l => FollowAsync(l, stoppingToken)));

    private async Task FollowAsync(FollowedLog followed, CancellationToken cancellationToken)
    {
        using var clock = new PeriodicTimer(settings.Value.Interval, time);
        try
        {
            do
            {
                await TryAsync(followed, cancellationToken);
            }
            while (await clock.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The app stops.
        }
    }

    private async Task TryAsync(FollowedLog followed, CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(followed, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The database is away, or another node wrote the same row first: the next look sees it.
            log.LogError(e, "The log {Origin} could not be followed; it is tried again", followed.Origin);
        }
    }

    private static async Task<byte[]?> ServedAsync(FollowedLog followed, CancellationToken cancellationToken)
    {
        try
        {
            return await followed.CheckpointAsync(cancellationToken);
        }
        catch (LogFaultException)
        {
            return null;
        }
    }
}
