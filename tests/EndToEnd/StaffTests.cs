using System.Globalization;
using System.Security.Cryptography;
using Xunit;
using Yinxin.EndToEnd.Accounts;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd;

/// <summary>
/// An official's account: opened by one administrator, given roles by another, and a second factor by its owner; that one is lost, taken off by two, and set up anew with the ticket; then what
/// the official checked at a counter is taken back as a whole. The pages by themselves are looked at in all cells by <see cref="ConsoleTests"/>.
/// </summary>
public sealed class StaffTests(BrowserFixture browser)
{
    private const string Password = "Official-example-Passw0rd";

    [Theory]
    [InlineData("zh-CN", true)]
    [InlineData("en", false)]
    public async Task An_official_is_opened_loses_the_second_factor_and_has_all_checks_taken_back(string locale, bool phone)
    {
        var viewport = phone ? BrowserFixture.Phone : BrowserFixture.Desktop;
        var userName = "sample-" + RandomNumberGenerator.GetHexString(12, lowercase: true);
        await using var system = await ConsoleTests.SignedInAsync(browser, "system01", viewport, locale, script: true);
        await using var first = await ConsoleTests.SignedInAsync(browser, "security01", viewport, locale, script: true);
        await using var second = await ConsoleTests.SignedInAsync(browser, "security02", viewport, locale, script: true);
        await using var official = await browser.VisitorAsync(viewport, locale);
        await using var citizen = await browser.VisitorAsync(viewport, locale);
        var (opening, giving, deciding) = (new Story(system, "staff", locale, phone), new Story(first, "staff-security", locale, phone), new Story(second, "staff-deciding", locale, phone));
        var own = new Story(official, "staff-own", locale, phone);
        var (member, initial) = await OpenAsync(system, opening, userName);
        await GiveRolesAsync(first, giving, member);

        await SignInAsync(official, userName, initial, "/account/password");
        await official.SendAsync(browser.Address("identity") + "/account/password?ReturnUrl=%2Fconsole", ("Current", initial), ("Password", Password), ("PasswordAgain", Password));
        await official.GoToAsync("identity", "/account/second-factor/official?ReturnUrl=%2Fconsole");
        await SetUpAsync(own, "no-factor");
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await citizen.RegisterAsync(browser, person);
        await official.SendAsync(
            browser.Address("identity") + "/console/counter/verify", ("IdNumber", person.IdNumber), ("Name", person.Name), ("Window", "3"), ("DocumentChecked", "true"));
        await citizen.UntilLevelAsync(locale == "en" ? "Intermediate" : "中级");

        var ticket = await ResetAsync(system, opening, second, deciding, member);
        await ShowTicketAsync(official, own, userName, ticket);
        await TakeBackAsync(first, giving, second, deciding, member);
        await citizen.UntilLevelAsync(locale == "en" ? "Primary" : "初级");
        foreach (var visitor in (Visitor[])[system, first, second, official, citizen])
        {
            visitor.AssertQuiet();
        }
    }

    /// <summary>With a post at a counter.</summary>
    /// <returns>Path of the official's page, and the initial password.</returns>
    private static async Task<(string Member, string Initial)> OpenAsync(Visitor system, Story story, string userName)
    {
        var page = story.Page;
        await system.GoToAsync("identity", "/console/staff/new");
        await page.FillAsync("#UserName", userName);
        await page.FillAsync("#Name", "测样例（窗口）");
        await page.FillAsync("#DepartmentUscc", "11349900MB0000051U");
        await page.FillAsync("#DepartmentName", "样例市新闻出版局");
        await page.ClickAsync("main form.panel button[type=submit]");
        var initial = await page.InnerTextAsync("#initial-password");
        await story.SeenAsync("opened");
        await system.GoToAsync("identity", "/console/staff");
        await page.FillAsync("#UserName", userName);
        await page.ClickAsync("main form.panel button[type=submit]");
        await page.ClickAsync($"main tbody tr:has-text('{userName}') a");
        await page.WaitForSelectorAsync("#roles");
        var member = new Uri(page.Url).AbsolutePath;
        await page.FillAsync("#Hall", "样例市政务服务中心");
        await page.ClickAsync("form[action$='handler=Post'] button");
        await story.RefusedAsync("post-errors");
        await page.SelectOptionAsync("#HallLevel", "city");
        await page.ClickAsync("form[action$='handler=Post'] button");
        await page.WaitForSelectorAsync("main .notice.good");
        await story.SeenAsync("post");
        return (member, initial);
    }

