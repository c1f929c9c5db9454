using System.Net.Http.Json;
using Xunit;
using Yinxin.EndToEnd.Accounts;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd;

/// <summary>
/// A mandate with seals, for a type of matters, of which a part is passed on: both rest while it is suspended and until a new legal representative confirms, and the part ends with the whole.
/// </summary>
public sealed class PassedOnMandateTests(BrowserFixture browser)
{
    private const string Seals = "yx-seal-1\nyx-seal-2";
    private const string OneSeal = "yx-seal-2";

    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task A_part_is_passed_on_rests_goes_on_and_ends_with_the_mandate_above(string locale, bool phone)
    {
        var (viewport, english) = (phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale == "en");
        var company = await Newcomer.ChooseCompanyAsync(browser.Description.Sandbox);
        var (first, second) = (await Newcomer.ChooseAsync(browser.Description.Sandbox), await Newcomer.ChooseAsync(browser.Description.Sandbox));
        var next = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var representative = await browser.VisitorAsync(viewport, locale);
        await using var agent = await browser.VisitorAsync(viewport, locale);
        await using var helper = await browser.VisitorAsync(viewport, locale);
        await using var successor = await browser.VisitorAsync(viewport, locale);
        await helper.RegisterAsync(browser, second);
        await agent.RegisterAsync(browser, first);
        await successor.RegisterAsync(browser, next);
        await successor.RaiseAsync(browser, next);
        await representative.RegisterAsync(browser, company.LegalRepresentative);
        await representative.RaiseAsync(browser, company.LegalRepresentative);
        await representative.RaiseOrganisationAsync(browser, company);
        var helping = new Story(helper, "part-helper", locale, phone);
        var giving = new Story(representative, "part-representative", locale, phone);
        var succeeding = new Story(successor, "part-successor", locale, phone);

        var mandate = await GiveAsync(representative, giving, first, english);
        await agent.SendAsync(browser.Address("identity") + mandate, ("Read", "true"), ("act", "Accept"));
        var part = await PassOnAsync(agent, new Story(agent, "part-agent", locale, phone), second, mandate, english);
        await TakeAsync(helper, helping, part);

        await giving.Page.ReloadAsync();
        await ActAsync(giving, "Suspend", "Resume", "suspended");
        await RestsAsync(agent, helper, helping, mandate, part, english ? "so this one cannot be used" : "此授权暂不能使用");
        await ActAsync(giving, "Resume", "Suspend", "resumed");
        Assert.Equal(2, await ChoicesAsync(agent, mandate) + await ChoicesAsync(helper, part));

        await NameAsync(company, next);
        await ConfirmAsync(successor, succeeding, mandate, english);
        Assert.Equal(2, await ChoicesAsync(agent, mandate) + await ChoicesAsync(helper, part));

        await agent.GoToAsync("identity", mandate);
        await agent.Page.ClickAsync("button[value=Resign]");
        await agent.Page.WaitForSelectorAsync("#state.bad");
        await EndedAsync(helper, helping, part, english, english ? $"A mandate of {company.Name} was revoked." : $"{company.Name}的经办授权已撤销。");
        foreach (var visitor in (Visitor[])[representative, agent, helper, successor])
        {
            visitor.AssertQuiet();
        }
    }

