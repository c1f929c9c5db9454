using System.Net;
using Yinxin.Bench.Load;

namespace Yinxin.Bench.Endings;

/// <summary>A browser without a screen: cookies, forms, redirects one by one.</summary>
internal sealed class Visitor : IDisposable
{
    private const int MostRedirects = 12;
    private readonly CookieContainer cookies = new();
    private readonly HttpClient http;
    private readonly Uri identity;

    public Visitor(Uri identity)
    {
        this.identity = identity;
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies });
    }

    /// <summary>Another browser with the same cookies of this moment.</summary>
    public Visitor Twin()
    {
        var twin = new Visitor(identity);
        foreach (Cookie cookie in cookies.GetCookies(identity))
        {
            twin.cookies.Add(identity, new Cookie(cookie.Name, cookie.Value, "/"));
        }

        return twin;
    }

    /// <summary>A page of Identity.</summary>
    public async Task<string> ReadAsync(string path)
    {
        using var response = await http.GetAsync(new Uri(identity, path));
        var page = await response.Content.ReadAsStringAsync();
        return response.StatusCode == HttpStatusCode.OK ? page : throw new InvalidOperationException($"{path}: {response.StatusCode} {response.Headers.Location} {page}");
    }

    /// <summary>Opens a page of Identity and sends its form to the page's own address.</summary>
    public Task<string> SubmitAsync(string page, params (string Name, string Value)[] fields) => SendAsync(page, page, fields);

    /// <summary>Sends a form of a page to another address than the page's own.</summary>
    /// <returns>Where it leads to.</returns>
    public async Task<string> SendAsync(string page, string address, params (string Name, string Value)[] fields)
    {
        using var form = FormPage.Filled(await ReadAsync(page), fields);
        using var response = await http.PostAsync(new Uri(identity, address), form);
        return response.StatusCode == HttpStatusCode.Found && response.Headers.Location is { } location
            ? location.OriginalString
            : throw new InvalidOperationException($"{address}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>Signs in at the app with the session that this browser has at Identity.</summary>
    /// <returns>The access token that the app holds.</returns>
    public async Task<string> TokenAsync(Uri app)
    {
        var next = new Uri(app, FollowingServer.TokenPath);
        for (var step = 0; step < MostRedirects; step++)
        {
            using var response = await http.GetAsync(next);
            if (response.StatusCode == HttpStatusCode.OK && next.AbsolutePath == FollowingServer.TokenPath)
            {
                return await response.Content.ReadAsStringAsync();
            }

            next = response.Headers.Location is { } location
                ? new Uri(next, location)
                : throw new InvalidOperationException($"{next}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }

        throw new InvalidOperationException($"The sign-in goes round in circles: {next}");
    }

    /// <summary>Whether the app still knows who this is.</summary>
    public async Task<bool> IsSignedInAsync(Uri app)
    {
        using var response = await http.GetAsync(new Uri(app, FollowingServer.TokenPath));
        return response.StatusCode == HttpStatusCode.OK;
    }

    public void Dispose() => http.Dispose();
}
