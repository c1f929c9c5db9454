using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Yinxin.Payment.Data;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Payment.Features.Channel;

/// <summary>An order as the channel knows it.</summary>
/// <param name="State"><c>open</c>, <c>paid</c>, <c>failed</c>, <c>cancelled</c> or <c>refunded</c>.</param>
internal sealed record ChannelAnswer(string OrderNumber, string MerchantOrder, decimal Amount, string State, string? TransactionNumber, DateTimeOffset? PaidAt, Uri PayUrl)
{
    /// <summary>Neither paid nor given up.</summary>
    public const string Open = "open";
}

/// <summary>The channel over HTTP: a signed order, and the question what became of one.</summary>
internal sealed class ChannelClient(HttpClient client, ChannelSignature signature, IOptions<ChannelSettings> settings, IOptions<AddressSettings> addresses)
{
    /// <summary>An order for the bill's present attempt; asked again, the same order.</summary>
    public async Task<ChannelAnswer> OrderAsync(BillRecord bill, CancellationToken cancellationToken)
    {
        var own = AddressSettings.Text(addresses.Value.Payment);
        var merchantOrder = MerchantOrder.Of(bill);
        var body = JsonSerializer.Serialize(
            new
            {
                merchantOrder,
                amount = bill.TotalFen / 100m,
                subject = $"{bill.BodyName} {bill.BillNumber}",
                notifyUrl = own + "/callbacks/sandbox-channel",
                returnUrl = $"{own}/bills/{bill.BillNumber}",
            },
            JsonSerializerOptions.Web);
        using var request = new HttpRequestMessage(HttpMethod.Post, "channel/v1/orders") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        var (timestamp, signed) = signature.Sign(body);
        request.Headers.Add("X-Channel-Timestamp", timestamp);
        request.Headers.Add("X-Channel-Signature", signed);
        // The merchant order makes a repetition harmless.
        request.Headers.Add("Idempotency-Key", merchantOrder);
        return await SendAsync(request, cancellationToken);
    }

    /// <summary>What became of an order: where no callback has come, the channel is asked.</summary>
    public async Task<ChannelAnswer> QueryAsync(string orderNumber, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "channel/v1/orders/" + Uri.EscapeDataString(orderNumber));
        return await SendAsync(request, cancellationToken);
    }

    private async Task<ChannelAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Add("X-Api-Key", settings.Value.ApiKey);
        request.Headers.Add("X-Merchant", settings.Value.MerchantId);
        using var response = await client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<ChannelAnswer>(cancellationToken) ?? throw new HttpRequestException("The channel answered without a body.");
    }
}
