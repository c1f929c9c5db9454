using System.Text.Json;
using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Accounts;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd;

/// <summary>
/// A mandate from its invitation to its end, by clicks: given for one matter, found by the notice, used in the portal, refused beyond that matter, revoked; both sides keep the same records.
/// </summary>
public sealed class AgentAtThePortalTests(BrowserFixture browser)
{
    /// <summary>企业投资项目备案: for organisations, at the level that a mandate carries.</summary>
    private const string Filing = "11349900MB00000C9U3001099012000";
    private const string FilingName = "企业投资项目备案";

    /// <summary>出版物零售单位设立审批: open to organisations as well, and none of this mandate's.</summary>
    private const string Retail = "11349900MB0000051U3000199006000";
    private const string RetailName = "出版物零售单位设立审批";
    private const string Project = "样例生产线项目";

    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task An_agent_is_invited_applies_for_one_matter_and_is_stopped_when_the_mandate_is_revoked(string locale, bool phone)
    {
        var (viewport, english) = (phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale == "en");
        var company = await Newcomer.ChooseCompanyAsync(browser.Description.Sandbox);
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var representative = await browser.VisitorAsync(viewport, locale);
        await using var agent = await browser.VisitorAsync(viewport, locale);
        var (giving, acting) = (new Story(representative, "agent-giving", locale, phone), new Story(agent, "agent-acting", locale, phone));
        await agent.RegisterAsync(browser, person);
        await representative.RegisterAsync(browser, company.LegalRepresentative);
        await representative.RaiseAsync(browser, company.LegalRepresentative);
        await representative.RaiseOrganisationAsync(browser, company);

        var mandate = await InviteAsync(representative, giving, person);
        await AcceptAsync(agent, acting, mandate, english ? $"A mandate of {company.Name} waits for you to accept it." : $"{company.Name}的经办授权等待您接受。");
        await SwitchAsync(acting, mandate, english ? $"(agent of {company.Name})" : $"（{company.Name} 经办人）");
        var number = await ApplyAsync(acting, company, english);
        await RefusedAsync(agent, acting, english ? $"The mandate that {company.Name} gave you does not include applying for this." : $"“{company.Name}”给您的授权不包括申办此事项。");

        await RevokeAsync(giving, mandate, english);
        await StoppedAsync(acting, company, mandate);
        await acting.Page.ClickAsync($"header a[href='{browser.Address("identity")}/account']");
        await ReadNoticeAsync(acting, english ? $"A mandate of {company.Name} was revoked." : $"{company.Name}的经办授权已撤销。");
        await OpenMandateAsync(acting.Page, mandate);
        Assert.Equal(english ? "Revoked" : "已撤销", await acting.Page.InnerTextAsync("#state"));
        await acting.SeenAsync("history");
        await SameRecordsAsync(representative, agent);

        // What the agent handed in is the organisation's, and stays.
        await RepresentAsync(representative, giving, number);
        representative.AssertQuiet();
        agent.AssertQuiet();
    }

    /// <summary>From the account centre; a mandate for single matters needs to name one.</summary>
    /// <returns>Path of the mandate.</returns>
    private static async Task<string> InviteAsync(Visitor representative, Story story, Newcomer person)
    {
        var page = story.Page;
        await representative.GoToAsync("identity", "/account");
        await page.ClickAsync("main a[href='/account/organisations']");
        await page.ClickAsync("main a[href$='/agents'] >> nth=0");
        await page.WaitForURLAsync("**/agents");
        await story.SeenAsync("no-agents");
        await page.ClickAsync("main a[href$='/agents/new']");
        await page.FillAsync("#Name", person.Name);
        await page.FillAsync("#IdNumber", person.IdNumber);
        await page.CheckAsync("#p-apply");
        await page.CheckAsync("#r-matters");
        await page.SubmitAsync();
        await story.RefusedAsync("no-code");
        Assert.True(await page.IsCheckedAsync("#r-matters"));
        Assert.True(await page.IsCheckedAsync("#p-apply"));
        await page.FillAsync("#Codes", Filing);
        await page.SubmitAsync();
        await page.WaitForURLAsync("**/account/mandates/*");
        Assert.Contains(Filing, await page.InnerTextAsync("main dl"), StringComparison.Ordinal);
        await story.SeenAsync("invited");
        return new Uri(page.Url).AbsolutePath;
    }

