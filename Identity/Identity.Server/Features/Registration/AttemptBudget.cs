using System.Collections.Concurrent;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>
/// How often a subject may ask an authority within an hour. Without it the check would be a tool for trying out other people's
/// particulars. In memory of this node; keys are hashes or addresses and are forgotten after the hour.
/// </summary>
internal sealed class AttemptBudget(TimeProvider time)
{
    private const int MostKeys = 100_000;
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<string, (DateTimeOffset Start, int Count)> counts = new(StringComparer.Ordinal);

    /// <summary>Counts one attempt; false when it is one too many.</summary>
    public bool TryTake(string key, int most)
    {
        var now = time.GetUtcNow();
        if (counts.Count > MostKeys)
        {
            foreach (var (old, value) in counts.Where(c => now - c.Value.Start > Window).ToList())
            {
                counts.TryRemove(new(old, value));
            }
        }

        return counts.AddOrUpdate(key, (now, 1), (_, entry) => now - entry.Start > Window ? (now, 1) : (entry.Start, entry.Count + 1)).Count <= most;
    }
}
