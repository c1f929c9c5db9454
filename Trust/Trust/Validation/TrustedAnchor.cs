using Yinxin.Trust.Certificates.Paths;

namespace Yinxin.Trust.Validation;

/// <summary>A certificate that is trusted for a purpose, always or for some time.</summary>
/// <param name="Purpose">One of <see cref="Bundles.AnchorPurposes"/>.</param>
/// <param name="Certificate">The certificate.</param>
/// <param name="Periods">When it was trusted (ETSI TS 119 612 §5.5.4, granted); empty for always.</param>
public sealed record TrustedAnchor(string Purpose, PathCertificate Certificate, IReadOnlyList<TrustPeriod> Periods)
{
    /// <summary>Trusted at a time: within a period, and within its own validity.</summary>
    public bool IsTrustedAt(DateTimeOffset time) =>
        time >= Certificate.NotBefore && time <= Certificate.NotAfter && (Periods.Count == 0 || Periods.Any(p => time >= p.From && (p.Until is null || time < p.Until)));

    /// <summary>The last time before <paramref name="time"/> at which it was trusted; null when it never was.</summary>
    public DateTimeOffset? LastTrusted(DateTimeOffset time)
    {
        var ends = Periods.Count == 0 ? [Certificate.NotAfter] : Periods.Where(p => p.From <= time).Select(p => Earlier(p.Until ?? DateTimeOffset.MaxValue, Certificate.NotAfter)).ToList();
        return ends.Count == 0 || Certificate.NotBefore > time ? null : ends.Max();
    }

    private static DateTimeOffset Earlier(DateTimeOffset first, DateTimeOffset second) => first < second ? first : second;
}

/// <summary>A time of trust.</summary>
/// <param name="From">Its first instant.</param>
/// <param name="Until">The first instant after it; null while it lasts.</param>
public sealed record TrustPeriod(DateTimeOffset From, DateTimeOffset? Until);
