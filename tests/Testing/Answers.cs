using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Yinxin.Testing;

/// <summary>An API answered otherwise than a test expects.</summary>
public sealed class UnexpectedAnswerException(string message) : Exception(message);

/// <summary>What an API answered, and tokens of services.</summary>
public static class Answers
{
    /// <summary>The body, if the status is the expected one; else the test fails with what was said instead.</summary>
    public static async Task<JsonElement> AnswerAsync(this Task<HttpResponseMessage> pending, HttpStatusCode status)
    {
        using var response = await pending;
        var text = await response.Content.ReadAsStringAsync();
        return response.StatusCode != status ? throw new UnexpectedAnswerException($"{(int)response.StatusCode} instead of {(int)status}: {text}")
            : text.Length == 0 ? default : JsonElement.Parse(text);
    }

    /// <summary>A refusal with its stable code (RFC 9457).</summary>
    public static async Task<JsonElement> RefusedAsync(this Task<HttpResponseMessage> pending, HttpStatusCode status, string code)
    {
        var problem = await pending.AnswerAsync(status);
        return problem.GetProperty("code").GetString() == code ? problem : throw new UnexpectedAnswerException($"Not {code} but {problem}");
    }

    /// <summary>A refusal that was received already.</summary>
    public static Task<JsonElement> RefusedAsync(HttpResponseMessage response, int status, string code) =>
        Task.FromResult(response).RefusedAsync((HttpStatusCode)status, code);

    /// <summary>A plain answer of exactly these words, with 200.</summary>
    public static async Task AnswerTextAsync(this Task<HttpResponseMessage> pending, string expected)
    {
        using var response = await pending;
        var text = await response.Content.ReadAsStringAsync();
        if (response.StatusCode != HttpStatusCode.OK || text != expected)
        {
            throw new UnexpectedAnswerException($"{(int)response.StatusCode}: {text}");
        }
    }

    /// <summary>A client with a service's token (client credentials).</summary>
    public static async Task<HttpClient> ServiceAsync(this PlatformFixture platform, string clientId, string scope)
    {
        using var secrets = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(platform.DataDirectory, "secrets.json")));
        var secret = secrets.RootElement.GetProperty("ClientSecrets").GetProperty(clientId).GetString()!;
        var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, platform.Address("identity") + "/connect/token")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{Uri.EscapeDataString(secret)}"))) },
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", scope)]),
        };
        var answer = await client.SendAsync(request).AnswerAsync(HttpStatusCode.OK);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.GetProperty("access_token").GetString());
        return client;
    }
}