    /// <summary>For permits alone, with two seals, and with leave to pass on; to use seals without naming one is refused.</summary>
    /// <returns>Path of the mandate.</returns>
    private static async Task<string> GiveAsync(Visitor representative, Story story, Newcomer person, bool english)
    {
        var page = story.Page;
        await representative.GoToAsync("identity", "/account/organisations");
        await page.ClickAsync("main a[href$='/agents'] >> nth=0");
        await page.ClickAsync("main a[href$='/agents/new']");
        await page.FillAsync("#Name", person.Name);
        await page.FillAsync("#IdNumber", person.IdNumber);
        await page.CheckAsync("#p-apply");
        await page.CheckAsync("#p-use-seal");
        await page.CheckAsync("#r-categories");
        await page.ClickAsync("main form details summary");
        await page.CheckAsync("#t-01");
        await page.CheckAsync("#SubDelegate");
        await page.SubmitAsync();
        await story.RefusedAsync("no-seal");
        Assert.True(await page.IsCheckedAsync("#t-01"));
        Assert.True(await page.IsCheckedAsync("#SubDelegate"));
        await page.FillAsync("#Seals", Seals);
        await page.SubmitAsync();
        await page.WaitForURLAsync("**/account/mandates/*");
        var terms = await page.InnerTextAsync("main dl");
        string[] said = english ? ["apply, use seals", "Permits (01)", "allowed once"] : ["申办事项、使用印章", "行政许可 (01)", "允许一次"];
        Assert.All((string[])[.. said, Seals.Replace('\n', ' ')], words => Assert.Contains(words, terms, StringComparison.Ordinal));

        await story.SeenAsync("invited");
        return new Uri(page.Url).AbsolutePath;
    }

    /// <summary>The form offers what the agent holds and no more; what goes beyond it all the same is refused.</summary>
    /// <returns>Path of the part.</returns>
    private static async Task<string> PassOnAsync(Visitor agent, Story story, Newcomer person, string mandate, bool english)
    {
        var page = story.Page;
        await agent.GoToAsync("identity", mandate);
        await page.ClickAsync("main a[href$='/pass-on']");
        await page.WaitForURLAsync("**/pass-on");
        await page.FillAsync("#Name", person.Name);
        await page.FillAsync("#IdNumber", person.IdNumber);
        Assert.Equal(0, await page.Locator("#p-pay, #p-receive, #SubDelegate").CountAsync());
        Assert.True(await page.IsCheckedAsync("#t-01"));
        await page.CheckAsync("#p-use-seal");
        await page.FillAsync("#Seals", OneSeal);
        await page.CheckAsync("#t-02");
        await story.SeenAsync("form");
        await page.SubmitAsync();
        await story.RefusedAsync("beyond");
        Assert.Contains(english ? "You cannot pass on more than your own mandate allows" : "转授权不能超出您自己的授权范围", await page.InnerTextAsync(".error-summary"), StringComparison.Ordinal);
        await page.UncheckAsync("#t-02");
        await page.SubmitAsync();
        await page.WaitForURLAsync("**/account/mandates/*");
        var part = new Uri(page.Url).AbsolutePath;
        var terms = await page.InnerTextAsync("main dl");
        Assert.Contains(OneSeal, terms, StringComparison.Ordinal);
        Assert.DoesNotContain("yx-seal-1", terms, StringComparison.Ordinal);
        await story.SeenAsync("passed-on");
        await page.ClickAsync($"main p a[href='{mandate}']");
        await page.WaitForSelectorAsync($"main ul a[href='{part}']");
        await story.SeenAsync("parts");
        return part;
    }

    private static async Task TakeAsync(Visitor helper, Story story, string part)
    {
        var page = story.Page;
        await helper.GoToAsync("identity", "/account/mandates");
        await story.SeenAsync("mandates");
        await page.ClickAsync($"main .cards a[href='{part}']");
        await page.CheckAsync("#Read");
        await page.ClickAsync("button[value=Accept]");
        await page.WaitForSelectorAsync("button[value=Resign]");
        Assert.Equal(0, await page.Locator("main a[href$='/pass-on']").CountAsync());
        await story.SeenAsync("accepted");
        Assert.Equal(1, await ChoicesAsync(helper, part));
    }

    /// <summary>At the page of the mandate; the act that is offered afterwards tells that it was done.</summary>
    private static async Task ActAsync(Story story, string act, string then, string screen)
    {
        await story.Page.ClickAsync($"button[value={act}]");
        await story.Page.WaitForSelectorAsync($"button[value={then}]");
        await story.SeenAsync(screen);
    }

