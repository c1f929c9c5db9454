using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Monitoring;

/// <summary>GET /api/log/monitor: what this node has verified of each log, and the last alarm with its evidence; public, as the logs are.</summary>
internal static class ShowMonitor
{
    public static void Map(WebApplication app) => app.MapGet("/api/log/monitor", async (MonitorStore store, HttpContext http) =>
    {
        http.Response.Headers.CacheControl = "no-store";
        return (await store.ListAsync(http.RequestAborted)).Select(View.Of);
    });

    /// <param name="Origin">The log's name.</param>
    /// <param name="Size">Entries verified.</param>
    /// <param name="Checkpoint">The head that was verified last.</param>
    /// <param name="VerifiedAt">When the log was last found in order.</param>
    /// <param name="Alarm">The last alarm; null when there never was one.</param>
    internal sealed record View(string Origin, long Size, string Checkpoint, DateTimeOffset? VerifiedAt, AlarmView? Alarm)
    {
        public static View Of(MonitoredLog log) => new(
            log.Origin, log.Size, Text(log.Note), log.VerifiedAt, log.AlarmAt is not { } at ? null : new AlarmView(log.Alarm!, log.AlarmText!, at, log.AlarmNote is { } note ? Text(note) : null));
    }

    /// <param name="Fault">What kind, e.g. <c>Fork</c>.</param>
    /// <param name="Why">In words.</param>
    /// <param name="At">When it was found.</param>
    /// <param name="Served">The checkpoint that was served then.</param>
    internal sealed record AlarmView(string Fault, string Why, DateTimeOffset At, string? Served);

    private static string Text(byte[] note) => System.Text.Encoding.UTF8.GetString(note);
}
