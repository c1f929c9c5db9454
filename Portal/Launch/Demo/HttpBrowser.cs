using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Yinxin.Launch.Demo;

/// <summary>A browser without a screen or script: follows redirects, keeps cookies, fills and posts the forms that a page really holds.</summary>
internal sealed class HttpBrowser : IDisposable
{
    private const int MostRedirects = 20;
    private readonly HttpClient client;

    /// <param name="prepare">Changes the handler, e.g. the roots that it trusts.</param>
    public HttpBrowser(Action<SocketsHttpHandler>? prepare = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies, UseCookies = true };
        prepare?.Invoke(handler);
        client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Add("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5");
        client.DefaultRequestHeaders.Add("Accept-Language", "zh-CN");
    }

    public CookieContainer Cookies { get; } = new();

    public Uri Address { get; private set; } = new("about:blank");

    public IHtmlDocument Page { get; private set; } = new HtmlParser().ParseDocument("");

    public HttpStatusCode Status { get; private set; }

    /// <summary>A redirect to an address that begins so is not followed: a native app waits there.</summary>
    public string? CatchRedirect { get; set; }

    /// <summary>Where the caught redirect pointed.</summary>
    public Uri? Caught { get; private set; }

    public async Task<IHtmlDocument> GetAsync(string address) =>
        await SendAsync(new HttpRequestMessage(HttpMethod.Get, Address.IsAbsoluteUri && Address.Scheme != "about" ? new Uri(Address, address) : new Uri(address)));

    /// <summary>A file behind a link, with the session of this browser.</summary>
    public async Task<byte[]> DownloadAsync(string address)
    {
        using var response = await client.GetAsync(new Uri(Address, address));
        if (!response.IsSuccessStatusCode)
        {
            throw new DemoException($"{address} answered {(int)response.StatusCode}.");
        }

        return await response.Content.ReadAsByteArrayAsync();
    }

    /// <summary>Submits the form that matches, with the given fields over those that the page already holds.</summary>
    public async Task<IHtmlDocument> SubmitAsync(string formSelector, IReadOnlyDictionary<string, string>? fields = null, (string Field, string FileName, byte[] Content, string Type)? file = null, string? button = null)
    {
        var form = Page.QuerySelector(formSelector) as IHtmlFormElement
            ?? throw new DemoException($"{Address} holds no form {formSelector}: {Excerpt()}");
        var values = Values(form, button);
        foreach (var (name, value) in fields ?? new Dictionary<string, string>())
        {
            values.RemoveAll(v => v.Key == name);
            values.Add(new(name, value));
        }

        var target = new Uri(Address, form.GetAttribute("action") is { Length: > 0 } action ? action : Address.PathAndQuery);
        if (string.Equals(form.GetAttribute("method") ?? "get", "get", StringComparison.OrdinalIgnoreCase))
        {
            var query = string.Join('&', values.Select(v => $"{Uri.EscapeDataString(v.Key)}={Uri.EscapeDataString(v.Value)}"));
            return await SendAsync(new HttpRequestMessage(HttpMethod.Get, new UriBuilder(target) { Query = query }.Uri));
        }

        HttpContent content;
        if (file is { } f)
        {
            var multipart = new MultipartFormDataContent();
            foreach (var (name, value) in values)
            {
                multipart.Add(new StringContent(value), name);
            }

            var part = new ByteArrayContent(f.Content);
            part.Headers.ContentType = new(f.Type);
            multipart.Add(part, f.Field, f.FileName);
            content = multipart;
        }
        else
        {
            content = new FormUrlEncodedContent(values);
        }

        return await SendAsync(new HttpRequestMessage(HttpMethod.Post, target) { Content = content });
    }

    /// <summary>Follows the first link that matches.</summary>
    public async Task<IHtmlDocument> FollowAsync(string linkSelector)
    {
        var link = Page.QuerySelector(linkSelector)?.GetAttribute("href")
            ?? throw new DemoException($"{Address} holds no link {linkSelector}: {Excerpt()}");
        return await GetAsync(link);
    }

    public string Text(string selector) =>
        Page.QuerySelector(selector)?.TextContent.Trim() ?? throw new DemoException($"{Address} holds no {selector}: {Excerpt()}");

    public string Excerpt()
    {
        var main = Page.QuerySelector(".error-summary") ?? Page.QuerySelector("main") ?? Page.Body;
        var text = string.Join(' ', (main?.TextContent ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return $"{(int)Status} «{text[..Math.Min(text.Length, 400)]}»";
    }

    public void Dispose() => client.Dispose();

    private async Task<IHtmlDocument> SendAsync(HttpRequestMessage request)
    {
        for (var hop = 0; ; hop++)
        {
            using var response = await client.SendAsync(request);
            Address = request.RequestUri!;
            Status = response.StatusCode;
            if ((int)response.StatusCode is >= 301 and <= 303 or 307 or 308 && response.Headers.Location is { } location)
            {
                if (hop == MostRedirects)
                {
                    throw new DemoException($"Too many redirects, the last to {location}.");
                }

                var target = new Uri(Address, location);
                if (CatchRedirect is not null && target.AbsoluteUri.StartsWith(CatchRedirect, StringComparison.Ordinal))
                {
                    Caught = target;
                    return Page;
                }

                request = new HttpRequestMessage(HttpMethod.Get, target);
                continue;
            }

            Page = await new HtmlParser().ParseDocumentAsync(await response.Content.ReadAsStringAsync());
            if (response.StatusCode >= HttpStatusCode.InternalServerError)
            {
                throw new DemoException($"{Address} answered {Excerpt()}");
            }

            return Page;
        }
    }

    private static List<KeyValuePair<string, string>> Values(IHtmlFormElement form, string? button)
    {
        var values = new List<KeyValuePair<string, string>>();
        foreach (var element in form.Elements)
        {
            switch (element)
            {
                case IHtmlInputElement { Name: { Length: > 0 } name, IsDisabled: false } input when input.Type is not ("submit" or "button" or "image" or "file" or "reset"):
                    if (input.Type is not ("checkbox" or "radio") || input.IsChecked)
                    {
                        values.Add(new(name, input.Value));
                    }

                    break;
                case IHtmlSelectElement { Name: { Length: > 0 } name, IsDisabled: false } select:
                    values.Add(new(name, select.Value ?? ""));
                    break;
                case IHtmlTextAreaElement { Name: { Length: > 0 } name, IsDisabled: false } area:
                    values.Add(new(name, area.Value));
                    break;
                default:
                    break;
            }
        }

        var pressed = form.QuerySelectorAll("button, input[type=submit]").FirstOrDefault(b => button is null || b.Matches(button));
        if (pressed?.GetAttribute("name") is { Length: > 0 } pressedName)
        {
            values.Add(new(pressedName, pressed.GetAttribute("value") ?? ""));
        }

        return values;
    }
}
