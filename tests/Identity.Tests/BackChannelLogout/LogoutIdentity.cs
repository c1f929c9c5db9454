using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.BackChannelLogout;

/// <summary>A server with clients that want to know when a session ends.</summary>
public sealed class LogoutSqlite : SqliteIdentity
{
    public LogoutReceiver Receiver { get; } = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Receiver.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override Task BeforeStartAsync(Dictionary<string, string?> values) => Receiver.StartAsync(values);
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class LogoutPostgres : PostgresIdentity
{
    public LogoutReceiver Receiver { get; } = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Receiver.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override Task BeforeStartAsync(Dictionary<string, string?> values) => Receiver.StartAsync(values);
}
