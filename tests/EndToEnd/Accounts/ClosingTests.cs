using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>An owner asks for the account to be closed and thinks better of it; then the phone is stolen and the account is frozen by name and password alone.</summary>
public sealed class ClosingTests(BrowserFixture browser)
{
    [Theory]
    [MemberData(nameof(Cells.WithoutScriptToo), MemberType = typeof(Cells))]
    public async Task An_account_is_kept_after_all_and_frozen_later(string locale, bool phone, bool script)
    {
        var viewport = phone ? BrowserFixture.Phone : BrowserFixture.Desktop;
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var owner = await browser.VisitorAsync(viewport, locale, script);
        await owner.RegisterAsync(browser, person);
        var page = owner.Page;
        await page.ClickAsync("main a[href='/account/close']");
        await owner.SeenAsync(Name("close"), script);
        await page.SubmitAsync();
        await page.WaitForSelectorAsync(".error-summary");
        await owner.SeenAsync(Name("close-errors"), script);
        await page.CheckAsync("#Understood");
        await page.SubmitAsync();
        await page.WaitForSelectorAsync("form[action$='handler=Undo']");
        Assert.EndsWith("/account/close", page.Url, StringComparison.Ordinal);
        Assert.Matches(locale == "en" ? "will be closed on .*20[0-9]{2}" : "将于 .*20[0-9]{2}.* 注销", await page.InnerTextAsync("main .notice"));
        await owner.SeenAsync(Name("closing"), script);
        await owner.GoToAsync("identity", "/account");
        await owner.SeenAsync(Name("closing-account"), script);
        await page.ClickAsync("main .notice[role=alert] a[href='/account/close']");
        await page.ClickAsync("form[action$='handler=Undo'] button");
        await page.WaitForSelectorAsync("#Understood");
        await owner.SeenAsync(Name("kept"), script);
        await owner.GoToAsync("identity", "/account");
        Assert.Equal(0, await page.Locator("main .notice[role=alert]").CountAsync());
        await owner.GoToAsync("identity", "/account/notices");
        Assert.Contains(locale == "en" ? "the request was taken back" : "账号注销申请已撤回", await page.InnerTextAsync("main"), StringComparison.Ordinal);

        await using var elsewhere = await browser.VisitorAsync(viewport, locale, script);
        await elsewhere.GoToAsync("identity", "/sign-in");
        await elsewhere.Page.ClickAsync("main a[href='/freeze']");
        await elsewhere.Page.FillAsync("#Name", person.IdNumber);
        await elsewhere.Page.FillAsync("#Password", "not-the-right-Passw0rd");
        await elsewhere.Page.SubmitAsync();
        await elsewhere.Page.WaitForSelectorAsync(".error-summary");
        Assert.Equal(person.IdNumber, await elsewhere.Page.InputValueAsync("#Name"));
        await elsewhere.SeenAsync(Name("freeze-errors"), script);
        await elsewhere.Page.FillAsync("#Password", Registering.Password);
        await elsewhere.Page.SubmitAsync();
        await elsewhere.Page.WaitForURLAsync("**/frozen");
        await elsewhere.SeenAsync(Name("frozen"), script);

        // The owner's own browser is signed out at once, and the password opens nothing.
        await owner.GoToAsync("identity", "/account");
        Assert.Contains("/sign-in", page.Url, StringComparison.Ordinal);
        await owner.SignInAsync(person, Registering.Password);
        await page.WaitForSelectorAsync(".error-summary");
        Assert.Empty(owner.ForeignRequests.Concat(elsewhere.ForeignRequests));
        Assert.Empty(owner.ConsoleErrors.Concat(elsewhere.ConsoleErrors));

        string Name(string screen) => $"closing-{locale}-{(phone ? "phone" : "desktop")}{(script ? "" : "-no-script")}-{screen}";
    }
}
