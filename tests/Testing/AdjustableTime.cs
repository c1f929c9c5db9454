namespace Yinxin.Testing;

/// <summary>The system's clock, put forward by a test.</summary>
public sealed class AdjustableTime : TimeProvider
{
    private long ahead;

    /// <summary>How far the clock is ahead of the system's.</summary>
    public TimeSpan Ahead
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref ahead));
        set => Interlocked.Exchange(ref ahead, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}
