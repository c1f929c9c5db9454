using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Web.Desk;

/// <summary>Calls of another app in the reader's language; its problems become ours, word for word.</summary>
internal static class ApiCalls
{
    /// <summary>Extension of a refusal: RFC 9396, for <see cref="Identity.Client.SignIn.SignInProperties.ForPresence"/>.</summary>
    public const string AuthorizationDetails = "authorization_details";

    private static readonly Problem Unavailable = new(
        "portal.upstreamUnavailable", 503, "服务暂时不可用，请稍后再试；您已保存的内容不会丢失。", "The service cannot be reached at the moment. Please try again later; what you saved is kept.");

    /// <summary>Sends and gives the answer, whatever 2xx it is.</summary>
    /// <exception cref="ProblemException">The other app refused, or cannot be reached (503).</exception>
    public static async Task<HttpResponseMessage> CallAsync(this HttpClient client, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.AcceptLanguage.ParseAdd(CultureInfo.CurrentUICulture.Name);
        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException)
        {
            throw Unavailable.Exception();
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable.Exception();
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await RefusalOfAsync(response, cancellationToken);
        }
    }

    public static async Task<T> CallAsync<T>(this HttpClient client, HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, body.GetType(), options: JsonSerializerOptions.Web);
        }

        using var response = await client.CallAsync(request, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<T>(cancellationToken))!;
    }

    private static async Task<ProblemException> RefusalOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode >= HttpStatusCode.InternalServerError || response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) != true)
        {
            return (int)response.StatusCode is 401 or 404 or 413 or 429
                ? new Problem($"http.{(int)response.StatusCode}", (int)response.StatusCode, "无法完成此操作。", "This cannot be done.").Exception()
                : Unavailable.Exception();
        }

        var details = await response.Content.ReadFromJsonAsync<Details>(cancellationToken);
        var refusal = new Problem(details?.Code ?? "portal.refused", (int)response.StatusCode, details?.Title ?? "", details?.Title ?? "").Exception();
        if (details?.AuthorizationDetails is { ValueKind: JsonValueKind.Array } asked)
        {
            // What the person has to confirm in person before the call is repeated.
            refusal.Extensions[AuthorizationDetails] = asked;
        }

        return refusal;
    }

    private sealed record Details(string? Code, string? Title, [property: JsonPropertyName(AuthorizationDetails)] JsonElement? AuthorizationDetails);
}
