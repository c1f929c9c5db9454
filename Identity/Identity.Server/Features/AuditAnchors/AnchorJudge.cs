using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;

namespace Yinxin.Identity.Server.Features.AuditAnchors;

/// <summary>What is wrong with an anchor.</summary>
/// <param name="Sequence">The anchored record; of a gap the anchor before it, 0 before the first.</param>
/// <param name="Kind">
/// <c>removed</c> or <c>rewritten</c> (the record), <c>redated</c> (the anchor's date is not the stamp's), <c>early</c> (the stamp is older than its record), <c>restamped</c> (records
/// behind it are older than the stamp, which was therefore made later than it stands in the chain), <c>gap</c>, or the timestamp's failed check.
/// </param>
/// <param name="Until">Of a gap the anchor behind it; null where none is, and for everything else.</param>
internal sealed record AnchorFault(long Sequence, string Kind, long? Until = null)
{
    public const string Gap = "gap";
}

/// <summary>What the anchors of one audit say.</summary>
/// <param name="Good">Anchors that hold.</param>
/// <param name="Unvouched">There are stamps, and nobody said whose count: anybody may have made them.</param>
/// <param name="Faults">Empty when all hold.</param>
internal sealed record AnchorVerdict(int Good, bool Unvouched, IReadOnlyList<AnchorFault> Faults);

/// <summary>
/// Holds each anchor against chain, timestamp authority and clock, for the command and the console alike. Whoever can rewrite a chain can have it stamped anew today, for our authority asks
/// no one who he is; what he cannot have is a stamp of then. So nothing counts but the time that the authority signed, and it must fit between the stamped record and the one behind it.
/// </summary>
/// <param name="database">Records and anchors.</param>
/// <param name="material">Whose timestamps count; without it anchors are compared with chain and clock alone.</param>
internal sealed class AnchorJudge(DbContext database, ValidationMaterial? material)
{
    /// <summary>The app has its audit stamped once a day; without a stamp for twice as long while it wrote records, one was taken away or the authority was not asked.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromDays(2);

    /// <summary>A start after a time in which the app stood still writes records before the stamp comes.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    /// <summary>Clocks of nodes and of the authority differ, and a record's time is taken some moments before it gets its place in the chain.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(10);

    private IQueryable<AuditRecord> Records => database.Set<AuditRecord>().AsNoTracking();

    public async Task<AnchorVerdict> JudgeAsync(CancellationToken cancellationToken)
    {
        var (stamps, faults, all) = await ReadAsync(cancellationToken);
        var good = stamps.Count;
        for (var i = 0; i < stamps.Count; i++)
        {
            // Each span of the chain is looked at once: what lies behind the next stamp is judged by that one, which is no older.
            var (sequence, until, notBefore) = (stamps[i].Sequence, i + 1 < stamps.Count ? stamps[i + 1].Sequence : long.MaxValue, stamps[i].Time - ClockSkew);
            if (await Records.AnyAsync(r => r.Sequence > sequence && r.Sequence <= until && r.At < notBefore, cancellationToken))
            {
                faults.Add(new AnchorFault(sequence, "restamped"));
                good--;
            }
        }

        await GapsAsync(stamps, faults, cancellationToken);
        return new AnchorVerdict(good, material is null && all > 0, faults);
    }

    /// <summary>The stamps that hold by themselves, the oldest first, the faults of the others, and how many there are. Memory: a number and a time for each day.</summary>
    private async Task<(List<Stamp> Stamps, List<AnchorFault> Faults, int All)> ReadAsync(CancellationToken cancellationToken)
    {
        List<Stamp> stamps = [];
        List<AnchorFault> faults = [];
        var all = 0;
        var records = database.Set<AuditRecord>();
        var anchored = database.Set<AuditAnchor>().AsNoTracking().OrderBy(a => a.Sequence).Select(a => new
        {
            Anchor = a,
            Hash = records.Where(r => r.Sequence == a.Sequence).Select(r => r.Hash).FirstOrDefault(),
            WrittenAt = records.Where(r => r.Sequence == a.Sequence).Select(r => (DateTimeOffset?)r.At).FirstOrDefault(),
        });
        await foreach (var found in anchored.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            all++;
            var (time, fault) = Judge(found.Anchor, found.Hash, found.WrittenAt);
            if (fault is null)
            {
                stamps.Add(new Stamp(found.Anchor.Sequence, time));
            }
            else
            {
                faults.Add(new AnchorFault(found.Anchor.Sequence, fault));
            }
        }

        return (stamps, faults, all);
    }

    private (DateTimeOffset Time, string? Fault) Judge(AuditAnchor anchor, string? now, DateTimeOffset? writtenAt)
    {
        // A chain that was written anew from the beginning holds in itself; it does not lead to what was stamped.
        if (now != anchor.Hash)
        {
            return (default, now is null ? "removed" : "rewritten");
        }

        try
        {
            var token = TimestampToken.Read(anchor.Token);
            var digest = token.ImprintHash.Hash(Encoding.ASCII.GetBytes(anchor.Hash));
            var failed = material is null
                ? CryptographicOperations.FixedTimeEquals(digest, token.Imprint.Span) ? null : "timestamp.imprint"
                : token.VerifyDigest(token.ImprintHash, digest, material).FirstOrDefault(c => c.Outcome == Outcome.Failed)?.Code;
            return (token.Time, failed ?? ((token.Time - anchor.At).Duration() > ClockSkew ? "redated" : token.Time < writtenAt - ClockSkew ? "early" : null));
        }
        catch (CryptographicException)
        {
            return (default, "timestamp.unreadable");
        }
    }

    /// <summary>Between two stamps, and behind the last. A stamp that came late, because the authority was away, is an honest one with a gap before it.</summary>
    private async Task GapsAsync(List<Stamp> stamps, List<AnchorFault> faults, CancellationToken cancellationToken)
    {
        var first = await Records.OrderBy(r => r.Sequence).Select(r => (DateTimeOffset?)r.At).FirstOrDefaultAsync(cancellationToken);
        var newest = await Records.OrderByDescending(r => r.Sequence).Select(r => (DateTimeOffset?)r.At).FirstOrDefaultAsync(cancellationToken);
        if (first is null || newest is null)
        {
            return;
        }

        var (last, lastAt) = (0L, first.Value);
        foreach (var next in stamps.Append(new Stamp(long.MaxValue, newest.Value)))
        {
            var (behind, from, until) = (last, lastAt + LongestGap, next.Time - Slack);
            if (until > from && await Records.AnyAsync(r => r.Sequence > behind && r.At >= from && r.At <= until, cancellationToken))
            {
                faults.Add(new AnchorFault(last, AnchorFault.Gap, next.Sequence == long.MaxValue ? null : next.Sequence));
            }

            (last, lastAt) = (next.Sequence, next.Time);
        }
    }

    private sealed record Stamp(long Sequence, DateTimeOffset Time);
}
