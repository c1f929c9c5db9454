using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Sandbox.Data;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Sandbox.Features.Channel;

/// <summary>Tells the merchant, signed, until he answers «ok».</summary>
internal sealed class CallbackHandler(SandboxContext database, ChannelSignature signature, IHttpClientFactory clients) : IOutboxHandler
{
    public const string KindName = "channel.callback";

    public string Kind => KindName;

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var number = message.Read<string>();
        var order = await database.Orders.AsNoTracking().SingleAsync(o => o.OrderNumber == number, cancellationToken);
        var body = JsonSerializer.Serialize(
            new { order.MerchantOrder, order.OrderNumber, order.TransactionNumber, amount = Channel.Yuan(order.Amount), order.State, order.PaidAt }, JsonSerializerOptions.Web);
        var (timestamp, signed) = signature.Sign(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, order.NotifyUrl) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Channel-Timestamp", timestamp);
        request.Headers.Add("X-Channel-Signature", signed);
        using var response = await clients.CreateClient("callback").SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode || answer.Trim('"') != "ok")
        {
            throw new HttpRequestException($"The merchant answered {(int)response.StatusCode}.");
        }
    }
}
