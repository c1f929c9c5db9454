using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>A forgotten password in a browser: what is typed wrongly keeps the form, the old password is dead, the new one signs in.</summary>
public sealed class RecoveryTests(BrowserFixture browser)
{
    private const string NewPassword = "Recovered-example-Passw0rd";

    [Theory]
    [MemberData(nameof(Cells.WithoutScriptToo), MemberType = typeof(Cells))]
    public async Task A_forgotten_password_is_replaced(string locale, bool phone, bool script)
    {
        var viewport = phone ? BrowserFixture.Phone : BrowserFixture.Desktop;
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var owner = await browser.VisitorAsync(viewport, locale, script);
        await owner.RegisterAsync(browser, person);
        await using var visitor = await browser.VisitorAsync(viewport, locale, script);
        var (page, story) = (visitor.Page, new Story(visitor, "recovery", locale, phone, script));
        await visitor.GoToAsync("identity", "/sign-in");
        await page.ClickAsync("main a[href^='/recover']");
        await story.SeenAsync("start");
        await page.FillAsync("#IdNumber", "340100");
        await page.FillAsync("#Name", person.Name);
        await page.SubmitAsync();
        Assert.Equal(person.Name, await page.InputValueAsync("#Name"));
        await story.RefusedAsync("start-errors");
        await page.FillInAsync(person);
        await page.SubmitAsync();
        await story.SeenAsync("code");
        await page.FillAsync("#Code", await person.WaitForCodeAsync(browser.Description.Sandbox, before: 1));
        await page.SubmitAsync();
        await story.SeenAsync("password");
        await page.FillAsync("#Password", NewPassword);
        await page.FillAsync("#PasswordAgain", NewPassword + "x");
        await page.SubmitAsync();
        await page.WaitForSelectorAsync(".error-summary");
        await page.FillAsync("#Password", NewPassword);
        await page.FillAsync("#PasswordAgain", NewPassword);
        await page.SubmitAsync();
        await story.SeenAsync("done");
        await page.ClickAsync("main a.button[href='/sign-in']");
        Assert.EndsWith("/sign-in", page.Url, StringComparison.Ordinal);

        // Every device is signed out, the former password opens nothing, the new one does.
        await owner.GoToAsync("identity", "/account");
        Assert.Contains("/sign-in", owner.Page.Url, StringComparison.Ordinal);
        await visitor.SignInAsync(person, Registering.Password);
        await page.WaitForSelectorAsync(".error-summary");
        await visitor.SignInAsync(person, NewPassword);
        Assert.EndsWith("/account", page.Url, StringComparison.Ordinal);
        await story.SeenAsync("account");
        visitor.AssertQuiet();
    }
}
