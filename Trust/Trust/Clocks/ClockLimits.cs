namespace Yinxin.Trust.Clocks;

/// <summary>When a watched clock is sure.</summary>
/// <param name="Accuracy">What timestamps state; beyond it the clock is unsure.</param>
/// <param name="LongestSilence">How old the last comparison may be.</param>
/// <param name="Quorum">How many sources must agree, beside being more than half of those that answer.</param>
public sealed record ClockLimits(TimeSpan Accuracy, TimeSpan LongestSilence, int Quorum);