    /// <summary>The notice tells that something waits, and the list leads to it; nobody accepts what he has not read.</summary>
    private static async Task AcceptAsync(Visitor agent, Story story, string mandate, string notice)
    {
        var page = story.Page;
        await agent.GoToAsync("identity", "/account");
        await ReadNoticeAsync(story, notice);
        await OpenMandateAsync(page, mandate);
        await story.SeenAsync("invitation");
        await page.ClickAsync("button[value=Accept]");
        await story.RefusedAsync("not-read");
        await page.CheckAsync("#Read");
        await page.ClickAsync("button[value=Accept]");
        await page.WaitForSelectorAsync("button[value=Resign]");
        await story.SeenAsync("accepted");
    }

    /// <summary>Over to the portal, where the matter is nobody's for himself, and to the organisation by the switch in the header.</summary>
    private async Task SwitchAsync(Story story, string mandate, string acting)
    {
        var (page, web) = (story.Page, browser.Address("web"));
        await page.ClickAsync($"footer a[href='{web}']");
        await page.WaitForURLAsync(web + "/");
        await page.ClickAsync("#sign-in");
        await page.WaitForSelectorAsync("#sign-out");
        await FindAsync(page, FilingName, Filing);
        await page.WaitForSelectorAsync("#hindrance[data-hindrance=Applicant]");
        await page.ClickAsync("header a[href^='/switch-acting']");
        await page.CheckAsync(Empowering.Choice(mandate));
        await story.SeenAsync("choice");
        await page.SubmitAsync();
        await page.WaitForSelectorAsync("#start");
        Assert.EndsWith("/matters/" + Filing, page.Url, StringComparison.Ordinal);
        Assert.Contains(acting, await page.InnerTextAsync("#acting"), StringComparison.Ordinal);
        await story.SeenAsync("guide");
    }

