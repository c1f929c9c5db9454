using Yinxin.Trust.Certificates.Paths;

namespace Yinxin.Trust.TrustLists;

/// <summary>What makes a signed list one to rely on: not from the future, not past its next update, never older than the one known before.</summary>
public static class TrustListRules
{
    /// <summary>Longest time between issue and next update (TS 119 612 §5.3.15: six months).</summary>
    public static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(184);

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Checks a list by itself.</summary>
    /// <param name="list">A list whose signature was verified.</param>
    /// <param name="now">The time.</param>
    /// <param name="territory">The territory that is expected; null for any.</param>
    /// <exception cref="TrustListException">Not to be relied on.</exception>
    public static void Check(TrustList list, DateTimeOffset now, string? territory = null)
    {
        var scheme = list.Scheme;
        Demand(scheme.IssuedAt <= now + ClockSkew, "trustList.future", FormattableString.Invariant($"The list was issued at {scheme.IssuedAt:u}, which is in the future."));
        Demand(scheme.NextUpdate > scheme.IssuedAt && scheme.NextUpdate - scheme.IssuedAt <= LongestPeriod, "trustList.period", "The next update is not within six months after the issue.");
        Demand(scheme.NextUpdate > now, "trustList.expired", FormattableString.Invariant($"The list was due to be replaced at {scheme.NextUpdate:u}."));
        Demand(territory is null || territory == scheme.Territory, "trustList.territory", $"The list is of {scheme.Territory}, not of {territory}.");
    }

    /// <summary>Checks a list against the one that was known before.</summary>
    /// <exception cref="TrustListException">It is of another scheme, or goes back.</exception>
    public static void CheckSuccession(TrustList previous, TrustList next)
    {
        Demand(previous.Scheme.Type == next.Scheme.Type && previous.Scheme.Territory == next.Scheme.Territory, "trustList.scheme", "The list is of another scheme or territory than the one before.");
        Demand(next.Scheme.SequenceNumber >= previous.Scheme.SequenceNumber, "trustList.sequence", $"The list has the number {next.Scheme.SequenceNumber}; {previous.Scheme.SequenceNumber} is known already.");
        Demand(
            next.Scheme.SequenceNumber > previous.Scheme.SequenceNumber || TrustListJson.Write(previous).AsSpan().SequenceEqual(TrustListJson.Write(next)),
            "trustList.sequence", "There are two different lists of one number.");
        Demand(next.Scheme.IssuedAt >= previous.Scheme.IssuedAt, "trustList.sequence", "The list is older than the one that is known already.");
    }

    /// <summary>
    /// Certificates by which the next issue may be signed: that of this one, and those that this one announces by a pointer to itself
    /// (TS 119 612 §5.3.13, the way in which the European list of lists changes its signers).
    /// </summary>
    public static IReadOnlyList<PathCertificate> NextSigners(TrustList list, PathCertificate signer) =>
    [
        signer, .. list.Scheme.Pointers.Where(p => p.Type == list.Scheme.Type && p.Territory == list.Scheme.Territory && p.OperatorName.SequenceEqual(list.Scheme.OperatorName))
            .SelectMany(p => p.Signers).Where(c => !c.IsSame(signer)),
    ];

    private static void Demand(bool condition, string code, string message)
    {
        if (!condition)
        {
            throw new TrustListException(code, message);
        }
    }
}
