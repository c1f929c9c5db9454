using Microsoft.EntityFrameworkCore;
using Yinxin.Payment.Data;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Payment.Features.Channel;

/// <summary>
/// Asks the channel what became of an order when its callback does not come: after one minute, then at doubling intervals up to
/// <see cref="LongestInterval"/>, and no more after <see cref="Given"/>. The question lies in the outbox, so that no restart forgets it.
/// </summary>
internal sealed class ChannelQuestion(PaymentContext database, ChannelClient channel, Settlement settlement, TimeProvider time) : IOutboxHandler
{
    public const string KindName = "channel.question";
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(30);

    /// <summary>An order that is open for so long is left: whoever opens the bill again has it asked about there.</summary>
    private static readonly TimeSpan Given = TimeSpan.FromDays(3);

    public string Kind => KindName;

    public static OutboxMessage For(BillRecord bill, string order, DateTimeOffset now) =>
        OutboxMessage.Create(KindName, new Payload(bill.BillNumber, order), MerchantOrder.Of(bill), now, First);

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var (billNumber, order) = message.Read<Payload>();
        if (await database.Bills.AsNoTracking().AnyAsync(b => b.BillNumber == billNumber && b.State == "Paid" && b.ChannelOrder == order, cancellationToken))
        {
            return;
        }

        var asked = time.GetUtcNow() - message.CreatedAt;
        try
        {
            var answer = await channel.QueryAsync(order, cancellationToken);
            await settlement.SettleAsync(answer, cancellationToken);
            if (answer.State != ChannelAnswer.Open)
            {
                return;
            }
        }
        catch (HttpRequestException) when (asked > Given)
        {
            return;
        }

        if (asked <= Given)
        {
            throw new NotYetException(asked < LongestInterval ? asked : LongestInterval);
        }
    }

    private sealed record Payload(string BillNumber, string Order);
}
