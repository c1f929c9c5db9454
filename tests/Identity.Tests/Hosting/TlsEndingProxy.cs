using System.Net;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>
/// What stands between a browser, or a back channel, and servers that listen on HTTP: it is spoken to over HTTPS under the public addresses and says to the server for whom it asks. Here the wire
/// to it is left out. The browser's cookies lie here, because they belong to the public addresses.
/// </summary>
/// <param name="sites">Each public address, and where its server listens.</param>
public sealed class TlsEndingProxy(params (string Outside, string Inside)[] sites)
    : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
{
    private const string Visitor = "198.51.100.7";

    public CookieContainer Cookies { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var outside = request.RequestUri!;
        var inside = sites.Single(site => site.Outside == outside.GetLeftPart(UriPartial.Authority)).Inside;
        request.RequestUri = new Uri(inside + outside.PathAndQuery);
        request.Headers.Host = outside.Authority;
        request.Headers.Add("X-Forwarded-For", Visitor);
        request.Headers.Add("X-Forwarded-Proto", outside.Scheme);
        if (Cookies.GetCookieHeader(outside) is { Length: > 0 } kept)
        {
            request.Headers.Add("Cookie", kept);
        }

        var response = await base.SendAsync(request, cancellationToken);
        request.RequestUri = outside;
        if (response.Headers.TryGetValues("Set-Cookie", out var cookies))
        {
            foreach (var cookie in cookies)
            {
                Cookies.SetCookies(outside, cookie);
            }
        }

        return response;
    }
}
