using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Clocks;
using Yinxin.Trust.Clocks.Sntp;

namespace Yinxin.Trust.Tests.Clocks;

/// <summary>When a clock is sure: its sources agree, say little error, were asked lately, and it did not leap since.</summary>
public sealed class ClockTests
{
    private static readonly ClockLimits Limits = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), Quorum: 2);

    [Fact]
    public async Task A_time_server_tells_the_offset_within_its_uncertainty()
    {
        using var server = new LoopbackTimeServer { Ahead = TimeSpan.FromSeconds(-90) };
        var comparison = await server.Source().CompareAsync(TestContext.Current.CancellationToken);
        Assert.Null(comparison.Failure);
        Assert.InRange(comparison.Offset, TimeSpan.FromSeconds(-90) - comparison.Uncertainty - TimeSpan.FromMilliseconds(2), TimeSpan.FromSeconds(-90) + comparison.Uncertainty + TimeSpan.FromMilliseconds(2));
    }

    [Fact]
    public async Task Root_delay_and_dispersion_are_part_of_the_uncertainty()
    {
        using var server = new LoopbackTimeServer
        {
            // 16.16 fixed point: delay 3 s, dispersion 0.5 s.
            Change = a => [.. a[..4], 0, 3, 0, 0, 0, 0, 0x80, 0, .. a[12..]],
        };
        Assert.True((await server.Source().CompareAsync(TestContext.Current.CancellationToken)).Uncertainty >= TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData("not synchronised")]
    [InlineData("kiss of death")]
    [InlineData("stratum 16")]
    [InlineData("a client's mode")]
    [InlineData("no time")]
    [InlineData("answered before it was asked")]
    public async Task A_server_that_does_not_know_is_no_source(string what)
    {
        using var server = new LoopbackTimeServer();
        server.Change = answer =>
        {
            switch (what)
            {
                case "not synchronised": answer[0] |= 0xC0; break;
                case "kiss of death": answer[1] = 0; break;
                case "stratum 16": answer[1] = 16; break;
                case "a client's mode": answer[0] = 0x23; break;
                case "no time": answer.AsSpan(40, 8).Clear(); break;
                default: answer[43]--; break;
            }

            return answer;
        };
        Assert.NotNull((await server.Source().CompareAsync(TestContext.Current.CancellationToken)).Failure);
    }

    [Fact]
    public async Task An_answer_to_another_question_is_not_taken()
    {
        using var server = new LoopbackTimeServer { Change = a => [.. a[..24], 1, 2, 3, 4, 5, 6, 7, 8, .. a[32..]] };
        var source = new SntpSource("127.0.0.1", server.Port, TimeSpan.FromMilliseconds(200), TimeProvider.System);
        Assert.Equal("no answer in time", (await source.CompareAsync(TestContext.Current.CancellationToken)).Failure);
        server.Change = a => a[..40];
        Assert.Equal("no answer in time", (await source.CompareAsync(TestContext.Current.CancellationToken)).Failure);
    }

    [Theory]
    [InlineData("2026-11-28T00:00:00Z")]
    [InlineData("2036-02-07T06:28:15Z")]
    [InlineData("2036-02-07T06:28:16Z")]
    [InlineData("2099-12-31T23:59:59Z")]
    public void Time_goes_on_after_2036(string text)
    {
        var time = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True((SntpPacket.Time(SntpPacket.Timestamp(time)) - time).Duration() < TimeSpan.FromMicroseconds(10));
    }

    [Fact]
    public async Task It_is_sure_only_while_enough_sources_agree()
    {
        var told = new Told[] { new("a", 0.1, 0.05), new("b", 0.12, 0.05), new("c", 40, 0.05) };
        var watch = new ClockWatch(told, Limits, TimeProvider.System);
        Assert.False(watch.Read().Sure);

        await watch.CompareAsync(TestContext.Current.CancellationToken);
        Assert.True(watch.Read().Sure);
        Assert.InRange(watch.Error!.Value, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(0.2));

        told[1].Failure = "gone";
        await watch.CompareAsync(TestContext.Current.CancellationToken);
        Assert.False(watch.Read().Sure);
        Assert.Contains("2 are needed", watch.Read().Doubt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_against_two_is_no_majority()
    {
        var watch = new ClockWatch([new Told("a", 0, 0.1), new Told("b", 0, 0.1), new Told("c", 9, 0.1), new Told("d", 9, 0.1)], Limits, TimeProvider.System);
        await watch.CompareAsync(TestContext.Current.CancellationToken);
        Assert.Contains("contradict", watch.Read().Doubt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sources_that_agree_on_a_large_error_make_it_unsure()
    {
        var watch = new ClockWatch([new Told("a", -1.2, 0.1), new Told("b", -1.2, 0.1)], Limits, TimeProvider.System);
        await watch.CompareAsync(TestContext.Current.CancellationToken);
        Assert.Contains("wrong by", watch.Read().Doubt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leap_of_the_clock_shows_before_the_next_comparison()
    {
        var time = new AdjustableTime();
        var watch = new ClockWatch([new Told("a", 0, 0.1), new Told("b", 0, 0.1)], Limits, time);
        await watch.CompareAsync(TestContext.Current.CancellationToken);
        Assert.True(watch.Read().Sure);
        time.Ahead = TimeSpan.FromSeconds(-2);
        Assert.False(watch.Read().Sure);
        await watch.CompareAsync(TestContext.Current.CancellationToken);
        Assert.True(watch.Read().Sure);
    }

    [Fact]
    public async Task An_old_comparison_does_not_count()
    {
        var time = new MonotonicTime();
        var watch = new ClockWatch([new Told("a", 0, 0.1), new Told("b", 0, 0.1)], Limits, time);
        await watch.CompareAsync(TestContext.Current.CancellationToken);
        time.Passed = TimeSpan.FromMinutes(4);
        Assert.True(watch.Read().Sure);
        time.Passed = TimeSpan.FromMinutes(6);
        Assert.Contains("too old", watch.Read().Doubt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kernel_tells_an_error_or_why_it_does_not()
    {
        var kernel = await new KernelClock().CompareAsync(TestContext.Current.CancellationToken);
        Assert.Equal("kernel", kernel.Source);
        Assert.True(kernel.Failure is not null || kernel.Uncertainty >= TimeSpan.Zero);
        Assert.NotEqual("the system call is refused", kernel.Failure);
    }

    private sealed class Told(string name, double offset, double uncertainty) : IClockSource
    {
        public string? Failure { get; set; }

        public string Name => name;

        public Task<ClockComparison> CompareAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new ClockComparison(name, TimeSpan.FromSeconds(offset), TimeSpan.FromSeconds(uncertainty), Failure));
    }

    /// <summary>Both clocks of the machine, put forward together.</summary>
    private sealed class MonotonicTime : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Passed;
    }
}
