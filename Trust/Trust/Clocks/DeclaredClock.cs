namespace Yinxin.Trust.Clocks;

/// <summary>The system's clock, trusted because a setting says so: for development, and where something outside of this program keeps and watches it.</summary>
/// <param name="time">The clock.</param>
/// <param name="accuracy">What is declared.</param>
public sealed class DeclaredClock(TimeProvider time, TimeSpan accuracy) : IVouchedClock
{
    /// <inheritdoc/>
    public TimeSpan Accuracy => accuracy;

    /// <inheritdoc/>
    public ClockReading Read() => new(time.GetUtcNow());
}
