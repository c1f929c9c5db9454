using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Transparency;

namespace Yinxin.Trust.Server.Features.Log;

/// <summary>Events that were made true by one transaction, in one message: a message for each would cost more than what it tells of.</summary>
/// <param name="Events">Each with the key under which the log knows it.</param>
internal sealed record LoggedBatch(IReadOnlyList<LoggedBatch.Keyed> Events)
{
    public const string MessageKind = "transparency.log.batch";

    internal sealed record Keyed(string Key, LoggedEvent Event);
}

/// <summary>Brings such a message into the log; what was there already, after a crash in between, keeps its place.</summary>
internal sealed class LogOwnBatches(LogAppender appender) : IOutboxHandler
{
    public string Kind => LoggedBatch.MessageKind;

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var places = await Task.WhenAll(message.Read<LoggedBatch>().Events.Select(e => appender.AppendAsync(
            new KeyedEntry(LogAppender.KeyOf("trust", e.Key), LogOwnEvents.Entry(e.Event)), cancellationToken)));
        if (places.Contains(null))
        {
            throw new InvalidOperationException("A key stands for another entry.");
        }
    }
}
