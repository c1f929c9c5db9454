using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Yinxin.Testing.Overhearing;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>A browser without a screen: cookies, forms, redirects one by one.</summary>
public sealed partial class Browser : IDisposable
{
    private readonly HttpClient client;

    /// <param name="address">Of the server.</param>
    /// <param name="from">The loopback address that the browser has; none: the usual one.</param>
    public Browser(string address, IPAddress? from = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies };
        if (from is not null)
        {
            handler.ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(from, 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            };
        }

        client = new HttpClient(handler) { BaseAddress = new Uri(address) };
    }

    /// <param name="address">The public address of a server.</param>
    /// <param name="proxy">Through which it is reached.</param>
    public Browser(string address, TlsEndingProxy proxy)
    {
        Cookies = proxy.Cookies;
        client = new HttpClient(proxy) { BaseAddress = new Uri(address) };
    }

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(10);

    public CookieContainer Cookies { get; } = new();

    /// <summary>What every browser must keep of a cookie (RFC 6265 §6.1); real ones drop what is longer, without a word.</summary>
    private const int LongestCookie = 4096;

    public async Task<HttpResponseMessage> GetAsync(string url)
    {
        KnownSecrets.OfRun.LearnAddress(url);
        return Kept(await client.GetAsync(new Uri(url, UriKind.RelativeOrAbsolute)));
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => Kept(await client.SendAsync(request));

    public async Task<HttpResponseMessage> PostAsync(string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        List<KeyValuePair<string, string>> fields = [.. form];
        KnownSecrets.OfRun.LearnFields(fields);
        return Kept(await client.PostAsync(new Uri(url, UriKind.RelativeOrAbsolute), new FormUrlEncodedContent(fields)));
    }

    private static HttpResponseMessage Kept(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.FirstOrDefault(c => c.Length > LongestCookie) is { } dropped
            ? throw new InvalidOperationException($"A real browser drops this cookie of {dropped.Length} characters: {dropped[..40]}…")
            : response;

    /// <summary>Fills in the form of a page, hidden fields included, and sends it to the page's own address.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string url, string html, params (string Name, string Value)[] fields)
    {
        var form = HiddenFields(html);
        foreach (var (name, value) in fields)
        {
            form[name] = value;
        }

        var response = await PostAsync(url, form);
        return SolvesChallenges && response.StatusCode == HttpStatusCode.UnprocessableEntity && await Challenge.OfAsync(response) is { Asked: true } challenge
            ? await PostAsync(url, form.Concat(challenge.Solve()).DistinctBy(f => f.Key, StringComparer.Ordinal))
            : response;
    }

    /// <summary>As the page's script does, a form that asks for a proof is sent again with it.</summary>
    public bool SolvesChallenges { get; init; } = true;

    /// <summary>A page as text.</summary>
    public async Task<string> ReadAsync(string url) => WebUtility.HtmlDecode(await (await GetAsync(url)).Content.ReadAsStringAsync());

    public static Dictionary<string, string> HiddenFields(string html) => Hidden().Matches(html)
        .Select(m => m.Value)
        .DistinctBy(tag => Attribute(tag, "name")) // the token stands in each form of a page
        .ToDictionary(tag => Attribute(tag, "name"), tag => Attribute(tag, "value"), StringComparer.Ordinal);

    /// <summary>Opens a page and signs in on it.</summary>
    public async Task<HttpResponseMessage> SignInAsync(string user, string? password = null, string returnUrl = "/account/sessions")
    {
        var url = "/sign-in?ReturnUrl=" + Uri.EscapeDataString(returnUrl);
        var page = await (await GetAsync(url)).Content.ReadAsStringAsync();
        return await SubmitAsync(url, page, ("Name", user), ("Password", password ?? "password-" + user));
    }

    /// <summary>Walks from an authorization address through the pages of Identity until it leaves for another host; signs in and chooses on the way.</summary>
    /// <returns>The address at the client.</returns>
    public async Task<Uri> AuthorizeAsync(string url, string user, bool forOrganisation = false, string? password = null)
    {
        var response = await GetAsync(url);
        for (var step = 0; step < 10; step++)
        {
            if (response.StatusCode is not (HttpStatusCode.Found or HttpStatusCode.SeeOther))
            {
                throw new InvalidOperationException($"{response.StatusCode} at {response.RequestMessage?.RequestUri}: {await response.Content.ReadAsStringAsync()}");
            }

            var next = new Uri(client.BaseAddress!, response.Headers.Location!);
            if (next.Authority != client.BaseAddress!.Authority)
            {
                return next;
            }

            response = await GetAsync(next.PathAndQuery);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                response = await FillAsync(next, await response.Content.ReadAsStringAsync(), user, forOrganisation, password);
            }
        }

        throw new InvalidOperationException("The sign-in goes round in circles.");
    }

    /// <summary>Lets time go by while these people are at work, each with a page now and then: a session that lies unused ends.</summary>
    public static async Task StayAsync(ShiftedTime time, TimeSpan span, params Browser[] browsers)
    {
        for (var left = span; left > TimeSpan.Zero; left -= Step)
        {
            time.Advance(left < Step ? left : Step);
            foreach (var browser in browsers)
            {
                using var page = await browser.GetAsync("/account/sessions");
            }
        }
    }

    public void Dispose() => client.Dispose();

    private Task<HttpResponseMessage> FillAsync(Uri page, string html, string user, bool forOrganisation, string? password) => page.AbsolutePath switch
    {
        "/sign-in" => SubmitAsync(page.PathAndQuery, html, ("Name", user), ("Password", password ?? "password-" + user)),
        "/account/confirm" => SubmitAsync(page.PathAndQuery, html, ("Password", password ?? "password-" + user)),
        "/account/acting" => SubmitAsync(page.PathAndQuery, html, ("Organisation", forOrganisation ? Organisation().Match(html).Groups["id"].Value : "")),
        _ => throw new InvalidOperationException($"An unexpected page: {page}"),
    };

    private static string Attribute(string tag, string name) => WebUtility.HtmlDecode(Regex.Match(tag, name + "=\"(?<value>[^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["value"].Value);

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Hidden();

    [GeneratedRegex("name=\"Organisation\" value=\"(?<id>[0-9a-f-]{36})\"", RegexOptions.None, 1000)]
    private static partial Regex Organisation();
}
