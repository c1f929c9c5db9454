using System.Diagnostics;
using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>The check under pressure, as people meet it: with script the browser works while they type, without it they wait; nobody has to see, hear, or solve anything.</summary>
public sealed class ChallengeTests(BrowserFixture browser)
{
    [Theory]
    [InlineData("zh-CN", true)]
    [InlineData("en", false)]
    public async Task With_script_the_browser_does_the_work_while_the_person_types(string locale, bool phone)
    {
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await RegisterAsync(person, locale, phone);
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale);
        var (page, name) = (visitor.Page, $"challenge-{locale}-{(phone ? "phone" : "desktop")}");
        await MistypeAsync(visitor, person);
        var status = page.Locator("[data-challenge-status]");
        await Assertions.Expect(status).ToHaveTextAsync(locale == "en" ? "The check is done; you can submit." : "检查已完成，可以提交。");
        Assert.False(await page.IsVisibleAsync("[data-challenge-wait]"));
        await visitor.SeenAsync(name + "-done", script: true);

        // Whoever is faster than the browser presses the button once all the same.
        await page.FillAsync("#Password", "mistyped-again");
        await page.SubmitAsync();
        await page.FillAsync("#Password", Registering.Password);
        await page.SubmitAsync();
        await page.WaitForURLAsync(browser.Address("identity") + "/account");
        Assert.Empty(visitor.ForeignRequests);
        Assert.Empty(visitor.ConsoleErrors);
    }

    [Theory]
    [InlineData("zh-CN", true)]
    [InlineData("en", false)]
    public async Task Without_script_it_is_enough_to_wait(string locale, bool phone)
    {
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await RegisterAsync(person, locale, phone);
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale, script: false);
        var (page, name) = (visitor.Page, $"challenge-no-script-{locale}-{(phone ? "phone" : "desktop")}");
        await MistypeAsync(visitor, person);
        Assert.Contains(locale == "en" ? "Please wait" : "请等待", await page.InnerTextAsync("[data-challenge-status]"), StringComparison.Ordinal);
        Assert.False(await page.IsVisibleAsync("[data-challenge-wait]"));
        await visitor.SeenAsync(name + "-wait", script: false);
        var started = Stopwatch.StartNew();
        await EnterAsync();
        Assert.Contains("/sign-in", page.Url, StringComparison.Ordinal);
        Assert.Contains(locale == "en" ? "not over yet" : "等待时间还没有到", await page.InnerTextAsync(".error-summary"), StringComparison.Ordinal);
        await visitor.SeenAsync(name + "-early", script: false);
        while (page.Url.Contains("/sign-in", StringComparison.Ordinal) && started.Elapsed < TimeSpan.FromSeconds(120))
        {
            await EnterAsync();
        }

        Assert.EndsWith("/account", page.Url, StringComparison.Ordinal);

        async Task EnterAsync()
        {
            await page.FillAsync("#Password", Registering.Password);
            await page.SubmitAsync();
        }
    }

    [Fact]
    public async Task A_form_without_a_password_goes_on_by_itself_once_the_work_is_done()
    {
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var visitor = await browser.VisitorAsync(BrowserFixture.Phone, "zh-CN");
        var page = visitor.Page;
        for (var i = 0; i < 4; i++)
        {
            await visitor.GoToAsync("identity", "/recover");
            await page.FillAsync("#IdNumber", person.IdNumber);
            await page.FillAsync("#Name", person.Name);
            await page.SelectOptionAsync("#Sex", person.Sex);
            await page.SelectOptionAsync("#Ethnicity", person.Ethnicity);
            await page.SubmitAsync();
            await page.WaitForURLAsync(browser.Address("identity") + "/recover/code");
        }

        Assert.Empty(visitor.ConsoleErrors);
    }

    private async Task RegisterAsync(Newcomer person, string locale, bool phone)
    {
        await using var owner = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale);
        await owner.RegisterAsync(browser, person);
    }

    private static async Task MistypeAsync(Visitor visitor, Newcomer person)
    {
        await visitor.SignInAsync(person, "mistyped");
        Assert.Equal(0, await visitor.Page.Locator("[data-challenge]").CountAsync());
        for (var i = 0; i < 2; i++)
        {
            await visitor.Page.FillAsync("#Password", "mistyped");
            await visitor.Page.SubmitAsync();
        }

        await Assertions.Expect(visitor.Page.Locator("[data-challenge]")).ToHaveCountAsync(1);
    }
}
