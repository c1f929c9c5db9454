using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Yinxin.Launch.Platform;

namespace Yinxin.Launch.Demo;

/// <summary>An app on the citizen's phone: signs in through the browser (RFC 8252, PKCE) and calls the APIs with the token.</summary>
internal sealed class NativeApp(PlatformDescription platform, HttpBrowser browser) : IDisposable
{
    private const string Redirect = "http://127.0.0.1:49152/callback";
    private readonly HttpClient client = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Sends the token with each request, once the person has signed in.</summary>
    public HttpClient Http => client;

    public async Task SignInAsync()
    {
        var verifier = Base64Url(RandomNumberGenerator.GetBytes(32));
        var state = Base64Url(RandomNumberGenerator.GetBytes(16));
        var query = string.Join('&', new Dictionary<string, string>
        {
            ["client_id"] = SampleClients.DemoId,
            ["response_type"] = "code",
            ["redirect_uri"] = Redirect,
            ["scope"] = "openid profile real_name case.apply license.read",
            ["state"] = state,
            ["code_challenge"] = Base64Url(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
        }.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"));
        browser.CatchRedirect = Redirect;
        await browser.GetAsync($"{platform.Issuer}/connect/authorize?{query}");
        browser.CatchRedirect = null;
        var answer = System.Web.HttpUtility.ParseQueryString(browser.Caught?.Query ?? throw new DemoException($"Identity did not return to the app: {browser.Address} {browser.Excerpt()}"));
        if (answer["state"] != state || answer["iss"] != platform.Issuer || answer["code"] is not { } code)
        {
            throw new DemoException($"The answer is not for this request: {browser.Caught.Query}");
        }

        using var response = await client.PostAsync(new Uri(platform.Issuer + "/connect/token"), new FormUrlEncodedContent(
        [
            new("grant_type", "authorization_code"), new("client_id", SampleClients.DemoId), new("redirect_uri", Redirect), new("code", code), new("code_verifier", verifier),
        ]));
        var tokens = await ReadAsync<TokenAnswer>(response);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.AccessToken);
    }

    public async Task<JsonElement> GetAsync(string address)
    {
        using var response = await client.GetAsync(new Uri(address));
        return await ReadAsync<JsonElement>(response);
    }

    public async Task<byte[]> DownloadAsync(string address)
    {
        using var response = await client.GetAsync(new Uri(address));
        return response.IsSuccessStatusCode ? await response.Content.ReadAsByteArrayAsync() : throw new DemoException($"{address} answered {(int)response.StatusCode}.");
    }

    public async Task<JsonElement> PostAsync(string address, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var response = await client.SendAsync(request);
        return await ReadAsync<JsonElement>(response);
    }

    public async Task<JsonElement> UploadAsync(string address, string fileName, string type, byte[] content)
    {
        using var form = new MultipartFormDataContent();
        var part = new ByteArrayContent(content);
        part.Headers.ContentType = new MediaTypeHeaderValue(type);
        form.Add(part, "file", fileName);
        using var response = await client.PostAsync(new Uri(address), form);
        return await ReadAsync<JsonElement>(response);
    }

    public void Dispose() => client.Dispose();

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<T>(text, JsonSerializerOptions.Web)!
            : throw new DemoException($"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode}: {text[..Math.Min(300, text.Length)]}");
    }

    private static string Base64Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private sealed record TokenAnswer([property: JsonPropertyName("access_token")] string AccessToken);
}
