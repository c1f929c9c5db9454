using System.Collections.Concurrent;

namespace Yinxin.Identity.Server.Features.BackChannelLogout;

/// <summary>
/// Clients that did not answer a moment ago. Each further message would wait for them as long, and text messages to people wait in the same outbox: so they are left alone for a while. One that answers, with
/// whatever status, costs no time.
/// </summary>
internal sealed class SilentClients(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, DateTimeOffset> until = new(StringComparer.Ordinal);

    /// <summary>How long this one is still left alone; zero: it may be asked.</summary>
    public TimeSpan Left(string clientId) =>
        until.TryGetValue(clientId, out var end) && end - time.GetUtcNow() is { } left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    public void Add(string clientId) => until[clientId] = time.GetUtcNow() + Pause;
}
