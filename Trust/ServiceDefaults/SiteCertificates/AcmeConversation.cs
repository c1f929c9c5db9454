using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Yinxin.ServiceDefaults.SiteCertificates;

/// <summary>The directory refused, or answered what RFC 8555 does not provide for.</summary>
internal sealed class AcmeClientException(string message) : Exception(message);

/// <summary>Requests to one ACME directory by one account.</summary>
internal sealed class AcmeConversation(HttpClient client, JsonElement directory, ECDsa key)
{
    private const int LargestAnswer = 256 * 1024;
    private string? account;
    private string? nonce;

    public string KeyAuthorization(string token) => $"{token}.{AcmeMessages.Thumbprint(key)}";

    public Uri Resource(string name) => new(Text(directory, name));

    public static async Task<AcmeConversation> OpenAsync(HttpClient client, Uri directory, ECDsa key, CancellationToken cancellationToken)
    {
        client.MaxResponseContentBufferSize = LargestAnswer;
        return new AcmeConversation(client, JsonElement.Parse(await client.GetStringAsync(directory, cancellationToken)), key);
    }

    /// <summary>Makes the account of the key, or finds it.</summary>
    public async Task RegisterAsync(AcmeSiteSettings settings, CancellationToken cancellationToken)
    {
        var address = Resource("newAccount");
        var payload = new JsonObject { ["termsOfServiceAgreed"] = true };
        if (settings.Contact is { } contact)
        {
            payload["contact"] = new JsonArray("mailto:" + contact);
        }

        if (settings is { ExternalKeyId: { } kid, ExternalHmacKey: { } secret })
        {
            payload["externalAccountBinding"] = AcmeMessages.Bind(key, kid, secret, address);
        }

        account = (await PostAsync(address, payload.ToJsonString(), cancellationToken)).Location?.OriginalString ?? throw new AcmeClientException("The directory named no account.");
    }

    /// <summary>Reads a resource by POST-as-GET.</summary>
    public async Task<JsonElement> ReadAsync(Uri address, CancellationToken cancellationToken) => JsonElement.Parse((await PostAsync(address, "", cancellationToken)).Body);

    /// <summary>A nonce that is too old is no failure: the answer brings a new one (RFC 8555 §6.5).</summary>
    public async Task<AcmeAnswer> PostAsync(Uri address, string payload, CancellationToken cancellationToken)
    {
        for (var again = 0; ; again++)
        {
            nonce ??= await NonceAsync(cancellationToken);
            var header = new JsonObject { ["alg"] = "ES256", ["nonce"] = nonce, ["url"] = address.OriginalString };
            if (account is null)
            {
                header["jwk"] = AcmeMessages.Jwk(key);
            }
            else
            {
                header["kid"] = account;
            }

            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(AcmeMessages.Sign(key, header, payload).ToJsonString()));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/jose+json");
            using var response = await client.PostAsync(address, content, cancellationToken);
            nonce = response.Headers.TryGetValues("Replay-Nonce", out var next) ? next.First() : null;
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return new AcmeAnswer(body, response.Headers.Location);
            }

            if (again > 2 || !body.Contains("acme:error:badNonce", StringComparison.Ordinal))
            {
                throw new AcmeClientException($"{address}: {(int)response.StatusCode} {body[..Math.Min(body.Length, 1000)]}");
            }
        }
    }

    /// <summary>Without an account: renewal information is public.</summary>
    public async Task<JsonElement?> FindRenewalAsync(string certificate, CancellationToken cancellationToken)
    {
        if (!directory.TryGetProperty("renewalInfo", out var address))
        {
            return null;
        }

        using var response = await client.GetAsync(new Uri($"{address.GetString()}/{certificate}"), cancellationToken);
        return response.IsSuccessStatusCode ? JsonElement.Parse(await response.Content.ReadAsStringAsync(cancellationToken)) : null;
    }

    public static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString()! : throw new AcmeClientException($"{name} is missing in an answer.");

    private async Task<string> NonceAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, Resource("newNonce"));
        using var response = await client.SendAsync(request, cancellationToken);
        return response.Headers.GetValues("Replay-Nonce").First();
    }
}

/// <summary>What a successful request brought.</summary>
/// <param name="Body">JSON or PEM.</param>
/// <param name="Location">Of what was made.</param>
internal sealed record AcmeAnswer(string Body, Uri? Location);
