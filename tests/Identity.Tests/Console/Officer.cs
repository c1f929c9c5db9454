using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Console;

/// <summary>An official at the console, through forms as a browser sends them.</summary>
public sealed partial class Officer : IDisposable
{
    private readonly Browser browser;

    private Officer(Browser browser) => this.browser = browser;

    public static async Task<Officer> SignInAsync(IdentityFixture identity, string name, string? password = null)
    {
        var browser = identity.NewBrowser();
        var response = await browser.SignInAsync(name, password, "/console");
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        return new Officer(browser);
    }

    public Task<HttpResponseMessage> GetAsync(string url) => browser.GetAsync(url);

    public async Task<string> ReadAsync(string url)
    {
        var response = await browser.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Opens a page and sends its form; several values of one field are given as several fields.</summary>
    /// <param name="page">Where the form stands.</param>
    /// <param name="handler">The form's handler; empty: the page's own.</param>
    /// <param name="fields">What is filled in.</param>
    public async Task<HttpResponseMessage> FillAsync(string page, string handler, params (string Name, string Value)[] fields)
    {
        var html = await (await browser.GetAsync(page)).Content.ReadAsStringAsync();
        return await SendAsync(handler.Length == 0 ? page : $"{page}?handler={handler}", html, fields);
    }

    /// <summary>Sends a form with this browser's token although the page with it was never shown to this official.</summary>
    public async Task<HttpResponseMessage> ForgeAsync(string url, params (string Name, string Value)[] fields) =>
        await SendAsync(url, await (await browser.GetAsync("/account/password")).Content.ReadAsStringAsync(), fields);

    /// <summary>The same as multipart, which carries every character as it is.</summary>
    public async Task<HttpResponseMessage> SendRawAsync(string url, params (string Name, string Value)[] fields)
    {
        var token = Browser.HiddenFields(await (await browser.GetAsync("/account/password")).Content.ReadAsStringAsync())["__RequestVerificationToken"];
        var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" } };
        foreach (var (name, value) in fields)
        {
            // Not through an encoder, which would replace half a pair itself.
            form.Add(new ByteArrayContent([.. value.SelectMany(Bytes)]), name);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = form };
        return await browser.SendAsync(request);

        static byte[] Bytes(char c) => char.IsSurrogate(c) ? [(byte)(0xE0 | (c >> 12)), (byte)(0x80 | ((c >> 6) & 0x3F)), (byte)(0x80 | (c & 0x3F))] : System.Text.Encoding.UTF8.GetBytes(c.ToString());
    }

    public static async Task<string> TextAsync(HttpResponseMessage response) => WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());

    /// <summary>Finds an account by a whole value and gives its key.</summary>
    public async Task<string> FindAsync(string by, string text)
    {
        var page = await TextAsync(await FillAsync("/console/accounts", "", ("By", by), ("Text", text)));
        return Key().Match(page).Groups["id"].Value;
    }

    /// <summary>Proposes to freeze, and gives the proposal's address.</summary>
    public async Task<string> ProposeAsync(string account, string reason = "stolen", bool emergency = false)
    {
        (string, string)[] fields = [("Reason", reason), ("Explanation", "样例：窗口接到报告"), .. emergency ? [("Emergency", "true")] : Array.Empty<(string, string)>()];
        var made = await FillAsync($"/console/accounts/{account}/freeze", "", fields);
        Assert.True(made.StatusCode == HttpStatusCode.Found, await TextAsync(made));
        return made.Headers.Location!.OriginalString;
    }

    public Task<HttpResponseMessage> DecideAsync(string proposal, string decision) => FillAsync(proposal, "", ("Decision", decision), ("Note", "样例：已核实"));

    public void Dispose() => browser.Dispose();

    private async Task<HttpResponseMessage> SendAsync(string url, string html, (string Name, string Value)[] fields)
    {
        var hidden = Browser.HiddenFields(html).Where(h => h.Key == "__RequestVerificationToken");
        return await browser.PostAsync(url, [.. hidden, .. fields.Select(f => KeyValuePair.Create(f.Name, f.Value))]);
    }

    [GeneratedRegex("/console/accounts/(?<id>[0-9a-f-]{36})", RegexOptions.None, 1000)]
    private static partial Regex Key();
}
