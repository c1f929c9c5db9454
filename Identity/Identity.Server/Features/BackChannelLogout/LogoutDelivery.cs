using System.Diagnostics;
using System.Net;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.BackChannelLogout;

/// <summary>
/// OIDC Back-Channel Logout §2.5: posts a logout token to the client's registered address, and to no other. Of the answer only the status is looked at. Whoever fails is asked again later,
/// and given up in the end: what the client holds has run out long before, and its refresh token is refused.
/// </summary>
internal sealed class LogoutDelivery(ClientCatalogue clients, LogoutTokenWriter tokens, SilentClients silent, IHttpClientFactory http, TimeProvider time, ILogger<LogoutDelivery> log) : IOutboxHandler
{
    public const string ClientName = "back-channel-logout";

    private static readonly TimeSpan GiveUp = TimeSpan.FromHours(1);

    /// <summary>Whoever takes longer is asked by one message at a time from then on.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);

    /// <summary>Until the catalogue is asked again for an address that it does not have.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    public string Kind => LogoutMessages.KindName;

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var what = message.Read<LogoutMessages.Payload>();
        try
        {
            await TellAsync(message, what, cancellationToken);
        }
        catch (Exception e) when (time.GetUtcNow() - message.CreatedAt >= GiveUp && !cancellationToken.IsCancellationRequested)
        {
            log.LogError("Client {Client} was not told that a session has ended: message {Message} is given up after {Attempts} attempts ({Error})", what.ClientId, message.Id, message.Attempts, e.Message);
        }
    }

    private async Task TellAsync(OutboxMessage message, LogoutMessages.Payload what, CancellationToken cancellationToken)
    {
        // A node that has just started has not read its clients yet, and one that starts anew last, when an address is added, does not know it: that is no reason to drop the message.
        if (clients.Find(what.ClientId) is not { BackChannelLogoutUri: { } address } client)
        {
            throw new NotYetException(Again);
        }

        if (silent.Left(client.ClientId) is var left && left > TimeSpan.Zero)
        {
            throw new NotYetException(left);
        }

        var token = tokens.Write(client, what.AccountId, what.SessionId, message.Id);
        var status = await PostAsync(client.ClientId, new Uri(address), token, cancellationToken);
        if (status == HttpStatusCode.BadRequest)
        {
            // §2.8: it could not log out, or the token is not to its liking. Another one says the same.
            log.LogWarning("Client {Client} refused the logout token of message {Message}", client.ClientId, message.Id);
        }
        else if ((int)status is < 200 or > 299)
        {
            throw new HttpRequestException($"The client answered {(int)status}.");
        }
    }

    private async Task<HttpStatusCode> PostAsync(string clientId, Uri address, string token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent([new("logout_token", token)]) };
        try
        {
            var started = Stopwatch.GetTimestamp();
            using var response = await http.CreateClient(ClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (Stopwatch.GetElapsedTime(started) > Slow)
            {
                silent.Slow(clientId);
            }
            else
            {
                silent.Answered(clientId);
            }

            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            silent.Add(clientId);
            throw new HttpRequestException("The client did not answer.", e);
        }
    }
}
