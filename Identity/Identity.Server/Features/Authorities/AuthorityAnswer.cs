using System.Net.Http.Json;
using System.Text.Json;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Authorities;

/// <summary>What an authority says about particulars that a person claims. Never the true value of one that differs.</summary>
/// <param name="Result"><c>match</c>, <c>mismatch</c> or <c>notFound</c>.</param>
/// <param name="Differing">Names of the particulars that do not agree; not for the person's eyes, since together they would tell the true ones.</param>
/// <param name="Receipt">Number under which the authority keeps its answer.</param>
internal sealed record AuthorityAnswer(string Result, IReadOnlyList<string>? Differing, string Receipt)
{
    public bool Agrees => Result == "match";

    public static async Task<AuthorityAnswer> AskAsync(HttpClient client, string path, object claim, Problem unavailable, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(client, path, claim, unavailable, cancellationToken);
        try
        {
            var answer = await response.Content.ReadFromJsonAsync<AuthorityAnswer>(cancellationToken);
            return answer is { Result: "match" or "mismatch" or "notFound", Receipt.Length: > 0 and <= 200 } ? answer : throw unavailable.Exception();
        }
        catch (JsonException)
        {
            throw unavailable.Exception();
        }
    }

    /// <summary>Whatever goes wrong on the way is one thing to the person: the authority cannot be asked just now.</summary>
    public static async Task<HttpResponseMessage> SendAsync(HttpClient client, string path, object body, Problem unavailable, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await client.PostAsJsonAsync(path, body, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // No connection, dropped, too slow, circuit open: the pipeline has its own exception for each.
            throw unavailable.Exception();
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        response.Dispose();
        throw unavailable.Exception();
    }
}
