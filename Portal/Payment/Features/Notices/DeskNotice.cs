using System.Net.Http.Json;
using Yinxin.Payment.Data;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Payment.Features.Notices;

/// <summary>Tells Desk that a case's fee is paid.</summary>
internal static class DeskNotice
{
    public const string Kind = "desk.paid";

    public static OutboxMessage For(BillRecord bill, DateTimeOffset now) => OutboxMessage.Create(
        Kind, new { bill.CaseNumber, bill.BillNumber, state = "paid", amountFen = bill.TotalFen, bill.PaidAt }, bill.BillNumber, now);
}

internal sealed class DeskClient(HttpClient client)
{
    public async Task NotifyAsync(string payload, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "api/payment-notices") { Content = new StringContent(payload, System.Text.Encoding.UTF8, "application/json") };
        message.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await client.SendAsync(message, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}

internal sealed class DeskNoticeHandler(DeskClient desk) : IOutboxHandler
{
    public string Kind => DeskNotice.Kind;

    public Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken) => desk.NotifyAsync(message.Payload, message.IdempotencyKey, cancellationToken);
}
