using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Sandbox.Faults;

namespace Yinxin.Sandbox.Signing;

/// <summary>Something that an authority says and signs.</summary>
internal interface IAnswer
{
    /// <summary>Number under which the authority keeps it; <c>jti</c> of the signed form.</summary>
    string Receipt { get; }
}

/// <summary>
/// Whoever asks with <c>Accept: application/jwt</c> gets the answer as a compact JWS of the authority: bound to the question by <c>req</c> (SHA-256 of the
/// request's body) and <c>nonce</c> (header <c>X-Request-Nonce</c>).
/// </summary>
internal sealed class SignAnswers(AuthorityKeys keys, TimeProvider time) : IEndpointFilter
{
    public const string MediaType = "application/jwt";
    public const string TokenType = "authority-answer+jwt";
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly ConcurrentDictionary<string, string> last = new(StringComparer.Ordinal);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        var http = context.HttpContext;
        var fault = http.Items[FaultRules.AnswerFault] as string;
        return result is IAnswer answer && fault != "unsigned" && http.Request.Headers.Accept.ToString().Contains(MediaType, StringComparison.OrdinalIgnoreCase)
            ? Results.Text(await SignAsync(http, answer, fault), MediaType)
            : result;
    }

    private async Task<string> SignAsync(HttpContext http, IAnswer answer, string? fault)
    {
        var path = http.Request.Path.ToString();
        if (fault == "replayed" && last.TryGetValue(path, out var earlier))
        {
            return earlier;
        }

        var authority = path.Split('/')[1];
        http.Request.Body.Position = 0;
        var digest = await SHA256.HashDataAsync(http.Request.Body, http.RequestAborted);
        var now = time.GetUtcNow().AddHours(fault == "stale" ? -1 : 0);
        var payload = JsonSerializer.SerializeToNode(answer, answer.GetType(), JsonSerializerOptions.Web)!.AsObject();
        payload["iss"] = authority;
        payload["aud"] = "yinxin-identity";
        payload["iat"] = now.ToUnixTimeSeconds();
        payload["jti"] = answer.Receipt;
        payload["nonce"] = http.Request.Headers["X-Request-Nonce"].ToString();
        payload["req"] = Base64UrlEncoder.Encode(fault == "other-question" ? SHA256.HashData(digest) : digest);
        if (fault is "contradicting" or "disagreeing")
        {
            payload["result"] = fault == "contradicting" ? "match" : "mismatch";
            payload["differing"] = new JsonArray("name");
        }

        using var stranger = fault == "forged" ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : null;
        return last[path] = Sign(payload, stranger is null ? keys.Of(authority) : new ECDsaSecurityKey(stranger) { KeyId = keys.Of(authority).KeyId }, TokenType);
    }

    /// <summary>A compact JWS over a payload.</summary>
    public static string Sign(JsonObject payload, SecurityKey key, string type) => Handler.CreateToken(
        payload.ToJsonString(),
        new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } },
        new Dictionary<string, object> { ["typ"] = type });
}
