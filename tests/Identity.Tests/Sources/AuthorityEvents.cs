using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>Events as authorities sign and push them, right and wrong.</summary>
internal static class AuthorityEvents
{
    public static string Signed(IdentityFixture identity, string issuer, ECDsa key, string id, object change, string type = "authority-event+jwt", string audience = "yinxin-identity", int minutes = 0) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            JsonSerializer.Serialize(new { iss = issuer, aud = audience, iat = identity.Time.GetUtcNow().AddMinutes(minutes).ToUnixTimeSeconds(), jti = id, change }),
            new SigningCredentials(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256), new Dictionary<string, object> { ["typ"] = type });

    public static async Task<HttpResponseMessage> PushAsync(HttpClient http, string statement)
    {
        using var content = new StringContent(statement, new MediaTypeHeaderValue("application/jwt"));
        return await http.PostAsync(new Uri("/api/source-events", UriKind.Relative), content);
    }

    /// <summary>Pushes a change; its id is filled in.</summary>
    /// <returns>What came of it.</returns>
    public static async Task<string> HappenAsync(IdentityFixture identity, string authority, Func<string, object> change, HttpClient? server = null)
    {
        var id = Guid.NewGuid().ToString("N");
        var answer = await PushAsync(server ?? identity.Http, Signed(identity, authority, AuthorityKeyring.Key(authority), id, change(id)));
        answer.EnsureSuccessStatusCode();
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.GetProperty("outcome").GetString()!;
    }

    /// <summary>An authority takes an answer back.</summary>
    public static Task<string> WithdrawAsync(IdentityFixture identity, string authority, string receipt, HttpClient? server = null) =>
        HappenAsync(identity, authority, id => new { id, number = 1, kind = "withdrawn", receipt }, server);

    /// <summary>The number of the newest answer of a kind about somebody.</summary>
    public static async Task<string> ReceiptAsync(IdentityFixture identity, string idNumber, string kind) => await identity.ReadAsync(
        $"SELECT \"ReferenceAtSource\" FROM \"Evidence\" WHERE \"Kind\" = '{kind}' AND \"SubjectId\" = '{await identity.KeyOfAsync(idNumber)}' ORDER BY \"Place\" DESC LIMIT 1");
}
