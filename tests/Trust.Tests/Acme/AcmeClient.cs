using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Yinxin.Trust.Tests.Acme;

/// <summary>A client whose every message a test may bend; what it does right, lego and Go do as well.</summary>
public sealed class AcmeClient(Uri trust) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = trust };

    public ECDsa Key { get; set; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Address of the account.</summary>
    public string? Kid { get; set; }

    public string Thumbprint => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{Jwk(Key)["x"]}}","y":"{{Jwk(Key)["y"]}}"}""")));

    public string Url(string path) => new Uri(trust, "acme/" + path).ToString();

    public async Task<string> NonceAsync()
    {
        using var response = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Url("new-nonce")));
        return response.Headers.GetValues("Replay-Nonce").Single();
    }

    public static JsonObject Jwk(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject { ["crv"] = "P-256", ["kty"] = "EC", ["x"] = Base64Url.EncodeToString(point.X!), ["y"] = Base64Url.EncodeToString(point.Y!) };
    }

    /// <summary>The header as it should be: kid, or jwk while there is no account.</summary>
    public async Task<JsonObject> HeaderAsync(string url)
    {
        var header = new JsonObject { ["alg"] = "ES256", ["nonce"] = await NonceAsync(), ["url"] = url };
        if (Kid is null)
        {
            header["jwk"] = Jwk(Key);
        }
        else
        {
            header["kid"] = Kid;
        }

        return header;
    }

    public static JsonObject Sign(ECDsa key, JsonNode header, string payload)
    {
        var (encodedHeader, encodedPayload) = (Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString())), Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload)));
        return new JsonObject
        {
            ["protected"] = encodedHeader,
            ["payload"] = encodedPayload,
            ["signature"] = Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes($"{encodedHeader}.{encodedPayload}"), HashAlgorithmName.SHA256)),
        };
    }

    public async Task<HttpResponseMessage> SendAsync(string url, string body, string type = "application/jose+json")
    {
        using var content = new StringContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await http.PostAsync(url, content);
    }

    /// <summary>Signs and sends; an empty payload reads.</summary>
    public async Task<HttpResponseMessage> PostAsync(string url, string payload = "", Action<JsonObject>? bend = null)
    {
        var header = await HeaderAsync(url);
        bend?.Invoke(header);
        return await SendAsync(url, Sign(Key, header, payload).ToJsonString());
    }

    /// <summary>As a balancer would: what is signed for one address goes to a node.</summary>
    public async Task<HttpResponseMessage> PostToAsync(Uri node, string url, string payload = "") =>
        await SendAsync(new Uri(node, new Uri(url).PathAndQuery).ToString(), Sign(Key, await HeaderAsync(url), payload).ToJsonString());

    public async Task<HttpResponseMessage> RegisterAsync(JsonObject? payload = null)
    {
        var response = await PostAsync(Url("new-account"), (payload ?? []).ToJsonString());
        Kid = response.Headers.Location?.ToString() ?? Kid;
        return response;
    }

    public async Task<AcmeTestOrder> OrderAsync(params string[] names)
    {
        var response = await PostAsync(Url("new-order"), Order(names));
        var body = await BodyAsync(response, HttpStatusCode.Created);
        return new AcmeTestOrder(this, response.Headers.Location!.ToString(), body);
    }

    public static string Order(params string[] names) =>
        JsonSerializer.Serialize(new { identifiers = names.Select(n => new { type = IPAddress.TryParse(n, out _) ? "ip" : "dns", value = n }) });

    public static async Task<JsonElement> BodyAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        return response.StatusCode == status ? JsonElement.Parse(text) : throw new Yinxin.Testing.UnexpectedAnswerException($"{(int)response.StatusCode} instead of {(int)status}: {text}");
    }

    public void Dispose()
    {
        http.Dispose();
        Key.Dispose();
    }
}

/// <summary>An order of the tests' client.</summary>
public sealed record AcmeTestOrder(AcmeClient Client, string Url, JsonElement Body)
{
    public string Finalize => Body.GetProperty("finalize").GetString()!;

    public string Authorization(int index = 0) => Body.GetProperty("authorizations")[index].GetString()!;

    public async Task<(string Url, string Token)> ChallengeAsync(int index = 0, string type = "http-01")
    {
        var authorization = await AcmeClient.BodyAsync(await Client.PostAsync(Authorization(index)), HttpStatusCode.OK);
        var challenge = authorization.GetProperty("challenges").EnumerateArray().Single(c => c.GetProperty("type").GetString() == type);
        return (challenge.GetProperty("url").GetString()!, challenge.GetProperty("token").GetString()!);
    }

    /// <summary>Puts the right proofs in place and waits for the order.</summary>
    public async Task<AcmeTestOrder> ProveAsync(ProofServer proofs)
    {
        for (var i = 0; i < Body.GetProperty("authorizations").GetArrayLength(); i++)
        {
            var (url, token) = await ChallengeAsync(i);
            proofs.Serve(token, $"{token}.{Client.Thumbprint}");
            await AcmeClient.BodyAsync(await Client.PostAsync(url, "{}"), HttpStatusCode.OK);
        }

        await UntilAsync("ready");
        return this;
    }

    public async Task<JsonElement> ReadAsync() => await AcmeClient.BodyAsync(await Client.PostAsync(Url), HttpStatusCode.OK);

    public async Task<JsonElement> UntilAsync(string status)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var order = await ReadAsync();
            if (order.GetProperty("status").GetString() == status)
            {
                return order;
            }

            // Of one address the server takes 600 requests in a minute.
            await Task.Delay(150, limit.Token);
        }
    }

    /// <summary>Finalizes with a fresh key, or by a request of the test's own.</summary>
    public Task<HttpResponseMessage> FinalizeAsync(byte[] csr) => Client.PostAsync(Finalize, JsonSerializer.Serialize(new { csr = Base64Url.EncodeToString(csr) }));

    public async Task<string> DownloadAsync()
    {
        var order = await ReadAsync();
        using var response = await Client.PostAsync(order.GetProperty("certificate").GetString()!);
        return await response.Content.ReadAsStringAsync();
    }
}
