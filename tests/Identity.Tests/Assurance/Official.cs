using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>Somebody who calls Identity's APIs with a token of their own.</summary>
public sealed class Official(IdentityFixture identity, string token)
{
    public static async Task<Official> SignInAsync(IdentityFixture identity, string name, string scope)
    {
        var party = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        return new Official(identity, (await party.SignInAsync(name, false, ("scope", "openid profile " + scope))).AccessToken);
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Answer> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body, options: JsonSerializerOptions.Web));

    /// <summary>Sends JSON that no serializer writes.</summary>
    public Task<Answer> PostTextAsync(string path, string json) => SendAsync(HttpMethod.Post, path, new StringContent(json, new MediaTypeHeaderValue("application/json")));

    private async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await Answer.FromAsync(await identity.Http.SendAsync(request));
    }
}
