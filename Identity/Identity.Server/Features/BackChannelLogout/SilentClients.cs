using System.Collections.Concurrent;

namespace Yinxin.Identity.Server.Features.BackChannelLogout;

/// <summary>
/// Clients that did not answer a moment ago, or were slow to. Each further message would wait for them as long, and text messages to people wait in the same outbox: so they are left alone for a while, and
/// then one message asks first.
/// </summary>
internal sealed class SilentClients(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Longer than a client is waited for.</summary>
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(6);

    private readonly ConcurrentDictionary<string, DateTimeOffset> until = new(StringComparer.Ordinal);

    /// <summary>How long this one is still left alone; zero: it may be asked, by the one who asked this.</summary>
    public TimeSpan Left(string clientId)
    {
        var now = time.GetUtcNow();
        if (!until.TryGetValue(clientId, out var end))
        {
            return TimeSpan.Zero;
        }

        return end > now ? end - now : until.TryUpdate(clientId, now + Probe, end) ? TimeSpan.Zero : Probe;
    }

    /// <summary>It answers, but slowly: asked by one message at a time, so that the others' places stay free.</summary>
    public void Slow(string clientId) => until[clientId] = time.GetUtcNow();

    public void Answered(string clientId) => until.TryRemove(clientId, out _);

    public void Add(string clientId) => until[clientId] = time.GetUtcNow() + Pause;
}
