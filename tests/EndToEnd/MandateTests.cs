using System.Net.Http.Json;
using System.Text.Json;
using Xunit;
using Yinxin.EndToEnd.Browsing;

namespace Yinxin.EndToEnd;

/// <summary>A legal representative gives a mandate and an agent takes it; either confirms in person for the organisation; the agent lays it down. On a desk and on a phone, in both languages.</summary>
public sealed class MandateTests(BrowserFixture browser)
{
    [Theory]
    [MemberData(nameof(Cells.WithoutScriptToo), MemberType = typeof(Cells))]
    public async Task A_mandate_is_given_accepted_used_and_laid_down(string locale, bool phone, bool script)
    {
        var viewport = phone ? BrowserFixture.Phone : BrowserFixture.Desktop;
        await using var representative = await browser.VisitorAsync(viewport, locale, script);
        await using var agent = await browser.VisitorAsync(viewport, locale, script);
        var suffix = $"{locale}-{(phone ? "phone" : "desktop")}";
        var page = representative.Page;
        await representative.SignInWithTwoFactorsAsync(browser, "company01");
        await representative.GoToAsync("identity", "/account/organisations");
        await page.ClickAsync("main a[href$='/agents'] >> nth=0");
        await page.ClickAsync("main a[href$='/agents/new']");
        await representative.SeenAsync("mandate-new-" + suffix, script);
        await page.ClickAsync("main button[type=submit]");
        await page.WaitForSelectorAsync(".error-summary");
        await representative.SeenAsync("mandate-new-errors-" + suffix, script);
        await page.FillAsync("#Name", browser.Account("citizen01").Name);
        await page.FillAsync("#IdNumber", await IdNumberAsync());
        await page.CheckAsync("#p-apply");
        await page.CheckAsync("#p-receive");
        await page.ClickAsync("main button[type=submit]");
        await representative.SeenAsync("mandate-invited-" + suffix, script);
        var mandate = new Uri(page.Url).AbsolutePath;

        await agent.GoToAsync("identity", "/account/mandates");
        await agent.SignInIfAskedAsync(browser, "citizen01");
        await agent.GoToAsync("identity", "/account/mandates");
        await agent.SeenAsync("mandates-mine-" + suffix, script);
        await agent.GoToAsync("identity", mandate);
        await agent.Page.CheckAsync("#Read");
        await agent.Page.ClickAsync("button[value=Accept]");
        await agent.SeenAsync("mandate-accepted-" + suffix, script);
        await agent.GoToAsync("identity", "/account/acting");
        await agent.SeenAsync("mandate-acting-" + suffix, script);
        await agent.Page.CheckAsync($"input[value='mandate-{mandate.Split('/')[^1]}']");
        await agent.Page.ClickAsync("main button[type=submit]");
        await agent.GoToAsync("identity", "/account/organisations");
        await agent.SeenAsync("mandate-organisations-" + suffix, script);
        await ConfirmInPersonAsync(agent, new Story(agent, "presence-agent", locale, phone, script), locale, locale == "en" ? "(as agent)" : "（经办人）");

        await page.ReloadAsync();
        await page.ClickAsync("main p a[href$='/agents']");
        await representative.SeenAsync("mandate-agents-" + suffix, script);
        await agent.GoToAsync("identity", mandate);
        await agent.Page.ClickAsync("button[value=Resign]");
        await agent.Page.LoadedAsync();
        Assert.Equal(0, await agent.Page.Locator("button[value=Resign]").CountAsync());
        await representative.GoToAsync("identity", "/account/acting");
        await page.CheckAsync("main input[name=Organisation]:not(#self)");
        await page.ClickAsync("main button[type=submit]");
        await ConfirmInPersonAsync(
            representative, new Story(representative, "presence-representative", locale, phone, script), locale, locale == "en" ? "(as legal representative)" : "（法定代表人）");
        representative.AssertQuiet();
        agent.AssertQuiet();
    }

    /// <summary>Level advanced, for one transaction: the page says for whom, and another face is refused first. Nobody else of this project confirms by these two accounts: ten times an hour is all.</summary>
    private async Task ConfirmInPersonAsync(Visitor visitor, Story story, string locale, string role)
    {
        using var application = SampleApplication.Listen();
        var page = visitor.Page;
        await page.GotoAsync(application.PresenceUrl(browser, locale));
        Assert.StartsWith(browser.Address("identity") + "/presence", page.Url, StringComparison.Ordinal);
        var confirmed = await page.InnerTextAsync("#confirmed");
        Assert.Contains(browser.Account("company01").Organisation!.Name, confirmed, StringComparison.Ordinal);
        Assert.Contains(role, confirmed, StringComparison.Ordinal);
        await story.SeenAsync("confirm");
        await page.ShowFaceAsync("other-person");
        await story.RefusedAsync("refused");
        await page.ClickAsync("main .actions a.button");
        await page.ShowFaceAsync("right");
        Assert.Contains("code=", page.Url, StringComparison.Ordinal);
    }

    private async Task<string> IdNumberAsync()
    {
        using var client = new HttpClient { DefaultRequestHeaders = { { "X-Api-Key", browser.Description.Sandbox.ApiKey } } };
        var persons = await client.GetFromJsonAsync<List<JsonElement>>(new Uri(browser.Address("sandbox") + "/directory/v1/persons?skip=0&take=5"));
        return persons!.First(p => p.GetProperty("name").GetString() == browser.Account("citizen01").Name).GetProperty("idNumber").GetString()!;
    }
}
