using System.Net;
using Yinxin.Identity.Server.Features.History;

namespace Yinxin.Identity.Server.Features.Challenge;

/// <summary>How often which form asked for a proof since the audit was last told, and from where most. What a flood costs here is one count.</summary>
internal sealed class ChallengeTally
{
    private const int MostAddresses = 10_000;
    private const int Named = 5;
    private readonly Lock guard = new();
    private Dictionary<string, Dictionary<string, int>> counts = new(StringComparer.Ordinal);

    /// <param name="Purpose">One of <see cref="ChallengePurposes"/>.</param>
    /// <param name="Counts">By masked address.</param>
    internal sealed record Line(string Purpose, IReadOnlyDictionary<string, int> Counts)
    {
        public int Count => Counts.Values.Sum();

        public int Addresses => Counts.Count;

        /// <summary>The busiest addresses.</summary>
        public IReadOnlyDictionary<string, int> Most => Counts.OrderByDescending(a => a.Value).Take(Named).ToDictionary(StringComparer.Ordinal);
    }

    public void Add(string purpose, IPAddress? address)
    {
        var masked = AddressMasking.Mask(address);
        lock (guard)
        {
            Add(purpose, masked, 1);
        }
    }

    /// <summary>What was taken and could not be told is told with the next.</summary>
    public void PutBack(IReadOnlyList<Line> lines)
    {
        lock (guard)
        {
            foreach (var line in lines)
            {
                foreach (var (masked, count) in line.Counts)
                {
                    Add(line.Purpose, masked, count);
                }
            }
        }
    }

    /// <summary>What was counted, and starts anew.</summary>
    public IReadOnlyList<Line> Take()
    {
        Dictionary<string, Dictionary<string, int>> taken;
        lock (guard)
        {
            (taken, counts) = (counts, new(StringComparer.Ordinal));
        }

        return [.. taken.Select(t => new Line(t.Key, t.Value))];
    }

    private void Add(string purpose, string masked, int count)
    {
        if (!counts.TryGetValue(purpose, out var of))
        {
            counts[purpose] = of = new(StringComparer.Ordinal);
        }

        var key = of.Count < MostAddresses || of.ContainsKey(masked) ? masked : "…";
        of[key] = of.GetValueOrDefault(key) + count;
    }
}
