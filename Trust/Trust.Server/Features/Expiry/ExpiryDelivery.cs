using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>Posts notices to the receiver. Of its answer only the status is looked at; whoever is slow, redirects or fails is tried again later, and given up in the end.</summary>
internal sealed class ExpiryDelivery(IHttpClientFactory clients, IOptions<ExpirySettings> settings, TimeProvider time, ILogger<ExpiryDelivery> log) : IOutboxHandler
{
    public const string ClientName = "expiry-receiver";

    public string Kind => ExpiryMessage.MessageKind;

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        if (settings.Value is not { Address: { } address, Secret: { } secret })
        {
            log.LogWarning("Notices {Key} are not delivered: there is no receiver any more", message.IdempotencyKey);
            return;
        }

        if (time.GetUtcNow() > message.CreatedAt + settings.Value.GiveUp)
        {
            log.LogError("Notices {Key} are given up: {Receiver} took them in none of {Attempts} attempts", message.IdempotencyKey, address.Host, message.Attempts);
            return;
        }

        var body = System.Text.Encoding.UTF8.GetBytes(message.Payload);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = MessageSignature.Json(body) };
        request.Headers.Add("Idempotency-Key", message.IdempotencyKey);
        MessageSignature.Sign(request, body, (settings.Value.KeyId, Convert.FromBase64String(secret)), time.GetUtcNow());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.Value.Wait);
        try
        {
            using var response = await clients.CreateClient(ClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw new HttpRequestException($"The receiver answered {(int)response.StatusCode}.");
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException("The receiver did not answer in time.", e);
        }
    }
}
