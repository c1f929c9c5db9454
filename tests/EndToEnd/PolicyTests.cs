using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Accounts;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd;

/// <summary>
/// A security administrator edits the policy, is told what is wrong with it, compares it with the one in force and tries it on everybody; another one could put it in force, and does not: it would
/// change the levels of the other stories' accounts. All proposals of this project are made here, one after another: of two at once one is refused.
/// </summary>
public sealed class PolicyTests(BrowserFixture browser)
{
    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task A_policy_is_edited_compared_and_tried_before_another_official_may_put_it_in_force(string locale, bool phone)
    {
        var (viewport, english) = (phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale == "en");

        // Somebody whose level rests on what the proposal no longer takes.
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var citizen = await browser.VisitorAsync(viewport, locale);
        await citizen.RegisterAsync(browser, person);
        await citizen.RaiseAsync(browser, person);

        await using var first = await SignedInAsync("security01", viewport, locale);
        await using var second = await SignedInAsync("security02", viewport, locale);
        var (story, other) = (new Story(first, "policy", locale, phone), new Story(second, "policy-second", locale, phone));
        var version = await ProposeAsync(first, story, english);
        await CompareAsync(story);
        await TryAsync(first, story, version, person);

        // Who proposed it does not put it in force; another one could.
        Assert.Equal(0, await first.Page.Locator("main form[action$='handler=Activate']").CountAsync());
        await second.GoToAsync("identity", version);
        Assert.Equal(1, await second.Page.Locator("main form[action$='handler=Activate']").CountAsync());
        await other.SeenAsync("deciding");
        first.AssertQuiet();
        second.AssertQuiet();
    }

    /// <returns>Path of the proposed version.</returns>
    private static async Task<string> ProposeAsync(Visitor first, Story story, bool english)
    {
        var page = story.Page;
        await first.GoToAsync("identity", "/console/policies");
        await page.ClickAsync("main .actions a[href='/console/policies/new']");
        var policy = JsonNode.Parse(await page.InputValueAsync("#Document"))!.AsObject();
        await SendAsync(page, "{");
        await page.WaitForSelectorAsync(".error-summary a[href='#Document']");
        Assert.Equal("{", await page.InputValueAsync("#Document"));
        Assert.Equal("样例：只认窗口", await page.InputValueAsync("#Note"));
        await story.RefusedAsync("broken");
        policy["person"]!["intermediate"]![0] = new JsonArray("no-such-kind");
        await SendAsync(page, policy.ToJsonString());
        await page.WaitForSelectorAsync(".error-summary:has-text('person.intermediate[0][0]')");
        Assert.Contains(english ? "It cannot be used." : "该策略不能使用。", await page.InnerTextAsync(".error-summary"), StringComparison.Ordinal);
        await story.RefusedAsync("unknown-kind");
        policy["person"]!["intermediate"]![0] = new JsonArray("counter");
        policy["signIn"]![0]!["level"] = "intermediate";
        await SendAsync(page, policy.ToJsonString());
        await page.WaitForSelectorAsync("main form[action$='handler=DryRun']");
        await story.SeenAsync("proposed");
        return new Uri(page.Url).AbsolutePath;
    }

    /// <summary>With the version in force, as the page offers.</summary>
    private static async Task CompareAsync(Story story)
    {
        await story.Page.ClickAsync("main form.search button[type=submit]");
        await story.Page.WaitForSelectorAsync("#diff");
        Assert.Contains("unionpay-card", string.Concat(await story.Page.Locator("#diff del").AllInnerTextsAsync()), StringComparison.Ordinal);
        Assert.Contains("intermediate", string.Concat(await story.Page.Locator("#diff ins").AllInnerTextsAsync()), StringComparison.Ordinal);
        await story.SeenAsync("compared");
    }

    /// <summary>The run moves by itself and says whom it would lower, masked, and who is signed in with too little then; it stands on the version's page afterwards.</summary>
    private static async Task TryAsync(Visitor first, Story story, string version, Newcomer person)
    {
        var page = story.Page;
        await first.GoToAsync("identity", version);
        await page.ClickAsync("main form[action$='handler=DryRun'] button");
        await page.WaitForSelectorAsync("#run progress[max='100'][value]");
        await page.WaitForSelectorAsync("#run:not([hx-get]) progress[max='100'][value='100']");
        Assert.NotEqual("0", await page.Locator("#run dl.summary").First.Locator("dd").Nth(1).InnerTextAsync());
        Assert.NotEqual(0, await page.Locator("#run td a[href^='/console/accounts/']").CountAsync());
        Assert.Contains("pwd", await page.InnerTextAsync("#sessions"), StringComparison.Ordinal);
        Assert.DoesNotContain(person.IdNumber, await page.ContentAsync(), StringComparison.Ordinal);
        await story.SeenAsync("run");
        await page.ClickAsync($"main a[href='{version}']");
        await page.WaitForSelectorAsync("main a[href^='/console/runs/']");
        await story.SeenAsync("tried");
    }

    private static async Task SendAsync(IPage page, string document)
    {
        await page.FillAsync("#Document", document);
        await page.FillAsync("#Note", "样例：只认窗口");
        await page.SubmitAsync();
    }

    private async Task<Visitor> SignedInAsync(string account, ViewportSize viewport, string locale)
    {
        var visitor = await browser.VisitorAsync(viewport, locale);
        await visitor.GoToAsync("identity", "/console");
        await visitor.SignInIfAskedAsync(browser, account);
        return visitor;
    }
}
