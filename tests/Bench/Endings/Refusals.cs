using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace Yinxin.Bench.Endings;

/// <summary>How long what has ended is still taken. Everybody is asked every 20 ms, and given up after 15 s, which misses every aim.</summary>
internal static class Refusals
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <summary>What is not taken to begin with cannot be measured.</summary>
    public static async Task ExpectTakenAsync(Stage stage, Living living)
    {
        foreach (var api in stage.ApiClients)
        {
            if (await RefusesAsync(api, living.Token))
            {
                throw new InvalidOperationException("An API does not take the token that is to be ended.");
            }
        }

        if (living.User is { } user && !await user.IsSignedInAsync(stage.App))
        {
            throw new InvalidOperationException("The app does not know who is signed in.");
        }
    }

    /// <summary>From now until the last of them has refused, in milliseconds.</summary>
    public static async Task<double> UntilAllRefuseAsync(Stage stage, Living living)
    {
        var watch = Stopwatch.StartNew();
        var waits = stage.ApiClients.ConvertAll(api => UntilAsync(watch, () => RefusesAsync(api, living.Token)));
        if (living.User is { } user)
        {
            waits.Add(UntilAsync(watch, async () => !await user.IsSignedInAsync(stage.App)));
        }

        return (await Task.WhenAll(waits)).Max();
    }

    /// <summary>The same of many tokens at the APIs; each is asked with in turn until it is refused.</summary>
    public static async Task<double> UntilAllRefuseAsync(Stage stage, IReadOnlyList<string> tokens)
    {
        var watch = Stopwatch.StartNew();
        return (await Task.WhenAll(stage.ApiClients.ConvertAll(api => UntilAsync(watch, RoundsOf(api, tokens))))).Max();
    }

    private static Func<Task<bool>> RoundsOf(HttpClient api, IReadOnlyList<string> tokens)
    {
        List<string> left = [.. tokens];
        return async () =>
        {
            var taken = new ConcurrentBag<string>();
            await Parallel.ForEachAsync(left, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (token, _) =>
            {
                if (!await RefusesAsync(api, token))
                {
                    taken.Add(token);
                }
            });
            left = [.. taken];
            return left.Count == 0;
        };
    }

    private static async Task<double> UntilAsync(Stopwatch watch, Func<Task<bool>> isRefused)
    {
        while (!await isRefused() && watch.Elapsed < Longest)
        {
            await Task.Delay(Pause);
        }

        return watch.Elapsed.TotalMilliseconds;
    }

    private static async Task<bool> RefusesAsync(HttpClient api, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, FollowingServer.PlainPath);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await api.SendAsync(request);
        return response.StatusCode switch
        {
            HttpStatusCode.OK => false,
            HttpStatusCode.Unauthorized => true,
            var other => throw new InvalidOperationException($"{api.BaseAddress}: {other} {response.Headers.WwwAuthenticate}"),
        };
    }
}
