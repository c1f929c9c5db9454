namespace Yinxin.Trust.Clocks;

/// <summary>
/// The system's clock, compared with its sources from time to time. Between comparisons the error grows by what a poor quartz may drift, and by
/// any leap that the clock made against the machine's monotonic one; when it could exceed the stated accuracy, the clock is unsure.
/// </summary>
public sealed class ClockWatch(IReadOnlyList<IClockSource> sources, ClockLimits limits, TimeProvider time) : IVouchedClock
{
    /// <summary>100 ppm: twice what common quartz drifts, uncorrected.</summary>
    private const double Drift = 100e-6;

    private volatile Comparison? last;

    /// <inheritdoc/>
    public TimeSpan Accuracy => limits.Accuracy;

    /// <summary>What each source said last.</summary>
    public IReadOnlyList<ClockComparison> Comparisons => last?.Sources ?? [];

    /// <summary>The error that the clock may have now; null when it is unknown.</summary>
    public TimeSpan? Error => last is { Doubt: null } known ? ErrorOf(known, time.GetUtcNow()) : null;

    /// <inheritdoc/>
    public ClockReading Read()
    {
        var now = time.GetUtcNow();
        return new ClockReading(now, DoubtAt(now));
    }

    /// <summary>Asks all sources.</summary>
    public async Task CompareAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(sources.Select(s => s.CompareAsync(cancellationToken))).ConfigureAwait(false);
        var told = answers.Where(a => a.Failure is null).ToList();
        var (offset, halfWidth, agreeing) = ClockAgreement.Of(told);
        var doubt = agreeing < limits.Quorum ? FormattableString.Invariant($"{agreeing} sources agree, {limits.Quorum} are needed")
            : agreeing * 2 <= told.Count ? "the sources contradict each other" : null;
        last = new Comparison(time.GetUtcNow(), time.GetTimestamp(), offset.Duration() + halfWidth, doubt, answers);
    }

    private string? DoubtAt(DateTimeOffset now) => last switch
    {
        null => "the clock was not compared yet",
        { Doubt: { } doubt } => doubt,
        var known when time.GetElapsedTime(known.Timestamp) > limits.LongestSilence => "the last comparison is too old",
        var known when ErrorOf(known, now) is var error && error > limits.Accuracy => FormattableString.Invariant($"the clock may be wrong by {error.TotalSeconds:0.000} s"),
        _ => null,
    };

    private TimeSpan ErrorOf(Comparison known, DateTimeOffset now)
    {
        var elapsed = time.GetElapsedTime(known.Timestamp);
        return known.Error + (elapsed * Drift) + (now - known.At - elapsed).Duration();
    }

    private sealed record Comparison(DateTimeOffset At, long Timestamp, TimeSpan Error, string? Doubt, IReadOnlyList<ClockComparison> Sources);
}
