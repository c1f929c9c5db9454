using System.Diagnostics;
using Microsoft.AspNetCore.Identity;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Passwords;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>
/// When a wrong password is answered: not before the dearest kind of hash in use would have been computed. An imported account's hash, and one that is older than a raised cost, take another
/// time than the dummy of an unknown name, and by that its existence could be told until its owner signs in. Waiting costs no processor, and bringing every try to the dearest hash by work
/// would multiply what a flood costs. Kinds are measured against our own hash of the same minutes, so that the pace follows the load.
/// </summary>
/// <remarks>
/// What it does not hide: a kind that was not measured yet (<see cref="PasswordPaceLearning"/>: of the first seconds of this node, of an import of this minute, or not met for a day), at its very first try; a kind
/// slower than <see cref="Most"/>; and the processor time itself, for whoever can see the load of the machine.
/// </remarks>
internal sealed class PasswordPace(IPasswordHasher<Account> hasher, DummyPassword dummy, TimeProvider time, ILogger<PasswordPace> log)
{
    private const int MostKinds = 64;

    /// <summary>How often a kind is measured that nobody has signed in with yet, and how many of them at once.</summary>
    private const int Times = 2;
    private const int MeasuredKinds = 8;

    /// <summary>One hash of absurd cost does not make everybody wait for long.</summary>
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(3);

    /// <summary>A kind that was met so long ago, in a try or among the newest accounts, makes nobody wait any more: one old hash of high cost would for as long as the node runs.</summary>
    private static readonly TimeSpan KindLife = TimeSpan.FromDays(1);

    private readonly Lock gate = new();
    private readonly Measures own = new();
    private readonly Dictionary<string, Measures> kinds = new(StringComparer.Ordinal);

    /// <summary>A comparison has taken so long.</summary>
    public void Note(string hash, TimeSpan took)
    {
        var kind = KindOf(hash);
        lock (gate)
        {
            if (kind == KindOf(dummy.Hash))
            {
                own.Add(took.TotalMilliseconds);
            }

            // In parts of our own hash of now: under load both grow alike.
            var unit = own.Median;
            if (unit <= 0)
            {
                return;
            }

            Meet(kind).Add(took.TotalMilliseconds / unit);
        }
    }

    /// <summary>Waits until the dearest kind would have been computed, had it been begun together with the one that was.</summary>
    /// <param name="took">The comparison alone: what else the try did is done for every kind of hash, and is to be added to each.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task KeepAsync(TimeSpan took, CancellationToken cancellationToken)
    {
        var left = LeftAfter(took);
        return left > TimeSpan.Zero ? Task.Delay(left, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>What is left to wait for after a comparison.</summary>
    public TimeSpan LeftAfter(TimeSpan took) => Now() - took;

    /// <summary>Measures our own hash and the kinds that are not known yet; nobody waits for it. A kind of absurd cost is computed once.</summary>
    public void Learn(IEnumerable<string> hashes, CancellationToken cancellationToken)
    {
        var unknown = hashes.DistinctBy(KindOf).Where(h => !Knows(h)).Take(MeasuredKinds).ToList();
        foreach (var hash in Knows(dummy.Hash) ? unknown : unknown.Prepend(dummy.Hash))
        {
            for (var i = 0; i < Times && !cancellationToken.IsCancellationRequested; i++)
            {
                var started = Stopwatch.GetTimestamp();
                try
                {
                    hasher.VerifyHashedPassword(dummy.Account, hash, nameof(PasswordPace));
                }
                catch (Exception e)
                {
                    // One that nobody can be compared with stands in the way of no other.
                    log.LogWarning(e, "A kind of password hash cannot be measured");
                    lock (gate)
                    {
                        Meet(KindOf(hash));
                    }

                    break;
                }

                var took = Stopwatch.GetElapsedTime(started);
                Note(hash, took);
                if (took > Most)
                {
                    break;
                }
            }
        }
    }

    /// <summary>Our own hashes take <paramref name="factor"/> times as long from now on, and <see cref="DummyPassword.Hash"/> is such a one: what is known of the other kinds holds as before.</summary>
    public void Carry(double factor)
    {
        lock (gate)
        {
            if (own.Median <= 0)
            {
                return;
            }

            own.Scale(factor);
            foreach (var measures in kinds.Values)
            {
                measures.Scale(1 / factor);
            }

            kinds.Remove(KindOf(dummy.Hash));
            Meet(KindOf(dummy.Hash)).Add(1);
        }
    }

    private TimeSpan Now()
    {
        lock (gate)
        {
            Forget();
            var dearest = kinds.Count == 0 ? 0 : kinds.Values.Max(k => k.Highest);
            return TimeSpan.FromMilliseconds(Math.Min(own.Median * dearest, Most.TotalMilliseconds));
        }
    }

    private bool Knows(string hash)
    {
        lock (gate)
        {
            if (!kinds.ContainsKey(KindOf(hash)) && Room())
            {
                return false;
            }

            Meet(KindOf(hash));
            return true;
        }
    }

    /// <summary>The measures of a kind that stands before us; of all others together when there are too many. Call it with the lock in hand.</summary>
    private Measures Meet(string kind)
    {
        var name = kinds.ContainsKey(kind) || Room() ? kind : "";
        if (!kinds.TryGetValue(name, out var measures))
        {
            kinds[name] = measures = new Measures();
        }

        measures.MetAt = time.GetUtcNow();
        return measures;
    }

    /// <summary>Whether there is room for another kind, when those are forgotten that were not met any more. Call it with the lock in hand.</summary>
    private bool Room()
    {
        Forget();
        return kinds.Count < MostKinds;
    }

    private void Forget()
    {
        var before = time.GetUtcNow() - KindLife;
        foreach (var (kind, _) in kinds.Where(k => k.Value.MetAt < before).ToList())
        {
            kinds.Remove(kind);
        }
    }

    /// <summary>What decides what a comparison costs: everything before the salt, of our own hashes the header with the number of rounds.</summary>
    private static string KindOf(string hash)
    {
        const int bcrypt = 7;
        const int header = 12;
        return !ForeignPasswords.IsForeign(hash) ? hash[..Math.Min(header, hash.Length)]
            : hash.StartsWith("$2", StringComparison.Ordinal) ? hash[..Math.Min(bcrypt, hash.Length)]
            : string.Join('$', hash.Split('$')[..^2]);
    }

    /// <summary>The latest of a kind.</summary>
    private sealed class Measures
    {
        private const int Kept = 16;
        private readonly Queue<double> latest = new(Kept + 1);

        /// <summary>When a hash of the kind was compared, or seen among the accounts.</summary>
        public DateTimeOffset MetAt { get; set; }

        public double Median { get; private set; }

        /// <summary>The longest, but not what something else made twice as long as usual.</summary>
        public double Highest { get; private set; }

        public void Add(double value)
        {
            latest.Enqueue(value);
            if (latest.Count > Kept)
            {
                latest.Dequeue();
            }

            Sum();
        }

        public void Scale(double factor)
        {
            var scaled = latest.Select(value => value * factor).ToList();
            latest.Clear();
            scaled.ForEach(latest.Enqueue);
            Sum();
        }

        private void Sum()
        {
            if (latest.Count == 0)
            {
                return;
            }

            var sorted = latest.Order().ToList();
            // Of two the lower: the first of a kind is slow because the program is cold.
            Median = sorted[(sorted.Count - 1) / 2];
            Highest = Math.Min(sorted[^1], 2 * Median);
        }
    }
}