    private static async Task GiveRolesAsync(Visitor security, Story story, string member)
    {
        var page = story.Page;
        await security.GoToAsync("identity", member);
        await page.CheckAsync("#role-counter-officer");
        await page.ClickAsync("form[action$='handler=Roles'] button");
        await story.RefusedAsync("roles-errors");
        Assert.True(await page.IsCheckedAsync("#role-counter-officer"));
        await page.FillAsync("#Explanation", "样例：新到窗口岗位");
        await page.ClickAsync("form[action$='handler=Roles'] button");
        await page.WaitForSelectorAsync("main .notice.good");
        Assert.True(await page.IsCheckedAsync("#role-counter-officer"));
        await story.SeenAsync("roles");
    }

    /// <summary>From the page that says that a second factor is needed, and on to the console.</summary>
    private async Task SetUpAsync(Story story, string screen)
    {
        await story.Page.WaitForSelectorAsync("main .actions a.button");
        await story.SeenAsync(screen);
        await story.Page.ClickAsync("main .actions a.button");
        await story.Page.PairAppAsync();
        await story.Page.WaitForURLAsync(browser.Address("identity") + "/console");
    }

    /// <summary>One administrator proposes it, another of another office decides.</summary>
    /// <returns>The ticket.</returns>
    private static async Task<string> ResetAsync(Visitor system, Story proposing, Visitor second, Story deciding, string member)
    {
        var page = proposing.Page;
        await system.GoToAsync("identity", member);
        await page.ClickAsync("form[action$='handler=Factor'] button");
        await proposing.RefusedAsync("factor-errors");
        await page.FillAsync("#Loss", "样例：手机遗失，没有恢复码");
        await page.ClickAsync("form[action$='handler=Factor'] button");
        await page.WaitForSelectorAsync("main p.notice");
        await proposing.SeenAsync("factor-waits");
        await second.GoToAsync("identity", member);
        await deciding.Page.ClickAsync("main p.notice a[href^='/console/proposals/']");
        await deciding.Page.FillAsync("#Note", "样例：已当面核对");
        await deciding.Page.ClickAsync("button[value=approve]");
        var ticket = await deciding.Page.InnerTextAsync("#factor-ticket");
        await deciding.SeenAsync("ticket");
        return ticket;
    }

    /// <summary>The session is over, and the password alone leads no further than to where the ticket is asked for.</summary>
    private async Task ShowTicketAsync(Visitor official, Story story, string userName, string ticket)
    {
        var page = story.Page;
        await official.GoToAsync("identity", "/console");
        Assert.Contains("/sign-in", page.Url, StringComparison.Ordinal);
        await SignInAsync(official, userName, Password, "/console");
        await official.GoToAsync("identity", "/console");
        await page.WaitForSelectorAsync("#Ticket");
        await story.SeenAsync("asked-for-the-ticket");
        await page.FillAsync("#Ticket", "aaaa-bbbb-cccc-dddd");
        await page.SubmitAsync();
        await story.RefusedAsync("ticket-errors");
        await page.FillAsync("#Ticket", ticket);
        await page.SubmitAsync();
        await SetUpAsync(story, "ticket-taken");
    }

    private static async Task TakeBackAsync(Visitor first, Story proposing, Visitor second, Story deciding, string member)
    {
        var page = proposing.Page;
        await first.GoToAsync("identity", member);
        await page.ClickAsync("main a[href$='/counter-evidence']");
        await page.WaitForSelectorAsync("#Since");
        await page.ClickAsync("main form.panel button[type=submit]");
        await proposing.RefusedAsync("checks-errors");

        // Everything of this official, whatever day it is in Beijing by now.
        await page.FillAsync("#Since", TimeProvider.System.GetUtcNow().AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await page.SelectOptionAsync("#Reason", "counter-false");
        await page.FillAsync("#Explanation", "样例：未核对证件原件");
        await page.ClickAsync("main form.panel button[type=submit]");
        await page.WaitForURLAsync("**/console/proposals/*");
        await proposing.SeenAsync("checks-proposed");
        await second.GoToAsync("identity", new Uri(page.Url).AbsolutePath);
        await deciding.Page.FillAsync("#Note", "样例：同意");
        await deciding.Page.ClickAsync("button[value=approve]");
        await deciding.Page.LoadedAsync();
        Assert.Equal(0, await deciding.Page.Locator("button[value=approve]").CountAsync());
        await deciding.Page.ClickAsync("main a[href$='/counter-evidence']");
        await deciding.Page.WaitForSelectorAsync("#run:has-text('100%')");
        Assert.Equal("1", await deciding.Page.InnerTextAsync("#checks"));
        await deciding.SeenAsync("checks-taken-back");
    }

    /// <summary>Beside the page, with whatever that leads to.</summary>
    private Task SignInAsync(Visitor official, string userName, string password, string returnUrl) =>
        official.SendAsync($"{browser.Address("identity")}/sign-in?ReturnUrl={Uri.EscapeDataString(returnUrl)}", ("Name", userName), ("Password", password));
}
