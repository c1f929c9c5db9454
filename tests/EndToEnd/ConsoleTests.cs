using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Accounts;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd;

/// <summary>Officials at the console: an account is found and unmasked at a counter, frozen by two security administrators and woken again; every page in both languages, on a desk and on a phone.</summary>
public sealed class ConsoleTests(BrowserFixture browser)
{
    private static readonly (string Account, string[] Pages)[] Pages =
    [
        ("window01", ["/console", "/console/accounts", "/console/accounts?by=Frozen", "/console/proposals", "/console/audit"]),
        ("security01", ["/console/policies", "/console/policies/1", "/console/policies/new", "/console/policies/compare?From=1&To=1", "/console/organisations"]),
        ("system01", ["/console/staff", "/console/staff/new", "/console/imports", "/console/statistics"]),
        ("auditor01", ["/console/audit?Action=session.begin", "/console/audit?Actor=nobody", "/console/audit/verifications", "/account/second-factor/official"]),
    ];

    public static TheoryData<string, bool, bool> Variants => new() { { "zh-CN", false, true }, { "zh-CN", true, true }, { "en", false, true }, { "en", true, true }, { "en", false, false } };

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task An_account_is_found_unmasked_frozen_by_two_officials_and_woken_again(string locale, bool phone, bool script)
    {
        var viewport = phone ? BrowserFixture.Phone : BrowserFixture.Desktop;
        var suffix = $"{locale}-{(phone ? "phone" : "desktop")}{(script ? "" : "-no-script")}";
        await using var counter = await SignedInAsync("window01", viewport, locale, script);
        await using var first = await SignedInAsync("security01", viewport, locale, script);
        await using var second = await SignedInAsync("security02", viewport, locale, script);

        // Nobody's account of another story is frozen under it.
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var owner = await browser.VisitorAsync(viewport, locale, script);
        await owner.RegisterAsync(browser, person);

        var page = counter.Page;
        await counter.GoToAsync("identity", "/console/accounts");
        await page.SelectOptionAsync("#By", "IdNumber");
        await page.FillAsync("#Text", person.IdNumber);
        await page.ClickAsync("main button[type=submit]");
        await counter.SeenAsync("console-found-" + suffix, script);
        await page.ClickAsync("main tbody a >> nth=0");
        await counter.SeenAsync("console-account-" + suffix, script);
        var account = new Uri(page.Url).AbsolutePath;
        await page.ClickAsync("main a[href$='/unmask']");
        await page.ClickAsync("main button[type=submit]");
        await page.WaitForSelectorAsync(".error-summary");
        await counter.SeenAsync("console-unmask-errors-" + suffix, script);
        await page.SelectOptionAsync("#Field", "idNumber");
        await page.SelectOptionAsync("#Reason", "counter-service");
        await page.FillAsync("#Explanation", "样例：窗口办理业务");
        await page.ClickAsync("main button[type=submit]");
        Assert.Equal(person.IdNumber, await page.InnerTextAsync("#value"));
        await counter.SeenAsync("console-unmasked-" + suffix, script);

        await DecideAsync(first, second, account, "stolen", "console-freeze-" + suffix, script);
        await counter.GoToAsync("identity", account);
        Assert.True(await page.IsVisibleAsync(".tag.bad"));
        await DecideAsync(first, second, account, "owner-proved", "console-unfreeze-" + suffix, script, look: false);
        await counter.GoToAsync("identity", account);
        Assert.False(await page.IsVisibleAsync("dl .tag.bad"));

        // What the owner freezes by themselves, officials may freeze besides.
        await owner.SignInAsync(person, Registering.Password);
        await owner.GoToAsync("identity", "/account/freeze");
        await owner.Page.SubmitAsync();
        await owner.Page.WaitForURLAsync("**/frozen");
        await DecideAsync(first, second, account, "besides:court-order", "console-besides-" + suffix, script, look: false);
        await counter.GoToAsync("identity", account);
        Assert.Equal(2, await page.Locator("[aria-labelledby=freezes] tbody tr").CountAsync());
        await counter.SeenAsync("console-freezes-" + suffix, script);

        // Of the two the first in the list is lifted, and the owner's own stands.
        await DecideAsync(first, second, account, "settled", "console-lift-one-" + suffix, script, freeze: 1);
        await counter.GoToAsync("identity", account);
        Assert.Equal(1, await page.Locator("[aria-labelledby=freezes] tbody tr").CountAsync());
        Assert.True(await page.IsVisibleAsync("dl .tag.bad"));
        foreach (var visitor in (Visitor[])[counter, first, second, owner])
        {
            visitor.AssertQuiet();
        }
    }

    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task Every_page_is_accessible(string locale, bool phone)
    {
        foreach (var (account, pages) in Pages)
        {
            await using var visitor = await SignedInAsync(account, phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale, script: true);
            foreach (var path in pages)
            {
                await visitor.GoToAsync("identity", path);
                await visitor.SeenAsync($"{path[1..].Replace('/', '-').Replace('?', '-').Replace('=', '-').Replace('&', '-')}-{locale}-{(phone ? "phone" : "desktop")}", script: true);
            }

            if (account == "security01")
            {
                await LookAtOfficialAsync(visitor, $"{locale}-{(phone ? "phone" : "desktop")}");
            }

            visitor.AssertQuiet();
        }
    }

