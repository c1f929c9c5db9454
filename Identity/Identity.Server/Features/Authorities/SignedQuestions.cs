using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Authorities;

/// <summary>
/// Asks an authority and believes only an answer that it signed to this very question: the JWS names the digest of what was asked and a nonce of ours, so neither
/// another person's answer nor an earlier one can be slipped in. Whatever is wrong with it is one thing to people: the authority cannot be asked just now.
/// </summary>
internal sealed class SignedQuestions(SignedStatements statements, ILogger<SignedQuestions> log)
{
    private const string AnswerType = "authority-answer+jwt";
    private const string NonceHeader = "X-Request-Nonce";
    private const string NotThere = "not-there";

    /// <summary>Whether the authority has nothing of the kind at all, instead of being away just now.</summary>
    public static bool IsNotThere(ProblemException refusal) => refusal.Data.Contains(NotThere);

    /// <returns>The answer, and the JWS that is its receipt.</returns>
    /// <exception cref="ProblemException">It cannot be asked, or its answer cannot be relied on.</exception>
    public async Task<(T Answer, string Signed)> AskAsync<T>(Authority authority, HttpClient client, string path, object question, CancellationToken cancellationToken, int longest = SignedStatements.Longest)
        where T : class
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(question, question.GetType(), JsonSerializerOptions.Web);
        var nonce = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(16));
        var signed = await SendAsync(authority, client, path, body, nonce, cancellationToken);
        var (payload, refusal) = await statements.ReadAsync(authority, signed, AnswerType, longest);
        refusal ??= Belongs(payload, body, nonce) ? null : "not-to-this-question";
        var answer = refusal is null ? Read<T>(payload) : null;
        if (answer is null)
        {
            log.LogError("An answer of authority {Authority} is not believed: {Refusal}", authority.Issuer, refusal ?? "malformed");
            throw authority.Unavailable.Exception();
        }

        return (answer, signed);
    }

    private static async Task<string> SendAsync(Authority authority, HttpClient client, string path, byte[] body, string nonce, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json, "utf-8");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(SignedStatements.MediaType));
        request.Headers.Add(NonceHeader, nonce);
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(cancellationToken) : throw Refusal(authority, response.StatusCode);
        }
        catch (Exception e) when (e is not ProblemException && !cancellationToken.IsCancellationRequested)
        {
            // No connection, dropped, too slow, circuit open, too long: the pipeline has its own exception for each.
            throw authority.Unavailable.Exception();
        }
    }

    private static ProblemException Refusal(Authority authority, HttpStatusCode status)
    {
        var refusal = authority.Unavailable.Exception();
        if (status == HttpStatusCode.NotFound)
        {
            refusal.Data[NotThere] = true;
        }

        return refusal;
    }

    private static bool Belongs(JsonElement payload, byte[] body, string nonce) =>
        Text(payload, "nonce") == nonce && Text(payload, "req") == Base64UrlEncoder.Encode(SHA256.HashData(body)) &&
        Text(payload, "receipt") is { Length: > 0 and <= 200 } receipt && receipt == Text(payload, "jti");

    private static string? Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static T? Read<T>(JsonElement payload)
        where T : class
    {
        try
        {
            return payload.Deserialize<T>(JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
