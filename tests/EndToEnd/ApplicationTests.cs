using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;

namespace Yinxin.EndToEnd;

/// <summary>A citizen applies through the portal, on a phone and on a desk, with script off and on; who lacks the level is led to raise it and loses nothing.</summary>
public sealed class ApplicationTests(BrowserFixture browser)
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_citizen_applies_and_sees_the_case(bool phone, bool script)
    {
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, script: script);
        var page = visitor.Page;
        await visitor.SignInWithTwoFactorsAsync(browser, "citizen02");
        await visitor.GoToAsync("web", PortalForm.Path);
        await page.FillInPortalFormAsync();
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
        await visitor.GoToAsync("web", PortalForm.Path);
        await visitor.SignInIfAskedAsync(browser, "citizen01");
        await page.FillInPortalFormAsync();
        await page.ClickAsync("#apply button[type=submit] >> nth=0");
        Assert.Contains("/account/step-up", page.Url, StringComparison.Ordinal);
        await visitor.ScreenshotAsync("journey-step-up");
        await visitor.GoToAsync("web", PortalForm.Path);
        Assert.Equal(PortalForm.Business, await page.InputValueAsync("[name='Form.businessName']"));
    }
}
