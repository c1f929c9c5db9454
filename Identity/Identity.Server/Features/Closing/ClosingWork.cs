using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.Closing;

/// <summary>Ends the waiting period: the outbox holds the message back until then.</summary>
internal sealed class ClosingWork(AccountClosing closing) : IOutboxHandler
{
    public const string KindName = "identity.closing";

    public string Kind => KindName;

    public Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken) => closing.FinishAsync(message.Read<Guid>(), cancellationToken);
}

internal static class ClosingSetup
{
    public static void AddClosing(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<AccountClosing>();
        builder.Services.AddScoped<Freezing.OwnFreezing>();
        builder.Services.AddOutboxHandler<ClosingWork>();
    }
}
