using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Yinxin.Payment.Data;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Payment.Features.Channel;

/// <summary>HMAC-SHA256 over <c>timestamp.body</c>, hex, at most five minutes old.</summary>
internal sealed class ChannelSignature(IOptions<ChannelSettings> settings, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public (string Timestamp, string Signature) Sign(string body)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return (timestamp, Compute(timestamp, body));
    }

    public bool Verify(string timestamp, string signature, string body) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300799
        && (time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() <= Window
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Compute(timestamp, body)), Encoding.UTF8.GetBytes(signature));

    private string Compute(string timestamp, string body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(settings.Value.Secret), Encoding.UTF8.GetBytes($"{timestamp}.{body}")));
}

/// <summary>The channel over HTTP.</summary>
internal sealed class ChannelClient(HttpClient client, ChannelSignature signature, IOptions<ChannelSettings> settings, IOptions<AddressSettings> addresses)
{
    /// <summary>An order for a bill; the same bill gets the same order.</summary>
    public async Task<(string OrderNumber, Uri PayUrl)> OrderAsync(BillRecord bill, CancellationToken cancellationToken)
    {
        var own = AddressSettings.Text(addresses.Value.Payment);
        var body = JsonSerializer.Serialize(
            new
            {
                merchantOrder = bill.BillNumber,
                amount = bill.TotalFen / 100m,
                subject = $"{bill.BodyName} {bill.BillNumber}",
                notifyUrl = own + "/callbacks/sandbox-channel",
                returnUrl = $"{own}/bills/{bill.BillNumber}",
            },
            JsonSerializerOptions.Web);
        using var request = new HttpRequestMessage(HttpMethod.Post, "channel/v1/orders") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        var (timestamp, signed) = signature.Sign(body);
        request.Headers.Add("X-Api-Key", settings.Value.ApiKey);
        request.Headers.Add("X-Merchant", settings.Value.MerchantId);
        request.Headers.Add("X-Channel-Timestamp", timestamp);
        request.Headers.Add("X-Channel-Signature", signed);
        // The merchant order makes a repetition harmless.
        request.Headers.Add("Idempotency-Key", bill.BillNumber);
        using var response = await client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<Answer>(cancellationToken) ?? throw new HttpRequestException("The channel answered without a body.");
        return (answer.OrderNumber, answer.PayUrl);
    }

    private sealed record Answer(string OrderNumber, Uri PayUrl);
}
