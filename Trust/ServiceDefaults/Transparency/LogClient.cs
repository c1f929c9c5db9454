using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.ServiceDefaults.Transparency;

/// <summary>Trust.Server's log over HTTP.</summary>
internal sealed class LogClient(HttpClient client)
{
    /// <summary>Appends; the same event under the same key again answers the same index.</summary>
    public async Task<long> AppendAsync(LoggedEvent logged, string key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/log/entries?wait=false") { Content = JsonContent.Create(logged) };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<Answer>(cancellationToken);
        return answer?.Index ?? throw new HttpRequestException("The log answered without an index.");
    }

    private sealed record Answer(long? Index);
}

/// <summary>Told when an event has its place in the log.</summary>
public interface ILogReceipt
{
    /// <param name="kind">The event's kind.</param>
    /// <param name="id">Its name among this server's events.</param>
    /// <param name="index">Its place in the log.</param>
    /// <param name="cancellationToken">Ends the work; the receipt then comes again.</param>
    Task ReceiveAsync(string kind, string id, long index, CancellationToken cancellationToken);
}

internal sealed class LogDelivery(LogClient client, IEnumerable<ILogReceipt> receipts) : IOutboxHandler
{
    public string Kind => LoggedEvent.MessageKind;

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var logged = message.Read<LoggedEvent>();
        var index = await client.AppendAsync(logged, message.IdempotencyKey, cancellationToken);
        foreach (var receipt in receipts)
        {
            await receipt.ReceiveAsync(logged.Kind, message.IdempotencyKey[(logged.Kind.Length + 1)..], index, cancellationToken);
        }
    }
}

/// <summary>Registers the way to the log for a server other than Trust; the outbox itself the server registers for its context.</summary>
public static class LogDeliveryServices
{
    public static IServiceCollection AddLogDelivery(this IServiceCollection services)
    {
        services.AddServiceClient<LogClient>(addresses => addresses.Trust, "trust.log");
        return services.AddOutboxHandler<LogDelivery>();
    }
}
