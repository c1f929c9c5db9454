using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>Ends the waiting period: the outbox holds the message back until then.</summary>
internal sealed class RecoveryWork(Recoveries recoveries) : IOutboxHandler
{
    public const string KindName = "identity.recovery";

    public string Kind => KindName;

    public Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken) => recoveries.FinishAsync(message.Read<Guid>(), cancellationToken);
}
