using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.Testing;

namespace Yinxin.EndToEnd;

/// <summary>A large withdrawal confirmed in person, from the portal's form to the submitted case; and verified data shared by consent.</summary>
public sealed class PresenceTests(BrowserFixture browser)
{
    private const string Matter = "12349900MB000002783002099004000";
    private const string Home = "样例市样例路1号";

    [Theory]
    [InlineData("zh-CN", false, true)]
    [InlineData("zh-CN", true, true)]
    [InlineData("en", true, true)]
    [InlineData("en", false, true)]
    [InlineData("zh-CN", true, false)]
    public async Task A_large_sum_is_confirmed_in_person_and_nothing_typed_is_lost(string locale, bool phone, bool script)
    {
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale, script);
        var suffix = $"{locale}-{(phone ? "phone" : "desktop")}{(script ? "" : "-no-script")}";
        var page = visitor.Page;
        await FillInAsync(visitor);
        await page.CheckAsync("#Declaration");
        await visitor.SeenAsync("presence-check-" + suffix, script);
        await page.ClickAsync("#submit button[type=submit]");
        Assert.StartsWith(browser.Address("identity") + "/presence", page.Url, StringComparison.Ordinal);
        Assert.Contains("60000.00", await page.InnerTextAsync("#purpose"), StringComparison.Ordinal);
        await visitor.SeenAsync("presence-confirm-" + suffix, script);
        await page.ClickAsync("main form button[type=submit]");
        Assert.True(await page.IsVisibleAsync(".error-summary"));
        await visitor.SeenAsync("presence-no-consent-" + suffix, script);

        // Somebody else before the camera: nothing is confirmed, and it can be tried again.
        await ShowAsync(page, "other-person");
        await visitor.SeenAsync("presence-refused-" + suffix, script);
        await page.ClickAsync("main .actions a.button");
        await ShowAsync(page, "right");

        Assert.StartsWith(browser.Address("web") + "/apply/", page.Url, StringComparison.Ordinal);
        Assert.True(await page.IsVisibleAsync("#confirmed-notice"));
        Assert.True(await page.IsCheckedAsync("#Declaration"));
        Assert.Contains(Home, await page.InnerTextAsync("#answers"), StringComparison.Ordinal);
        await visitor.SeenAsync("presence-confirmed-" + suffix, script);
        await page.ClickAsync("#submit button[type=submit]");
        Assert.Equal("Submitted", await page.GetAttributeAsync("#state", "data-state"));
        await visitor.SeenAsync("presence-submitted-" + suffix, script);

