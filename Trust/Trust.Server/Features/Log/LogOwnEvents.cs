using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Transparency;

namespace Yinxin.Trust.Server.Features.Log;

/// <summary>What Trust itself does goes into the log through its outbox, like everyone's, without a way over HTTP.</summary>
internal sealed class LogOwnEvents(LogAppender appender) : IOutboxHandler
{
    public string Kind => LoggedEvent.MessageKind;

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var logged = message.Read<LoggedEvent>();
        if (await appender.AppendAsync(new KeyedEntry(LogAppender.KeyOf("trust", message.IdempotencyKey), Entry(logged)), cancellationToken) is null)
        {
            throw new InvalidOperationException($"The key {message.IdempotencyKey} stands for another entry.");
        }
    }

    public static byte[] Entry(LoggedEvent logged) =>
        new Trust.Log.LogEntry(logged.Kind, logged.Time, Convert.FromHexString(logged.Subject), Convert.FromHexString(logged.ObjectDigest)).Encode();
}
