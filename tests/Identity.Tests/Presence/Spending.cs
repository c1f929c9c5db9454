using System.Net.Http.Headers;
using System.Net.Http.Json;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Presence;

/// <summary>An API that spends the proof which a token carries.</summary>
internal static class Spending
{
    /// <summary>What it says when everything is in its place.</summary>
    public static Dictionary<string, string?> Of(Answer tokens, string transaction, string? digest)
    {
        var claims = Answer.Claims(tokens.AccessToken);
        return new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["proof"] = claims.GetProperty("authorization_details")[0].GetProperty("proof").GetString(),
            ["transaction"] = transaction,
            ["digest"] = digest,
            ["subject"] = claims.GetProperty("sub").GetString(),
            ["client"] = claims.GetProperty("client_id").GetString(),
            ["session"] = claims.GetProperty("sid").GetString(),
            ["operation"] = "operation",
        };
    }

    /// <param name="identity">The server.</param>
    /// <param name="body">What the API says.</param>
    /// <param name="token">By whose leave; none: the API's own.</param>
    public static async Task<Answer> SpendAsync(this IdentityFixture identity, Dictionary<string, string?> body, string? token = null)
    {
        token ??= (await new RelyingParty(identity, "api").TokenAsync(("grant_type", "client_credentials"), ("scope", "identity.presence"))).AccessToken;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/presence-proofs/spend");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = JsonContent.Create(body);
        return await Answer.FromAsync(await identity.Http.SendAsync(request));
    }
}
