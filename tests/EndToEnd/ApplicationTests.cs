using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;

namespace Yinxin.EndToEnd;

/// <summary>A citizen applies through the portal, on a phone and on a desk, with script off and on; who lacks the level is led to raise it and loses nothing.</summary>
public sealed class ApplicationTests(BrowserFixture browser)
{
    private const string Apply = "/apply/11349900MB0000051U3000199006000";

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_citizen_applies_and_sees_the_case(bool phone, bool script)
    {
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, script: script);
        var page = visitor.Page;
        await visitor.SignInWithTwoFactorsAsync(browser, "citizen02");
        await visitor.GoToAsync("web", Apply);
        await FillAsync(page);
        await page.ClickAsync("#apply button[type=submit] >> nth=0");
        await page.SetInputFilesAsync("#upload input[type=file] >> nth=0", new FilePayload { Name = "premises.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.4\n% 样例\n%%EOF\n"u8.ToArray() });
        await page.ClickAsync("#upload button[type=submit] >> nth=0");
        await page.ClickAsync("#continue button");
        await visitor.ScreenshotAsync($"journey-check-{(phone ? "phone" : "desktop")}");
        await page.CheckAsync("input[name=Declaration]");
        await page.ClickAsync("#submit button[type=submit] >> nth=0");
        Assert.Equal("Submitted", await page.GetAttributeAsync("#state", "data-state"));
        await visitor.ScreenshotAsync($"journey-case-{(phone ? "phone" : "desktop")}");
        Assert.Empty(visitor.ForeignRequests);
        Assert.Empty(visitor.ConsoleErrors);
    }

    [Fact]
    public async Task A_primary_account_is_led_to_raise_its_level_and_keeps_what_it_typed()
    {
        await using var visitor = await browser.VisitorAsync(BrowserFixture.Desktop);
        var page = visitor.Page;
        await visitor.GoToAsync("web", Apply);
        await visitor.SignInIfAskedAsync(browser, "citizen01");
        await FillAsync(page);
        await page.ClickAsync("#apply button[type=submit] >> nth=0");
        Assert.Contains("/account/step-up", page.Url, StringComparison.Ordinal);
        await visitor.ScreenshotAsync("journey-step-up");
        await visitor.GoToAsync("web", Apply);
        Assert.Equal("样例书店", await page.InputValueAsync("[name='Form.businessName']"));
    }

    private static async Task FillAsync(IPage page)
    {
        await page.FillAsync("[name='Form.businessName']", "样例书店");
        await page.FillAsync("[name='Form.address']", "样例市样例路1号");
        await page.FillAsync("[name='Form.scope']", "图书、报刊零售");
        await page.FillAsync("[name='Form.mode']", "零售");
        await page.FillAsync("[name='Form.phone']", "19900000000");
    }
}
