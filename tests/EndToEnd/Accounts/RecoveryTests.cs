using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>A forgotten password in a browser: what is typed wrongly keeps the form, the old password is dead, the new one signs in.</summary>
public sealed class RecoveryTests(BrowserFixture browser)
{
    private const string NewPassword = "Recovered-example-Passw0rd";

    [Theory]
    [InlineData("zh-CN", true, true)]
    [InlineData("en", false, true)]
    [InlineData("en", true, false)]
    public async Task A_forgotten_password_is_replaced(string locale, bool phone, bool script)
    {
        var viewport = phone ? BrowserFixture.Phone : BrowserFixture.Desktop;
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var owner = await browser.VisitorAsync(viewport, locale, script);
        await owner.RegisterAsync(browser, person);
        await using var visitor = await browser.VisitorAsync(viewport, locale, script);
        var (page, screen) = (visitor.Page, 0);
        await visitor.GoToAsync("identity", "/sign-in");
        await page.ClickAsync("main a[href^='/recover']");
        await SeenAsync("start");
        await page.FillAsync("#IdNumber", "340100");
        await page.FillAsync("#Name", person.Name);
        await page.SubmitAsync();
        Assert.True(await page.IsVisibleAsync(".error-summary"));
        Assert.Equal(person.Name, await page.InputValueAsync("#Name"));
        await SeenAsync("start-errors");
        await page.FillAsync("#IdNumber", person.IdNumber);
        await page.SelectOptionAsync("#Sex", person.Sex);
        await page.SelectOptionAsync("#Ethnicity", person.Ethnicity);
        await page.SubmitAsync();
        await SeenAsync("code");
        await page.FillAsync("#Code", await UntilReadAsync(person));
        await page.SubmitAsync();
        await SeenAsync("password");
        await page.FillAsync("#Password", NewPassword);
        await page.FillAsync("#PasswordAgain", NewPassword + "x");
        await page.SubmitAsync();
        Assert.True(await page.IsVisibleAsync(".error-summary"));
        await page.FillAsync("#Password", NewPassword);
        await page.FillAsync("#PasswordAgain", NewPassword);
        await page.SubmitAsync();
        await SeenAsync("done");
        await page.ClickAsync("main a.button[href='/sign-in']");
        Assert.EndsWith("/sign-in", page.Url, StringComparison.Ordinal);

        // Every device is signed out, the former password opens nothing, the new one does.
        await owner.GoToAsync("identity", "/account");
        Assert.Contains("/sign-in", owner.Page.Url, StringComparison.Ordinal);
        await visitor.SignInAsync(person, Registering.Password);
        Assert.True(await page.IsVisibleAsync(".error-summary"));
        await visitor.SignInAsync(person, NewPassword);
        Assert.EndsWith("/account", page.Url, StringComparison.Ordinal);
        await SeenAsync("account");
        await visitor.GoToAsync("identity", "/account/notices");
        await SeenAsync("notices");
        Assert.Empty(visitor.ForeignRequests);
        Assert.Empty(visitor.ConsoleErrors);

        Task SeenAsync(string name) => visitor.SeenAsync($"recovery-{locale}-{(phone ? "phone" : "desktop")}{(script ? "" : "-no-script")}-{++screen:00}-{name}", script);
    }

    /// <summary>The message follows the answer, so that the time of the answer tells nothing.</summary>
    private async Task<string> UntilReadAsync(Newcomer person)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var registered = await person.CountMessagesAsync(browser.Description.Sandbox);
        while (registered < 2 && !patience.IsCancellationRequested)
        {
            await Task.Delay(100, patience.Token);
            registered = await person.CountMessagesAsync(browser.Description.Sandbox);
        }

        return await person.ReadCodeAsync(browser.Description.Sandbox);
    }
}
