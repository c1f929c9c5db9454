using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;

namespace Yinxin.EndToEnd;

/// <summary>A large withdrawal confirmed in person, from the portal's form to the submitted case; and verified data shared by consent.</summary>
public sealed class PresenceTests(BrowserFixture browser)
{
    private const string Matter = "12349900MB000002783002099004000";
    private const string Home = "样例市样例路1号";

    [Theory]
    [MemberData(nameof(Cells.WithoutScriptToo), MemberType = typeof(Cells))]
    public async Task A_large_sum_is_confirmed_in_person_and_nothing_typed_is_lost(string locale, bool phone, bool script)
    {
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale, script);
        var suffix = $"{locale}-{(phone ? "phone" : "desktop")}{(script ? "" : "-no-script")}";
        var page = visitor.Page;
        await visitor.SignInWithTwoFactorsAsync(browser, "citizen02");
        await FillInAsync(visitor);
        await page.CheckAsync("#Declaration");
        await visitor.SeenAsync("presence-check-" + suffix, script);
        await page.ClickAsync("#submit button[type=submit]");
        Assert.StartsWith(browser.Address("identity") + "/presence", page.Url, StringComparison.Ordinal);
        Assert.Contains("60000.00", await page.InnerTextAsync("#purpose"), StringComparison.Ordinal);
        await visitor.SeenAsync("presence-confirm-" + suffix, script);
        await page.ClickAsync("main form button[type=submit]");
        await page.WaitForSelectorAsync(".error-summary");
        await visitor.SeenAsync("presence-no-consent-" + suffix, script);

        // Somebody else before the camera: nothing is confirmed, and it can be tried again.
        await page.ShowFaceAsync("other-person");
        await visitor.SeenAsync("presence-refused-" + suffix, script);
        await page.ClickAsync("main .actions a.button");
        await page.ShowFaceAsync("right");

        await page.WaitForSelectorAsync("#confirmed-notice");
        Assert.StartsWith(browser.Address("web") + "/apply/", page.Url, StringComparison.Ordinal);
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
        await page.WaitForSelectorAsync("#presence-notice");
        Assert.StartsWith(browser.Address("web") + "/apply/", page.Url, StringComparison.Ordinal);
        await visitor.SeenAsync("presence-declined-" + suffix, script);
        visitor.AssertQuiet();
    }

    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task Verified_data_are_shared_by_consent_and_taken_back(string locale, bool phone)
    {
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale);
        var suffix = $"{locale}-{(phone ? "phone" : "desktop")}";
        var page = visitor.Page;
        using var application = SampleApplication.Listen();
        await page.GotoAsync(Request(application, locale));
        await visitor.SignInIfAskedAsync(browser, "citizen01");
        await Assertions.Expect(page.Locator("input[name=given]:checked")).ToHaveCountAsync(3);
        Assert.Contains("/account/consent", page.Url, StringComparison.Ordinal);
        await visitor.SeenAsync("consent-" + suffix, script: true);
        await page.UncheckAsync("#given-birthdate");
        await page.ClickAsync("button[value=agree]");
        Assert.Contains("code=", page.Url, StringComparison.Ordinal);

        // Remembered: the same question goes straight through.
        await page.GotoAsync(Request(application, locale));
        Assert.Contains("code=", page.Url, StringComparison.Ordinal);
        await visitor.GoToAsync("identity", "/account/applications");
        await visitor.SeenAsync("consent-applications-" + suffix, script: true);
        await page.ClickAsync("form[action$='handler=Consent'] button");
        await page.LoadedAsync();
        Assert.EndsWith("/account/applications", page.Url, StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("form[action$='handler=Consent']").CountAsync());
        visitor.AssertQuiet();
    }

    private string Request(SampleApplication application, string locale) => application.AuthorizeUrl(
        browser, locale, ("claims", """{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"name":null,"birthdate":null,"phone_number_masked":null}}}}"""));

    /// <summary>The form and the file, up to the page where it is submitted.</summary>
    internal static async Task FillInAsync(Visitor visitor)
    {
        var page = visitor.Page;
        await visitor.GoToAsync("web", "/apply/" + Matter);
        await page.FillAsync("[name='Form.amount']", "60000.00");
        await page.FillAsync("[name='Form.home']", Home);
        await page.FillAsync("[name='Form.bankAccount']", "6200000000000000000");
        await page.FillAsync("[name='Form.phone']", "19900000000");
        await page.ClickAsync("#apply button[type=submit]");
        await page.LoadedAsync();
        var file = new FilePayload { Name = "account.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.4\n% 样例\n%%EOF\n"u8.ToArray() };
        if (await page.Locator("#uploaded .tag.warn").CountAsync() > 0)
        {
            await page.SelectOptionAsync("#upload select[name=Key]", "bank-account");
            await page.SetInputFilesAsync("#upload input[type=file]", file);
            await page.ClickAsync("#upload button[type=submit]");
        }

        await page.ClickAsync("#continue button");
    }
}