        // The proof is used up: the next application asks anew, and may be declined.
        await FillInAsync(visitor);
        await page.CheckAsync("#Declaration");
        await page.ClickAsync("#submit button[type=submit]");
        await page.ClickAsync("#decline");
        Assert.StartsWith(browser.Address("web") + "/apply/", page.Url, StringComparison.Ordinal);
        Assert.True(await page.IsVisibleAsync("#presence-notice"));
        await visitor.SeenAsync("presence-declined-" + suffix, script);
        Assert.Empty(visitor.ForeignRequests);
        Assert.Empty(visitor.ConsoleErrors);
    }

    [Theory]
    [InlineData("zh-CN", false, true)]
    [InlineData("en", true, true)]
    public async Task Verified_data_are_shared_by_consent_and_taken_back(string locale, bool phone, bool script)
    {
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale, script);
        var suffix = $"{locale}-{(phone ? "phone" : "desktop")}";
        var page = visitor.Page;
        using var application = Application.Listen();
        await page.GotoAsync(AuthorizeUrl(locale, application.Callback));
        await visitor.SignInIfAskedAsync(browser, "citizen01");
        Assert.Contains("/account/consent", page.Url, StringComparison.Ordinal);
        Assert.Equal(3, await page.Locator("input[name=given]:checked").CountAsync());
        await visitor.SeenAsync("consent-" + suffix, script);
        await page.UncheckAsync("#given-birthdate");
        await page.ClickAsync("button[value=agree]");
        Assert.Contains("code=", page.Url, StringComparison.Ordinal);

        // Remembered: the same question goes straight through.
        await page.GotoAsync(AuthorizeUrl(locale, application.Callback));
        Assert.Contains("code=", page.Url, StringComparison.Ordinal);
        await visitor.GoToAsync("identity", "/account/applications");
        await visitor.SeenAsync("consent-applications-" + suffix, script);
        await page.ClickAsync("form[action$='handler=Consent'] button");
        Assert.EndsWith("/account/applications", page.Url, StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("form[action$='handler=Consent']").CountAsync());
        Assert.Empty(visitor.ForeignRequests);
        Assert.Empty(visitor.ConsoleErrors);
    }

    private string AuthorizeUrl(string locale, string callback)
    {
        const string claims = """{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"name":null,"birthdate":null,"phone_number_masked":null}}}}""";
        var challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(new string('v', 64)))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return browser.Address("identity") + "/connect/authorize?" + string.Join('&', new Dictionary<string, string>
        {
            ["client_id"] = "sample-confidential",
            ["redirect_uri"] = callback,
            ["response_type"] = "code",
            ["scope"] = "openid profile",
            ["state"] = "state",
            ["ui_locales"] = locale,
            ["code_challenge"] = challenge,
            ["code_challenge_method"] = "S256",
            ["claims"] = claims,
        }.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"));
    }

    /// <summary>The form and the file, up to the page where it is submitted.</summary>
    private async Task FillInAsync(Visitor visitor)
    {
        var page = visitor.Page;
        await visitor.SignInWithTwoFactorsAsync(browser, "citizen02");
        await visitor.GoToAsync("web", "/apply/" + Matter);
        await page.FillAsync("[name='Form.amount']", "60000.00");
        await page.FillAsync("[name='Form.home']", Home);
        await page.FillAsync("[name='Form.bankAccount']", "6200000000000000000");
        await page.FillAsync("[name='Form.phone']", "19900000000");
        await page.ClickAsync("#apply button[type=submit]");
        var file = new FilePayload { Name = "account.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.4\n% 样例\n%%EOF\n"u8.ToArray() };
        if (await page.Locator("#uploaded .tag.warn").CountAsync() > 0)
        {
            await page.SelectOptionAsync("#upload select[name=Key]", "bank-account");
            await page.SetInputFilesAsync("#upload input[type=file]", file);
            await page.ClickAsync("#upload button[type=submit]");
        }

        await page.ClickAsync("#continue button");
    }

    private static async Task ShowAsync(IPage page, string seen)
    {
        await page.CheckAsync("#Consent");
        await page.ClickAsync("main form button[type=submit]");
        await page.Locator($"[name=Seen][value={seen}], [name=Seen]").First.WaitForAsync();
        if (await page.Locator("select[name=Seen]").CountAsync() > 0)
        {
            await page.SelectOptionAsync("select[name=Seen]", seen);
        }
        else
        {
            await page.CheckAsync($"[name=Seen][value={seen}]");
        }

        await page.ClickAsync("main form button[type=submit]");
        await page.ClickAsync("#return");
    }

    /// <summary>The application's own address, on any port of loopback (RFC 8252 §7.3).</summary>
    private sealed class Application : IDisposable
    {
        private readonly HttpListener listener = new();

        public string Callback { get; private init; } = "";

        public static Application Listen()
        {
            var address = FormattableString.Invariant($"http://localhost:{FreePort.Next()}/");
            var application = new Application { Callback = address + "callback" };
            application.listener.Prefixes.Add(address);
            application.listener.Start();
            _ = application.AnswerAsync();
            return application;
        }

        public void Dispose() => listener.Close();

        private async Task AnswerAsync()
        {
            while (listener.IsListening)
            {
                try
                {
                    var context = await listener.GetContextAsync();
                    context.Response.ContentType = "text/plain";
                    await context.Response.OutputStream.WriteAsync("back"u8.ToArray());
                    context.Response.Close();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