    /// <summary>Neither can be chosen; of the part it is said why.</summary>
    private static async Task RestsAsync(Visitor agent, Visitor helper, Story story, string mandate, string part, string words)
    {
        Assert.Equal(0, await ChoicesAsync(agent, mandate));
        await agent.GoToAsync("identity", mandate);
        Assert.Equal(0, await agent.Page.Locator("main a[href$='/pass-on']").CountAsync());
        Assert.Equal(0, await ChoicesAsync(helper, part));
        await helper.GoToAsync("identity", "/account/mandates");
        Assert.Contains(words, await helper.Page.InnerTextAsync("main .card .notice"), StringComparison.Ordinal);
        await story.SeenAsync("mandates-resting");
        await helper.GoToAsync("identity", part);
        Assert.Contains(words, await helper.Page.InnerTextAsync("#above-rests"), StringComparison.Ordinal);
        await story.SeenAsync("resting");
    }

    /// <summary>The register names somebody else.</summary>
    private async Task NameAsync(Company company, Newcomer person)
    {
        using var sandbox = new HttpClient { DefaultRequestHeaders = { { "X-Api-Key", browser.Description.Sandbox.ApiKey } } };
        using var answer = await sandbox.PostAsJsonAsync(
            new Uri(browser.Description.Sandbox.Address + "/changes/v1/samples"), new { kind = "representative-changed", uscc = company.Uscc, representativeIdNumber = person.IdNumber });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>By clicks from where it is said that one waits. What the predecessor gave is confirmed, not resumed.</summary>
    private static async Task ConfirmAsync(Visitor successor, Story story, string mandate, bool english)
    {
        var page = story.Page;
        await successor.GoToAsync("identity", "/account/organisations");
        await page.UntilAsync("main .notice a[href$='/agents']");
        Assert.Contains(english ? "1 mandate waits for your confirmation" : "1 份授权待您逐一确认后恢复", await page.InnerTextAsync("main .notice:has(a[href$='/agents'])"), StringComparison.Ordinal);
        await story.SeenAsync("waiting");
        await page.ClickAsync("main .notice a[href$='/agents']");
        await page.WaitForURLAsync("**/agents");
        await story.SeenAsync("agents");
        await page.ClickAsync($"main .cards a[href='{mandate}']");
        await page.WaitForSelectorAsync("button[value=Confirm]");
        Assert.Equal(0, await page.Locator("button[value=Resume]").CountAsync());
        await story.SeenAsync("to-confirm");
        await ActAsync(story, "Confirm", "Suspend", "confirmed");
        Assert.Contains(english ? "Confirmed by the new legal representative" : "新任法定代表人确认", await page.InnerTextAsync("main .timeline"), StringComparison.Ordinal);
    }

    /// <summary>The agent has laid the mandate down: the part is no more, by nobody's hand, and its holder is told.</summary>
    private static async Task EndedAsync(Visitor helper, Story story, string part, bool english, string notice)
    {
        var page = story.Page;
        Assert.Equal(0, await ChoicesAsync(helper, part));
        await helper.GoToAsync("identity", part);
        Assert.Equal(english ? "Revoked" : "已撤销", await page.InnerTextAsync("#state"));
        Assert.Equal(0, await page.Locator("#above-rests, button[value=Resign]").CountAsync());
        Assert.Contains(english ? "System" : "系统", await page.InnerTextAsync("main .timeline li >> nth=-1"), StringComparison.Ordinal);
        await story.SeenAsync("ended");
        await helper.GoToAsync("identity", "/account/notices");
        await page.UntilAsync($"main .cards li:has-text('{notice}')");
        await story.SeenAsync("notices");
    }

    /// <summary>How often the mandate can be chosen: once or not at all.</summary>
    private static async Task<int> ChoicesAsync(Visitor visitor, string mandate)
    {
        await visitor.GoToAsync("identity", "/account/acting");
        return await visitor.Page.Locator(Empowering.Choice(mandate)).CountAsync();
    }
}
