using Xunit;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Payment;

/// <summary>The callback never comes: the platform asks by itself, and an expired bill strands nobody; on either database.</summary>
public abstract class SilentChannelTests(PlatformFixture platform, SilentChannelTests.IWorld world)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task A_payment_without_a_callback_is_found_out_by_asking()
    {
        using var payer = await Payer.SignInAsync(platform, "citizen02");
        var bill = await payer.BillAsync();
        await payer.BeginAsync(bill, world.Channel.Address);
        world.Channel.Pay(bill, world.Time.GetUtcNow());
        world.Time.Ahead += TimeSpan.FromMinutes(2);
        await UntilAsync(async () => (await payer.ReadAsync(bill)).GetProperty("state").GetString() == "Paid");
    }

    [Fact]
    public async Task An_open_order_is_asked_about_again_and_counts_when_it_is_paid_at_last()
    {
        using var payer = await Payer.SignInAsync(platform, "citizen02");
        var bill = await payer.BillAsync();
        await payer.BeginAsync(bill, world.Channel.Address);
        var before = world.Channel.Questions;
        world.Time.Ahead += TimeSpan.FromMinutes(2);
        await UntilAsync(() => Task.FromResult(world.Channel.Questions > before));
        Assert.Equal("Issued", (await payer.ReadAsync(bill)).GetProperty("state").GetString());
        world.Channel.Pay(bill, world.Time.GetUtcNow());
        world.Time.Ahead += TimeSpan.FromMinutes(31);
        await UntilAsync(async () => (await payer.ReadAsync(bill)).GetProperty("state").GetString() == "Paid");
    }

    [Fact]
    public async Task The_bill_page_asks_too_and_a_failed_attempt_can_be_repeated()
    {
        using var payer = await Payer.SignInAsync(platform, "citizen02");
        var bill = await payer.BillAsync();
        await payer.BeginAsync(bill, world.Channel.Address);
        world.Channel.Fail(bill);
        await payer.OpenAsync(bill);
        Assert.Equal(("Issued", "failed"), (payer.State, payer.Browser.Page.QuerySelector("#ended")?.GetAttribute("data-state")));
        await payer.BeginAsync(bill, world.Channel.Address);
        world.Channel.Pay(bill, world.Time.GetUtcNow());
        await payer.OpenAsync(bill);
        Assert.Equal("Paid", payer.State);
        await payer.Browser.FollowAsync("#receipt");
        Assert.Contains(bill, payer.Browser.Page.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_bill_is_renewed_and_can_be_paid()
    {
        using var payer = await Payer.SignInAsync(platform, "citizen02");
        var bill = await payer.BillAsync();
        world.Time.Ahead += TimeSpan.FromDays(31);
        using var later = await Payer.SignInAsync(platform, "citizen02");
        await later.OpenAsync(bill);
        Assert.Equal("Expired", later.State);
        Assert.Null(later.Browser.Page.QuerySelector("#pay"));
        await later.Browser.SubmitAsync("#renew");
        Assert.Equal("Issued", later.State);
        await later.BeginAsync(bill, world.Channel.Address);
        world.Channel.Pay(bill, world.Time.GetUtcNow());
        await later.OpenAsync(bill);
        Assert.Equal("Paid", later.State);
    }

    [Fact]
    public async Task Money_that_came_too_late_is_not_asked_for_again_and_counts_once_the_bill_is_renewed()
    {
        using var payer = await Payer.SignInAsync(platform, "citizen02");
        var bill = await payer.BillAsync();
        await payer.BeginAsync(bill, world.Channel.Address);
        world.Time.Ahead += TimeSpan.FromDays(31);
        world.Channel.Pay(bill, world.Time.GetUtcNow());
        using var later = await Payer.SignInAsync(platform, "citizen02");
        await later.OpenAsync(bill);
        Assert.Equal("Expired", later.State);
        Assert.NotNull(later.Browser.Page.QuerySelector("#paid-late"));
        await later.Browser.SubmitAsync("#renew");
        Assert.Equal("Paid", later.State);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            await Task.Delay(100, limit.Token);
        }
    }

    /// <summary>What surrounds the platform.</summary>
    public interface IWorld
    {
        AdjustableTime Time { get; }

        SilentChannel Channel { get; }
    }
}

public sealed class SqliteSilentChannelTests(SilentSqlitePlatform platform) : SilentChannelTests(platform, platform), IClassFixture<SilentSqlitePlatform>;

public sealed class PostgresSilentChannelTests(SilentPostgresPlatform platform) : SilentChannelTests(platform, platform), IClassFixture<SilentPostgresPlatform>;
