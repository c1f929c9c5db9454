namespace Yinxin.Trust.Clocks;

/// <summary>Marzullo's algorithm (RFC 5905 §11.2.1): the interval in which most sources' intervals meet; whoever does not meet there tells a false time.</summary>
internal static class ClockAgreement
{
    /// <summary>The middle and half width of the interval, and how many sources meet in it; zero when there are none.</summary>
    public static (TimeSpan Offset, TimeSpan HalfWidth, int Sources) Of(IReadOnlyCollection<ClockComparison> comparisons)
    {
        // At one point, beginnings come before ends: intervals that touch meet.
        var edges = comparisons.SelectMany(c => new[] { (At: c.Offset - c.Uncertainty, Step: -1), (At: c.Offset + c.Uncertainty, Step: 1) }).OrderBy(e => e.At).ThenBy(e => e.Step).ToList();
        var (best, count) = (0, 0);
        var (from, to) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var i = 0; i < edges.Count; i++)
        {
            count -= edges[i].Step;
            if (count > best)
            {
                (best, from, to) = (count, edges[i].At, edges[i + 1].At);
            }
        }

        return (from + ((to - from) / 2), (to - from) / 2, best);
    }
}
