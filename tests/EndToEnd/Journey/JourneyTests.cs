using Xunit;
using Yinxin.EndToEnd.Browsing;

namespace Yinxin.EndToEnd.Journey;

/// <summary>The main job in one piece and in real browsers: register → passkey → apply → raise the level → decide → pay → download → verify.</summary>
public sealed class JourneyTests(BrowserFixture browser)
{
    [Theory]
    [InlineData("desktop", "zh-CN", true)]
    [InlineData("phone", "en", true)]
    [InlineData("phone", "zh-CN", false)]
    public async Task A_newcomer_ends_with_a_licence_that_verifies(string device, string locale, bool script)
    {
        var viewport = device == "phone" ? BrowserFixture.Phone : BrowserFixture.Desktop;
        await using var visitor = await browser.VisitorAsync(viewport, locale, script);
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        var citizen = new Citizen(visitor, browser, person, $"journey-{device}-{locale}{(script ? "" : "-no-script")}", script);

        await citizen.OpenTheMatterAsync();
        await citizen.RegisterAsync();
        await citizen.FillInAndMeetTheLevelAsync();
        await Officials.VerifyAtTheCounterAsync(browser, person, script);
        await citizen.GoOnWithTheLevelReachedAsync();
        var caseNumber = await citizen.UploadAndSubmitAsync();
        await Officials.DecideAsync(browser, caseNumber, script);
        await citizen.PayAsync(caseNumber);
        var licence = await citizen.DownloadAsync(caseNumber);
        await citizen.VerifyAsync(licence, "valid");
        licence[licence.Length / 3] ^= 0x01;
        await citizen.VerifyAsync(licence, "invalid");
        await citizen.SignOutAndInAgainAsync();

        Assert.Empty(visitor.ForeignRequests);
        Assert.Empty(visitor.ConsoleErrors);
    }
}
