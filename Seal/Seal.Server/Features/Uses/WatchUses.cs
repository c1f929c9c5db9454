using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Seal.Server.Data;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Log;

namespace Yinxin.Seal.Server.Features.Uses;

/// <summary>
/// Follows the transparency log and looks at every <c>seal.used</c>: one that is no use of a seal kept here was made behind its owner's back, with a stolen
/// token or key. It also holds the log to what it said before. Alarms go to the audit trail and show in the health.
/// </summary>
internal sealed class WatchUses(
    IServiceScopeFactory scopes, UseWatchFile file, IHttpClientFactory clients, IOptions<UseWatchSettings> settings, IOptions<AddressSettings> addresses, TimeProvider time, ILogger<WatchUses> log) : BackgroundService
{
    public const string ClientName = "log-watch";
    private static readonly TimeSpan FileWait = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = new PeriodicTimer(settings.Value.Interval, time);
        try
        {
            while (await clock.WaitForNextTickAsync(stoppingToken))
            {
                await TryAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The app stops.
        }
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Trust or the database is away, or another node was first: the next look sees it.
            log.LogWarning("The log could not be watched: {Reason}", e.Message);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var source = new HttpLogSource(clients.CreateClient(ClientName), new Uri(AddressSettings.Text(addresses.Value.Trust) + "/log"), FileWait);
        if ((await file.ReadAsync(cancellationToken) ?? await FirstAsync(source, cancellationToken)) is not { } watch)
        {
            return;
        }

        var alarms = new List<string>();
        var before = watch.Note.Length == 0 ? null : new MonitoredHead(watch.Size, watch.Root, watch.Note);
        var keys = settings.Value.Keys.Count > 0 ? settings.Value.Keys : watch.Keys;
        try
        {
            var monitor = new LogMonitor(source, NotePolicy.Of([.. keys.Select(NoteVerifier.Parse)]), watch.Origin);
            var head = await monitor.FollowAsync(before, (place, entry, cancel) => JudgeAsync(alarms, place, entry, cancel), cancellationToken);
            watch = head is null ? watch : watch with { Size = head.Size, Root = head.Root.ToArray(), Note = head.Note.ToArray() };
        }
        catch (LogFaultException e) when (e.Fault != LogFault.Unreachable)
        {
            alarms.Add(e.Message);
        }

        var news = alarms.Where(a => a != watch.Alarm).ToList();
        await TellAsync(watch.Origin, news, cancellationToken);
        if (news.Count > 0 || watch.Size != before?.Size)
        {
            // After the audit trail: a crash in between tells twice rather than not at all.
            await file.WriteAsync(news.Count == 0 ? watch : watch with { Alarm = news[^1], AlarmAt = time.GetUtcNow() }, cancellationToken);
        }
    }

    /// <summary>At the first look the log's name and keys are kept, for ever unless the settings name others. Null while the log has published nothing.</summary>
    private static async Task<UseWatch?> FirstAsync(HttpLogSource source, CancellationToken cancellationToken) =>
        await source.ReadAsync("checkpoint", SignedNote.Largest, cancellationToken) is { } note && await source.ReadAsync("keys", SignedNote.Largest, cancellationToken) is { } keys
            ? new UseWatch(
                Checkpoint.Parse(SignedNote.Parse(note).Text).Origin, Encoding.UTF8.GetString(keys).Split('\n', StringSplitOptions.RemoveEmptyEntries), 0, [], [], Alarm: null, AlarmAt: null)
            : null;

    private async Task TellAsync(string origin, List<string> alarms, CancellationToken cancellationToken)
    {
        if (alarms.Count == 0)
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        foreach (var why in alarms)
        {
            scope.ServiceProvider.GetRequiredService<IAuditTrail>().Add(new AuditEntry("seal.log.alarm", origin, "seal", Details: new { why }, Result: "log.alarm"));
            log.LogCritical("Alarm: {Why}", why);
        }

        await scope.ServiceProvider.GetRequiredService<SealContext>().SaveChangesAsync(cancellationToken);
    }

    private async ValueTask JudgeAsync(List<string> alarms, long place, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        LogEntry entry;
        try
        {
            entry = LogEntry.Decode(bytes.Span);
        }
        catch (CryptographicException)
        {
            alarms.Add(string.Create(CultureInfo.InvariantCulture, $"Entry {place} of the log cannot be read."));
            return;
        }

        if (entry.Kind == "seal.used" && !await IsKnownAsync(place, entry, cancellationToken))
        {
            alarms.Add(string.Create(CultureInfo.InvariantCulture, $"Entry {place} of the log is a use of a seal that no owner here knows."));
        }
    }

    /// <summary>By its place; while the log's receipt is under way, by its digest among the uses without a place.</summary>
    private async Task<bool> IsKnownAsync(long place, LogEntry entry, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var uses = await scope.ServiceProvider.GetRequiredService<SealContext>().Uses.AsNoTracking().Where(u => u.LogIndex == place || u.LogIndex == null).ToListAsync(cancellationToken);
        return uses.Exists(u => SHA256.HashData(SealEvents.Bytes(u)).AsSpan().SequenceEqual(entry.ObjectDigest.Span));
    }
}