    /// <summary>One official's own page and what leads on from it; what is done there: <see cref="StaffTests"/>.</summary>
    private static async Task LookAtOfficialAsync(Visitor security, string suffix)
    {
        var page = security.Page;
        await security.GoToAsync("identity", "/console/staff");
        await page.FillAsync("#UserName", "window01");
        await page.ClickAsync("main form.panel button[type=submit]");
        await page.ClickAsync("main tbody tr:has-text('window01') a");
        await page.WaitForSelectorAsync("#roles");
        await security.SeenAsync("console-official-" + suffix, script: true);
        await page.ClickAsync("main a[href$='/counter-evidence']");
        await page.WaitForSelectorAsync("#Since");
        await security.SeenAsync("console-official-checks-" + suffix, script: true);
    }

    [Fact]
    public async Task The_chain_is_verified_from_the_page()
    {
        await using var auditor = await SignedInAsync("auditor01", BrowserFixture.Phone, "zh-CN", script: true);
        await auditor.GoToAsync("identity", "/console/audit/verifications");
        await auditor.Page.ClickAsync("main button[type=submit]");
        await auditor.Page.WaitForSelectorAsync("#verifications .tag.good");
        await auditor.SeenAsync("console-verified", script: true);
        auditor.AssertQuiet();
    }

    private Task<Visitor> SignedInAsync(string account, ViewportSize viewport, string locale, bool script) => SignedInAsync(browser, account, viewport, locale, script);

    internal static async Task<Visitor> SignedInAsync(BrowserFixture browser, string account, ViewportSize viewport, string locale, bool script)
    {
        var visitor = await browser.VisitorAsync(viewport, locale, script);
        await visitor.GoToAsync("identity", "/console");
        await visitor.SignInIfAskedAsync(browser, account);
        return visitor;
    }

    /// <param name="first">Proposes.</param>
    /// <param name="second">Decides.</param>
    /// <param name="account">Path of the page of the account or organisation.</param>
    /// <param name="reason">Why, as the form spells it.</param>
    /// <param name="name">Of the screens.</param>
    /// <param name="script">Whether script runs.</param>
    /// <param name="look">Whether all four pages are looked at; they are the same for each reason but for its words, which the last of them shows.</param>
    /// <param name="freeze">Place of the freeze that is lifted in the list of several; null: nothing is chosen.</param>
    internal static async Task DecideAsync(Visitor first, Visitor second, string account, string reason, string name, bool script, bool look = true, int? freeze = null)
    {
        await first.GoToAsync("identity", account + "/freeze");
        await first.Page.SelectOptionAsync("#Reason", reason);
        if (freeze is { } place)
        {
            await first.Page.SelectOptionAsync("#Freeze", new SelectOptionValue { Index = place });
        }

        await first.Page.FillAsync("#Explanation", "样例：接到报告，已核实");
        await SeenAsync(first, "-proposing");
        await first.Page.ClickAsync("main form.panel button[type=submit]");
        await first.Page.WaitForURLAsync("**/console/proposals/*");
        var proposal = new Uri(first.Page.Url).AbsolutePath;
        await SeenAsync(first, "-proposed");
        Assert.Equal(0, await first.Page.Locator("button[value=approve]").CountAsync());
        await second.GoToAsync("identity", "/console/proposals");
        await SeenAsync(second, "-waiting");
        await second.GoToAsync("identity", proposal);
        await second.Page.FillAsync("#Note", "样例：同意");
        await second.SeenAsync(name + "-deciding", script);
        await second.Page.ClickAsync("button[value=approve]");
        await second.Page.LoadedAsync();
        Assert.Equal(0, await second.Page.Locator("button[value=approve]").CountAsync());

        async Task SeenAsync(Visitor visitor, string screen)
        {
            if (look)
            {
                await visitor.SeenAsync(name + screen, script);
            }
        }
    }
}
