namespace Yinxin.Identity.Tests.Hosting;

/// <summary>The real clock, moved forward at will: a code of 60 s can die in a test of one.</summary>
public sealed class ShiftedTime : TimeProvider
{
    private long shift;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref shift));

    public void Advance(TimeSpan by) => Interlocked.Add(ref shift, by.Ticks);
}
