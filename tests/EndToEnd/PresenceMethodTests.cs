using Xunit;
using Yinxin.EndToEnd.Accounts;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd;

/// <summary>A large withdrawal confirmed in person by who has no use for a camera, by voice; and by video.</summary>
public sealed class PresenceMethodTests(BrowserFixture browser)
{
    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task Digits_read_aloud_confirm_in_person_and_lead_back(string locale, bool phone)
    {
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale);
        var suffix = $"{locale}-{(phone ? "phone" : "desktop")}";
        var page = visitor.Page;

        // Somebody new: a person has ten checks within an hour.
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await visitor.RegisterAsync(browser, person);
        await visitor.RaiseAsync(browser, person);
        await PresenceTests.FillInAsync(visitor);
        await page.CheckAsync("#Declaration");
        await page.ClickAsync("#submit button[type=submit]");
        await page.WaitForSelectorAsync("#method-voice");

        // By keyboard: the first way is ticked, the arrow moves on to the next.
        Assert.True(await page.IsCheckedAsync("#method-face"));
        await page.FocusAsync("#method-face");
        await page.Keyboard.PressAsync("ArrowDown");
        Assert.True(await page.IsCheckedAsync("#method-voice"));
        await visitor.SeenAsync("presence-methods-" + suffix, script: true);
        await page.CheckAsync("#Consent");
        await page.ClickAsync("main form button[type=submit]");
        await page.WaitForSelectorAsync("#Seen");
        Assert.Matches("^([0-9] ){7}[0-9]$", await page.InnerTextAsync("#actions"));
        await visitor.SeenAsync("presence-voice-" + suffix, script: true);

        // A recording is refused, with what helps.
        await page.SelectOptionAsync("#Seen", "still-photo");
        await page.ClickAsync("main form button[type=submit]");
        await page.ClickAsync("#return");
        await page.WaitForSelectorAsync(".error-summary");
        Assert.Contains(locale == "en" ? "microphone" : "话筒", await page.InnerTextAsync(".error-summary"), StringComparison.Ordinal);
        await visitor.SeenAsync("presence-voice-refused-" + suffix, script: true);
        await page.ClickAsync("main .actions a.button");
        await page.ShowFaceAsync("right", phone ? "video" : "voice");
        await page.WaitForSelectorAsync("#confirmed-notice");
        Assert.True(await page.IsCheckedAsync("#Declaration"));
        await page.ClickAsync("#submit button[type=submit]");
        Assert.Equal("Submitted", await page.GetAttributeAsync("#state", "data-state"));
        visitor.AssertQuiet();
    }
}
