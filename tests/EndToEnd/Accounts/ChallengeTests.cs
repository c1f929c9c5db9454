using System.Diagnostics;
using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>The check under pressure, as people meet it: with script the browser works while they type, without it they wait; nobody has to see, hear, or solve anything.</summary>
public sealed class ChallengeTests(BrowserFixture browser)
{
    private const string Token = "input[name=__RequestVerificationToken]";

    /// <summary>How long whoever waits in place of the work does so here; as <see cref="BrowserFixture"/> sets it.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(15);

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
        await SendAsync(page);
        await page.FillAsync("#Password", Registering.Password);
        await SendAsync(page);
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
        var asked = await MistypeAsync(visitor, person);
        Assert.Contains(locale == "en" ? "Please wait" : "请等待", await page.InnerTextAsync("[data-challenge-status]"), StringComparison.Ordinal);
        Assert.False(await page.IsVisibleAsync("[data-challenge-wait]"));
        await visitor.SeenAsync(name + "-wait", script: false);
        await EnterAsync();

        // On a machine so busy that this took as long as the wait, it was not too early.
        if (asked.Elapsed < Wait)
        {
            Assert.Contains("/sign-in", page.Url, StringComparison.Ordinal);
            Assert.Contains(locale == "en" ? "not over yet" : "等待时间还没有到", await page.InnerTextAsync(".error-summary"), StringComparison.Ordinal);
            await visitor.SeenAsync(name + "-early", script: false);
        }

        var started = Stopwatch.StartNew();
        while (page.Url.Contains("/sign-in", StringComparison.Ordinal) && started.Elapsed < TimeSpan.FromSeconds(120))
        {
            await EnterAsync();
        }

        Assert.EndsWith("/account", page.Url, StringComparison.Ordinal);

        async Task EnterAsync()
        {
            await page.FillAsync("#Password", Registering.Password);
            await SendAsync(page);
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

    /// <returns>Runs since before the wait began.</returns>
    private static async Task<Stopwatch> MistypeAsync(Visitor visitor, Newcomer person)
    {
        var page = visitor.Page;
        await visitor.GoToAsync("identity", "/sign-in?ReturnUrl=%2Faccount");
        await page.FillAsync("input[name=Name]", person.IdNumber);
        for (var i = 0; i < 2; i++)
        {
            await page.FillAsync("#Password", "mistyped");
            await SendAsync(page);
            Assert.Equal(0, await page.Locator("[data-challenge]").CountAsync());
        }

        await page.FillAsync("#Password", "mistyped");
        var asked = Stopwatch.StartNew();
        await SendAsync(page);
        await Assertions.Expect(page.Locator("[data-challenge]")).ToHaveCountAsync(1);
        return asked;
    }

    /// <summary>
    /// Sends the form and waits until the whole page that answers is there, told from the one before by its token. A click waits for neither, and the page before has long been loaded: on a busy
    /// machine the next field would be filled in there, and be gone when the answer comes, and a second click would break it off.
    /// </summary>
    private static async Task SendAsync(IPage page)
    {
        var token = await page.Locator(Token).First.GetAttributeAsync("value");
        await page.ClickAsync("main form[method=post] button[type=submit] >> nth=0");
        await page.Locator($"html:not(:has({Token}[value=\"{token}\"])) footer.site").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
    }
}
