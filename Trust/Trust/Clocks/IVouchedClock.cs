namespace Yinxin.Trust.Clocks;

/// <summary>A clock that somebody answers for: a timestamp may say its time only while it is sure of its accuracy.</summary>
public interface IVouchedClock
{
    /// <summary>The accuracy that is stated: the true time is never further away than this while the clock is sure.</summary>
    TimeSpan Accuracy { get; }

    /// <summary>The time now. Fast, and safe for concurrent use.</summary>
    ClockReading Read();
}

/// <summary>What a clock shows.</summary>
/// <param name="Time">The time.</param>
/// <param name="Doubt">Why it is not sure, in English for operators; null when it is.</param>
public readonly record struct ClockReading(DateTimeOffset Time, string? Doubt = null)
{
    /// <summary>Whether the time may be vouched for.</summary>
    public bool Sure => Doubt is null;
}
