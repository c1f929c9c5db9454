using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>No address is typed after the portal's home: whatever a person may do with the account is reached by clicks, and so is the portal again.</summary>
public sealed class EverywhereTests(BrowserFixture browser)
{
    [Theory]
    [MemberData(nameof(Cells.WithoutScriptToo), MemberType = typeof(Cells))]
    public async Task From_the_portal_to_every_page_of_the_account_and_back_by_clicks(string locale, bool phone, bool script)
    {
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale, script);
        var (page, story) = (visitor.Page, new Story(visitor, "everywhere", locale, phone, script));
        var (web, account) = (browser.Address("web"), browser.Address("identity") + "/account");
        await visitor.RegisterAsync(browser, person);
        await visitor.GoToAsync("web", "/");
        await page.ClickAsync("#sign-in");
        await page.WaitForSelectorAsync("#sign-out");
        await story.SeenAsync("home");
        await ClickAsync(page, $"header a[href='{account}']", account);
        await ClickAsync(page, "main a[href='/account/step-up']", account + "/step-up");
        await story.SeenAsync("raising");
        await ClickAsync(page, "header .tools a[href='/account']", account);
        foreach (var (name, path) in ((string, string)[])[("mandates", "/mandates"), ("sessions", "/sessions"), ("applications", "/applications"), ("acting", "/acting"), ("closing", "/close")])
        {
            await ClickAsync(page, $"main a[href='/account{path}']", account + path);
            await story.SeenAsync(name);
            await ClickAsync(page, "main a[href='/account']", account);
        }

        await ClickAsync(page, $"footer a[href='{web}']", web + "/");
        await ClickAsync(page, $"footer a[href='{account}/organisations']", account + "/organisations");
        await ClickAsync(page, $"footer a[href='{web}']", web + "/");
        await ClickAsync(page, $"footer a[href='{account}/mandates']", account + "/mandates");
        await ClickAsync(page, $"footer a[href='{web}']", web + "/");
        await ClickAsync(page, "footer a[href='/help']", web + "/help");
        await story.SeenAsync("help");
        visitor.AssertQuiet();
    }

    private static async Task ClickAsync(IPage page, string selector, string address)
    {
        await page.ClickAsync(selector);
        await page.WaitForURLAsync(address);
        await page.LoadedAsync();
    }
}
