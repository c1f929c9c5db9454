using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;

namespace Yinxin.EndToEnd;

/// <summary>A legal representative gives a mandate and an agent takes it, on a desk and on a phone, in both languages.</summary>
public sealed class MandateTests(BrowserFixture browser)
{
    [Theory]
    [InlineData("zh-CN", true, true)]
    [InlineData("zh-CN", false, false)]
    [InlineData("en", false, true)]
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
        await SeeAsync(representative, "mandate-new-" + suffix, script);
        await page.ClickAsync("main button[type=submit]");
        Assert.True(await page.IsVisibleAsync(".error-summary"));
        await SeeAsync(representative, "mandate-new-errors-" + suffix, script);
        await page.FillAsync("#Name", browser.Account("citizen02").Name);
        await page.FillAsync("#IdNumber", await IdNumberAsync());
        await page.CheckAsync("#p-apply");
        await page.CheckAsync("#p-receive");
        await page.ClickAsync("main button[type=submit]");
        await SeeAsync(representative, "mandate-invited-" + suffix, script);
        var mandate = new Uri(page.Url).AbsolutePath;

        await agent.GoToAsync("identity", "/account/mandates");
        await agent.SignInIfAskedAsync(browser, "citizen02");
        await agent.GoToAsync("identity", "/account/mandates");
        await SeeAsync(agent, "mandates-mine-" + suffix, script);
        await agent.GoToAsync("identity", mandate);
        await agent.Page.CheckAsync("#Read");
        await agent.Page.ClickAsync("button[value=Accept]");
        await SeeAsync(agent, "mandate-accepted-" + suffix, script);
        await agent.GoToAsync("identity", "/account/acting");
        await SeeAsync(agent, "mandate-acting-" + suffix, script);
        await agent.Page.CheckAsync($"input[value='mandate-{mandate.Split('/')[^1]}']");
        await agent.Page.ClickAsync("main button[type=submit]");
        await agent.GoToAsync("identity", "/account/organisations");
        await SeeAsync(agent, "mandate-organisations-" + suffix, script);

        await page.ReloadAsync();
        await page.ClickAsync("main p a[href$='/agents']");
        await SeeAsync(representative, "mandate-agents-" + suffix, script);
        await agent.GoToAsync("identity", mandate);
        await agent.Page.ClickAsync("button[value=Resign]");
        Assert.Equal(0, await agent.Page.Locator("button[value=Resign]").CountAsync());
        Assert.Empty(representative.ForeignRequests.Concat(agent.ForeignRequests));
    }

    private static async Task SeeAsync(Visitor visitor, string name, bool script)
    {
        if (script)
        {
            await visitor.AssertNoViolationAsync(name);
            Assert.True(await visitor.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), name + " is wider than the screen");
        }

        await visitor.ScreenshotAsync(name);
    }

    private async Task<string> IdNumberAsync()
    {
        using var client = new HttpClient { DefaultRequestHeaders = { { "X-Api-Key", browser.Description.Sandbox.ApiKey } } };
        var persons = await client.GetFromJsonAsync<List<JsonElement>>(new Uri(browser.Address("sandbox") + "/directory/v1/persons?skip=0&take=5"));
        return persons!.First(p => p.GetProperty("name").GetString() == browser.Account("citizen02").Name).GetProperty("idNumber").GetString()!;
    }
}
