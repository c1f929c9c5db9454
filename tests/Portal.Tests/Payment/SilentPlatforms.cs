using Npgsql;
using Xunit;
using Yinxin.Launch.Platform;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Payment;

/// <summary>A platform whose payment channel never calls back.</summary>
public class SilentSqlitePlatform : PlatformFixture, SilentChannelTests.IWorld, IAsyncLifetime
{
    private SilentChannel? channel;

    public AdjustableTime Time { get; } = new();

    public SilentChannel Channel => channel ?? throw new InvalidOperationException("The channel has not started.");

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await Channel.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override async Task<PlatformOptions> OptionsAsync(PlatformOptions options)
    {
        channel = await SilentChannel.StartAsync();
        return options with { DemoClient = true, Time = Time, Overrides = [.. options.Overrides, ("payment", "Authorities:Channel:Address", Channel.Address)] };
    }
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class SilentPostgresPlatform : SilentSqlitePlatform, IAsyncLifetime
{
    private readonly string prefix = $"silent_{Guid.NewGuid():N}";

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await Channel.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
    }

    protected override async Task<PlatformOptions> OptionsAsync(PlatformOptions options) =>
        await base.OptionsAsync(options) with { DatabaseProvider = "postgres", Connection = PostgresCluster.Shared.Connection, DatabasePrefix = prefix };
}
