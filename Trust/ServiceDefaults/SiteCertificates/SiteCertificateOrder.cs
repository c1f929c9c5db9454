using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Yinxin.ServiceDefaults.SiteCertificates;

/// <summary>One order, from the names to the certificate (RFC 8555 §7.1).</summary>
internal sealed class SiteCertificateOrder(AcmeConversation conversation, AcmeSiteSettings settings)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500);

    /// <param name="key">Of the certificate.</param>
    /// <param name="replaces">Identifier of the certificate that ends (RFC 9773 §5), or null.</param>
    /// <param name="cancellationToken">The app stops.</param>
    /// <returns>PEM, the site's certificate first.</returns>
    public async Task<string> RunAsync(ECDsa key, string? replaces, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest);
        var placed = await conversation.PostAsync(conversation.Resource("newOrder"), Names(replaces), limit.Token);
        var (order, address) = (JsonElement.Parse(placed.Body), placed.Location ?? throw new AcmeClientException("The order has no address."));
        foreach (var authorization in order.GetProperty("authorizations").EnumerateArray())
        {
            await ProveAsync(new Uri(authorization.GetString()!), limit.Token);
        }

        order = await UntilAsync(address, "ready", limit.Token);
        await conversation.PostAsync(new Uri(AcmeConversation.Text(order, "finalize")), new JsonObject { ["csr"] = Base64Url.EncodeToString(Request(key)) }.ToJsonString(), limit.Token);
        order = await UntilAsync(address, "valid", limit.Token);
        return (await conversation.PostAsync(new Uri(AcmeConversation.Text(order, "certificate")), "", limit.Token)).Body;
    }

    private string Names(string? replaces)
    {
        var order = new JsonObject { ["identifiers"] = new JsonArray(new JsonObject { ["type"] = IPAddress.TryParse(settings.Host, out _) ? "ip" : "dns", ["value"] = settings.Host }) };
        if (replaces is not null)
        {
            order["replaces"] = replaces;
        }

        return order.ToJsonString();
    }

    private async Task ProveAsync(Uri authorization, CancellationToken cancellationToken)
    {
        var read = await conversation.ReadAsync(authorization, cancellationToken);
        if (AcmeConversation.Text(read, "status") == "valid")
        {
            return;
        }

        var challenge = read.GetProperty("challenges").EnumerateArray().FirstOrDefault(c => AcmeConversation.Text(c, "type") == "http-01");
        if (challenge.ValueKind != JsonValueKind.Object || AcmeConversation.Text(challenge, "token") is not { Length: <= 200 } token || !token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new AcmeClientException("The directory offers no http-01.");
        }

        await using var listener = await ProofListener.StartAsync(settings.HttpPort, token, conversation.KeyAuthorization(token), cancellationToken);
        await conversation.PostAsync(new Uri(AcmeConversation.Text(challenge, "url")), "{}", cancellationToken);
        await UntilAsync(authorization, "valid", cancellationToken);
    }

    private async Task<JsonElement> UntilAsync(Uri address, string status, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await conversation.ReadAsync(address, cancellationToken);
            var now = AcmeConversation.Text(read, "status");
            if (now == status)
            {
                return read;
            }

            if (now is not ("pending" or "processing" or "ready"))
            {
                throw new AcmeClientException($"{address} became {now}: {read}");
            }

            await Task.Delay(Between, cancellationToken);
        }
    }

    private byte[] Request(ECDsa key)
    {
        var request = new CertificateRequest("", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(settings.Host, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(settings.Host);
        }

        request.CertificateExtensions.Add(names.Build());
        return request.CreateSigningRequest();
    }
}
