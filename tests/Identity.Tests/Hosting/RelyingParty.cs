using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using Microsoft.IdentityModel.Tokens;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>A client written out by hand, so that it can also misbehave.</summary>
public sealed class RelyingParty(IdentityFixture identity, string clientId = "public", string? redirectUri = null)
{
    public string Verifier { get; } = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    public string Redirect { get; } = redirectUri ?? IdentityFixture.Loopback;

    public Dictionary<string, string> Request(params (string Name, string? Value)[] changes)
    {
        var request = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["client_id"] = clientId,
            ["redirect_uri"] = Redirect,
            ["response_type"] = "code",
            ["scope"] = "openid profile offline_access",
            ["state"] = "state",
            ["nonce"] = "nonce",
            ["code_challenge"] = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                request.Remove(name);
            }
            else
            {
                request[name] = value;
            }
        }

        return request;
    }

    public string AuthorizeUrl(params (string Name, string? Value)[] changes) => Url(Request(changes));

    public static string Url(IEnumerable<KeyValuePair<string, string>> request) =>
        "/connect/authorize?" + string.Join('&', request.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"));

    public async Task<string> CodeAsync(string user, bool forOrganisation = false, params (string Name, string? Value)[] changes)
    {
        using var browser = identity.NewBrowser();
        return Code(await browser.AuthorizeAsync(AuthorizeUrl(changes), user, forOrganisation));
    }

    public static string Code(Uri answer) => HttpUtility.ParseQueryString(answer.Query)["code"] ?? throw new InvalidOperationException(answer.ToString());

    public async Task<Answer> SignInAsync(string user, bool forOrganisation = false, params (string Name, string? Value)[] changes) =>
        await RedeemAsync(await CodeAsync(user, forOrganisation, changes));

    public Task<Answer> RedeemAsync(string code, params (string Name, string? Value)[] changes) => TokenAsync(
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect), ("code_verifier", Verifier), .. changes]);

    public Task<Answer> RefreshAsync(string token, params (string Name, string? Value)[] changes) =>
        TokenAsync([("grant_type", "refresh_token"), ("refresh_token", token), .. changes]);

    public Task<Answer> TokenAsync(params (string Name, string? Value)[] fields) => PostAsync("/connect/token", fields);

    /// <summary>Posts with the client's authentication; a later value of a name replaces an earlier one, null removes it.</summary>
    public async Task<Answer> PostAsync(string path, params (string Name, string? Value)[] fields)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in fields)
        {
            if (value is null)
            {
                form.Remove(name);
            }
            else
            {
                form[name] = value;
            }
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (clientId == "public")
        {
            form.TryAdd("client_id", clientId);
        }
        else
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{IdentityFixture.Secret}")));
        }

        request.Content = new FormUrlEncodedContent(form);
        return await Answer.FromAsync(await identity.Http.SendAsync(request));
    }

    public async Task<Answer> UserInfoAsync(string accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/connect/userinfo");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return await Answer.FromAsync(await identity.Http.SendAsync(request));
    }
}

/// <summary>Status and JSON of an answer.</summary>
public sealed record Answer(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)
{
    public string? this[string name] => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty(name, out var value) ? value.ToString() : null;

    public string AccessToken => this["access_token"] ?? throw new InvalidOperationException(Body.ToString());

    public string RefreshToken => this["refresh_token"] ?? throw new InvalidOperationException(Body.ToString());

    public string IdToken => this["id_token"] ?? throw new InvalidOperationException(Body.ToString());

    public static async Task<Answer> FromAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default, response);
    }

    public static JsonElement Claims(string token) => JsonDocument.Parse(Base64UrlEncoder.Decode(token.Split('.')[1])).RootElement;

    public static JsonElement Header(string token) => JsonDocument.Parse(Base64UrlEncoder.Decode(token.Split('.')[0])).RootElement;
}
