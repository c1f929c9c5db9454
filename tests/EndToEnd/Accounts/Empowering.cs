using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>A company whose legal representative is new here, and an agent of it, for stories that begin with them.</summary>
internal static class Empowering
{
    /// <summary>Registered and raised beside the pages, which <see cref="RaisingTests"/> looks at.</summary>
    public static async Task RaiseOrganisationAsync(this Visitor representative, BrowserFixture browser, Company company)
    {
        var identity = browser.Address("identity");
        await representative.SendAsync(identity + "/account/organisations/new", ("Uscc", company.Uscc), ("Name", company.Name));
        await representative.GoToAsync("identity", "/account/organisations");
        var raise = await representative.Page.GetAttributeAsync("main a[href*='/account/step-up?Organisation=']", "href");
        await representative.SendAsync(identity + raise!.Replace("/account/step-up", "/account/organisations/tax-account", StringComparison.Ordinal), ("Account", company.TaxAccount));
    }

    /// <returns>Path of the mandate, which the agent has accepted and may choose.</returns>
    public static async Task<string> EmpowerAsync(this Visitor representative, BrowserFixture browser, Visitor agent, Newcomer person)
    {
        var page = representative.Page;
        await representative.GoToAsync("identity", "/account/organisations");
        await page.ClickAsync("main a[href$='/agents'] >> nth=0");
        await page.ClickAsync("main a[href$='/agents/new']");
        await page.FillAsync("#Name", person.Name);
        await page.FillAsync("#IdNumber", person.IdNumber);
        await page.CheckAsync("#p-apply");
        await page.SubmitAsync();
        await page.WaitForURLAsync("**/account/mandates/*");
        var mandate = new Uri(page.Url).AbsolutePath;
        await agent.SendAsync(browser.Address("identity") + mandate, ("Read", "true"), ("act", "Accept"));
        await agent.GoToAsync("identity", "/account/acting");
        Assert.Equal(1, await agent.Page.Locator(Choice(mandate)).CountAsync());
        return mandate;
    }

    /// <summary>Where a mandate is chosen.</summary>
    public static string Choice(string mandate) => $"input[value='mandate-{mandate.Split('/')[^1]}']";
}
