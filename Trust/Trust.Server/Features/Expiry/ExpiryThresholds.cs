namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>Which threshold a certificate is inside of. A short life has fewer: one that is longer than a third of the life would be crossed soon after the beginning, and say nothing.</summary>
internal static class ExpiryThresholds
{
    private const int Part = 3;

    /// <summary>The shortest threshold that the certificate is inside of; null when it is inside of none, or has ended.</summary>
    /// <param name="days">The thresholds in days.</param>
    /// <param name="life">Begin and end of the certificate.</param>
    /// <param name="now">The time.</param>
    public static int? Tightest(IEnumerable<int> days, (DateTimeOffset NotBefore, DateTimeOffset NotAfter) life, DateTimeOffset now) =>
        now >= life.NotAfter ? null : Of(days, life).Where(d => now >= life.NotAfter.AddDays(-d)).Select(d => (int?)d).Min();

    /// <summary>The last threshold of its life; null when it is too short for any.</summary>
    public static int? Last(IEnumerable<int> days, (DateTimeOffset NotBefore, DateTimeOffset NotAfter) life) => Of(days, life).Select(d => (int?)d).Min();

    private static IEnumerable<int> Of(IEnumerable<int> days, (DateTimeOffset NotBefore, DateTimeOffset NotAfter) life) =>
        days.Where(d => TimeSpan.FromDays(d * Part) <= life.NotAfter - life.NotBefore);
}
