using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>Registering by password where the journey does not: each step goes wrong first and keeps what was typed; then the owner signs out and in.</summary>
public sealed class RegistrationTests(BrowserFixture browser)
{
    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task What_is_mistyped_is_kept_and_the_account_opens(string locale, bool phone)
    {
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale);
        var (page, story) = (visitor.Page, new Story(visitor, "register", locale, phone));
        await visitor.GoToAsync("identity", "/sign-in?ReturnUrl=%2Faccount");
        await page.ClickAsync("main a[href^='/register']");
        await page.FillInAsync(person);
        await page.FillAsync("#Name", "样例别人");
        await page.SubmitAsync();
        Assert.Equal((person.IdNumber, "样例别人"), (await page.InputValueAsync("#IdNumber"), await page.InputValueAsync("#Name")));
        await story.RefusedAsync("who-errors");
        await page.FillAsync("#Name", person.Name);
        await story.SeenAsync("who");
        await page.SubmitAsync();
        await page.FillAsync("#Phone", "12345");
        await page.SubmitAsync();
        Assert.Equal("12345", await page.InputValueAsync("#Phone"));
        await story.RefusedAsync("phone-errors");
        await page.FillAsync("#Phone", person.Phone);
        await page.SubmitAsync();
        await page.FillAsync("#Code", "000000");
        await page.SubmitAsync();
        await story.RefusedAsync("code-errors");
        await page.FillAsync("#Code", await person.ReadCodeAsync(browser.Description.Sandbox));
        await page.SubmitAsync();
        await page.FillAsync("#Password", "short");
        await page.FillAsync("#PasswordAgain", "short");
        await page.SubmitAsync();
        await story.RefusedAsync("check-errors");
        await page.FillAsync("#Password", Registering.Password);
        await page.FillAsync("#PasswordAgain", Registering.Password);
        await page.CheckAsync("#Agreement");
        await story.SeenAsync("check");
        await page.SubmitAsync();
        await page.WaitForURLAsync(browser.Address("identity") + "/account");
        Assert.Equal(locale == "en" ? "Primary" : "初级", await page.InnerTextAsync("#level"));
        Assert.Contains(person.Name, await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await story.SeenAsync("account");

        await page.ClickAsync("main a[href='/sign-out']");
        await story.SeenAsync("sign-out");
        await page.SubmitAsync();
        await page.WaitForURLAsync("**/signed-out");
        await story.SeenAsync("signed-out");
        await visitor.SignInAsync(person, Registering.Password);
        Assert.EndsWith("/account", page.Url, StringComparison.Ordinal);
        visitor.AssertQuiet();
    }
}
