using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Yinxin.Bench.Endings;

/// <summary>What a question to the feed costs Identity when nothing has ended since the last one, which is nearly always so.</summary>
internal static class FeedCost
{
    private const int WarmUp = 1_000;
    private const int Questions = 4_000;
    private const int AtOnce = 4;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <returns>Microseconds of Identity's processor for one question, without what Identity uses anyway.</returns>
    public static async Task<double> MicrosecondsAsync(Stage stage)
    {
        using var http = new HttpClient { BaseAddress = stage.Identity };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(http));
        var (next, _) = await ReadAsync(http, "api/endings");
        var question = "api/endings?after=" + Uri.EscapeDataString(next);
        var (_, tag) = await ReadAsync(http, question);
        await AskAsync(http, question, tag, WarmUp);

        var atRest = stage.IdentityProcess.ProcessorTime;
        var watch = Stopwatch.StartNew();
        await Task.Delay(Rest);
        var resting = (stage.IdentityProcess.ProcessorTime - atRest) / watch.Elapsed;

        var before = stage.IdentityProcess.ProcessorTime;
        watch.Restart();
        await AskAsync(http, question, tag, Questions);
        return (stage.IdentityProcess.ProcessorTime - before - (resting * watch.Elapsed)).TotalMicroseconds / Questions;
    }

    private static Task AskAsync(HttpClient http, string question, string tag, int times) =>
        Parallel.ForEachAsync(Enumerable.Range(0, times), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, cancellationToken) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, question);
            request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(tag));
            using var response = await http.SendAsync(request, cancellationToken);
            if (response.StatusCode is not (HttpStatusCode.NotModified or HttpStatusCode.OK))
            {
                throw new InvalidOperationException($"The feed answers {response.StatusCode}.");
            }
        });

    private static async Task<(string Next, string Tag)> ReadAsync(HttpClient http, string question)
    {
        using var response = await http.GetAsync(new Uri(question, UriKind.Relative));
        response.EnsureSuccessStatusCode();
        var page = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (page.GetProperty("next").GetString()!, response.Headers.ETag!.ToString());
    }

    private static async Task<string> TokenAsync(HttpClient http)
    {
        using var form = new FormUrlEncodedContent(
            [new("grant_type", "client_credentials"), new("client_id", FollowingServer.ClientOf(FollowingServer.Api)), new("client_secret", FollowingServer.Secret), new("scope", "identity.endings")]);
        using var response = await http.PostAsync(new Uri("connect/token", UriKind.Relative), form);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }
}
