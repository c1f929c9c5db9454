namespace Yinxin.Trust.Clocks;

/// <summary>Something that knows the time, to which the system's clock is compared.</summary>
public interface IClockSource
{
    /// <summary>For operators.</summary>
    string Name { get; }

    /// <summary>Compares; never throws but for cancellation.</summary>
    Task<ClockComparison> CompareAsync(CancellationToken cancellationToken);
}

/// <summary>How a source sees the system's clock.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Offset">Its time less the system's.</param>
/// <param name="Uncertainty">The true offset is within this of <paramref name="Offset"/>, as the source says.</param>
/// <param name="Failure">Why it does not tell; then the others mean nothing.</param>
public sealed record ClockComparison(string Source, TimeSpan Offset, TimeSpan Uncertainty, string? Failure = null)
{
    /// <summary>A source that does not tell.</summary>
    public static ClockComparison Failed(string source, string why) => new(source, default, default, why);
}