    /// <returns>Number of the case.</returns>
    private static async Task<string> ApplyAsync(Story story, Company company, bool english)
    {
        var page = story.Page;
        await page.ClickAsync("#start");
        await page.FillAsync("[name='Form.projectName']", Project);
        await page.FillAsync("[name='Form.site']", "样例市样例路1号");
        await page.FillAsync("[name='Form.content']", "新建生产线一条");
        await page.FillAsync("[name='Form.investment']", "2000000.00");
        await page.FillAsync("[name='Form.phone']", "19900000000");
        Assert.Contains(company.Name, await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await story.SeenAsync("form");
        await page.ClickAsync("#apply button[type=submit]");
        await page.WaitForSelectorAsync("#uploaded");
        var file = new FilePayload { Name = "declaration.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.4\n% 样例\n%%EOF\n"u8.ToArray() };
        while (await page.Locator("#uploaded .tag.warn").CountAsync() > 0)
        {
            // The choice stands at the first material that has no file; the required ones come first.
            await page.SetInputFilesAsync("#upload input[type=file]", file);
            await page.ClickAsync("#upload button[type=submit]");
            await page.LoadedAsync();
        }

        await story.SeenAsync("materials");
        await page.ClickAsync("#continue button");
        await page.CheckAsync("#Declaration");
        Assert.Equal(0, await page.Locator("#presence-notice").CountAsync());
        await story.SeenAsync("check");
        await page.ClickAsync("#submit button[type=submit]");
        Assert.Equal("Submitted", await page.GetAttributeAsync("#state", "data-state"));
        var progress = await page.InnerTextAsync("#progress");
        Assert.Contains(company.Name, progress, StringComparison.Ordinal);
        Assert.Contains(english ? "(agent " : "（经办人 ", progress, StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("#query-code").CountAsync());
        await story.SeenAsync("submitted");
        return (await page.InnerTextAsync("#case-number")).Trim();
    }

    /// <summary>Another matter is none of the mandate's: the guide says so and offers no form, and its address shows none either.</summary>
    private async Task RefusedAsync(Visitor agent, Story story, string words)
    {
        var page = story.Page;
        await page.ClickAsync("header a.brand");
        await page.WaitForURLAsync(browser.Address("web") + "/");
        await FindAsync(page, RetailName, Retail);
        await page.WaitForSelectorAsync("#hindrance[data-hindrance=Mandate]");
        Assert.Contains(words, await page.InnerTextAsync("#hindrance"), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("#start").CountAsync());
        await story.SeenAsync("out-of-reach");
        await agent.GoToAsync("web", "/apply/" + Retail);
        Assert.Contains(words, await page.InnerTextAsync("#hindrance"), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("#apply").CountAsync());
        await story.SeenAsync("out-of-reach-form");

        // Back to where the next click will be made.
        await page.ClickAsync("header a.brand");
        await page.WaitForURLAsync(browser.Address("web") + "/");
        await FindAsync(page, FilingName, Filing);
        await page.WaitForSelectorAsync("#start");
    }

    /// <summary>By the list of agents, which the page of the mandate leads back to.</summary>
    private static async Task RevokeAsync(Story story, string mandate, bool english)
    {
        var page = story.Page;
        await page.ClickAsync("main p a[href$='/agents']");
        await page.WaitForURLAsync("**/agents");
        await story.SeenAsync("agents");
        await page.ClickAsync($"main .cards a[href='{mandate}']");
        await page.WaitForSelectorAsync("#state.good");
        Assert.Contains(english ? "Accepted by the agent" : "经办人接受", await page.InnerTextAsync("main .timeline"), StringComparison.Ordinal);
        await story.SeenAsync("before-revoking");
        await page.ClickAsync("button[value=Revoke]");
        await page.WaitForSelectorAsync("#state.bad");
        Assert.Equal(english ? "Revoked" : "已撤销", await page.InnerTextAsync("#state"));
        Assert.Equal(0, await page.Locator("main form.actions button").CountAsync());
        await story.SeenAsync("revoked");
    }

    /// <summary>The next click asks anew for whom: the organisation is no choice any more, and for oneself the matter is none.</summary>
    private static async Task StoppedAsync(Story story, Company company, string mandate)
    {
        var page = story.Page;
        await page.ClickAsync("#start");
        await page.WaitForURLAsync(url => !url.EndsWith("/matters/" + Filing, StringComparison.Ordinal));

        // The portal hears of it within seconds.
        await page.UntilAsync("#self");
        Assert.Equal(0, await page.Locator(Empowering.Choice(mandate)).CountAsync());
        await story.SeenAsync("asked-anew");
        await page.SubmitAsync();
        await page.WaitForSelectorAsync("#hindrance[data-hindrance=Applicant]");
        Assert.DoesNotContain(company.Name, await page.InnerTextAsync("#acting"), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("#apply").CountAsync());
        await story.SeenAsync("stopped");
    }

    /// <summary>From the page of the account and back to it; notices follow the act by a moment.</summary>
    private static async Task ReadNoticeAsync(Story story, string words)
    {
        await story.Page.ClickAsync("main a[href='/account/notices']");
        await story.Page.WaitForURLAsync("**/account/notices");
        await story.Page.UntilAsync($"main .cards li:has-text('{words}')");
        await story.SeenAsync("notice");
        await story.Page.ClickAsync("main a[href='/account']");
    }

    /// <summary>From the page of the account, as the agent.</summary>
    private static async Task OpenMandateAsync(IPage page, string mandate)
    {
        await page.ClickAsync("main a[href='/account/mandates']");
        await page.ClickAsync($"main .cards a[href='{mandate}']");
        await page.WaitForSelectorAsync("main .timeline");
        await page.LoadedAsync();
    }

    /// <summary>From the portal's home, by the search.</summary>
    private static async Task FindAsync(IPage page, string name, string code)
    {
        await page.FillAsync("#q", name);
        await page.ClickAsync("#search button[type=submit]");
        await page.ClickAsync($"#matters a[href='/matters/{code}']");
    }

    /// <summary>Each side stands at the page of the mandate.</summary>
    private static async Task SameRecordsAsync(Visitor representative, Visitor agent)
    {
        const string all = "main a[href$='/records']";
        const string last = "main .timeline a[href$='/records/3']";
        var file = await agent.DownloadAsync(all);
        using var kept = JsonDocument.Parse(file);
        Assert.Equal(3, kept.RootElement.GetProperty("records").GetArrayLength());
        Assert.Equal(file, await representative.DownloadAsync(all));
        Assert.Equal(await agent.DownloadAsync(last), await representative.DownloadAsync(last));
    }

    /// <summary>The representative finds the case among the organisation's.</summary>
    private static async Task RepresentAsync(Visitor representative, Story story, string number)
    {
        var page = story.Page;
        await representative.GoToAsync("web", "/sign-in?returnUrl=%2Fcases");
        await page.WaitForSelectorAsync("#acting");
        await page.ClickAsync("header a[href^='/switch-acting']");
        await page.CheckAsync("main input[name=Organisation]:not(#self)");
        await page.SubmitAsync();
        await page.ClickAsync($"#cases a[href='/cases/{number}']");
        await page.WaitForSelectorAsync("#query-code", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        Assert.Equal(number, (await page.InnerTextAsync("#case-number")).Trim());
        await story.SeenAsync("case");
    }
}
