using Xunit;
using Yinxin.EndToEnd.Accounts;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd;

/// <summary>Officials at the console find an organisation by its name, look at who may act for it, freeze it by two, and wake it again.</summary>
public sealed class OrganisationFreezeTests(BrowserFixture browser)
{
    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task An_organisation_is_found_by_name_its_mandate_looked_at_and_frozen_by_two_officials(string locale, bool phone)
    {
        var viewport = phone ? BrowserFixture.Phone : BrowserFixture.Desktop;
        var suffix = $"{locale}-{(phone ? "phone" : "desktop")}";
        var company = await Newcomer.ChooseCompanyAsync(browser.Description.Sandbox);
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var representative = await browser.VisitorAsync(viewport, locale);
        await using var agent = await browser.VisitorAsync(viewport, locale);
        await agent.RegisterAsync(browser, person);
        await representative.RegisterAsync(browser, company.LegalRepresentative);
        await representative.RaiseAsync(browser, company.LegalRepresentative);
        await representative.RaiseOrganisationAsync(browser, company);
        var mandate = await representative.EmpowerAsync(browser, agent, person);

        await using var first = await ConsoleTests.SignedInAsync(browser, "security01", viewport, locale, script: true);
        await using var second = await ConsoleTests.SignedInAsync(browser, "security02", viewport, locale, script: true);
        var page = first.Page;
        await first.GoToAsync("identity", "/console/organisations");
        await page.FillAsync("#Name", company.Name[..^2]);
        await page.SubmitAsync();
        await page.WaitForSelectorAsync("main tbody tr");
        await first.SeenAsync("organisation-found-" + suffix, script: true);
        await page.ClickAsync($"main tbody a:text-is('{company.Name}')");
        await page.WaitForSelectorAsync("#state");
        var organisation = new Uri(page.Url).AbsolutePath;
        await first.SeenAsync("organisation-page-" + suffix, script: true);
        await page.ClickAsync($"main a[href='/console/mandates/{mandate.Split('/')[^1]}']");
        await page.WaitForSelectorAsync("#chain.good");
        Assert.DoesNotContain(person.Name, await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await first.SeenAsync("organisation-mandate-" + suffix, script: true);

        await ConsoleTests.DecideAsync(first, second, organisation, "misused", "organisation-freeze-" + suffix, script: true);
        await first.GoToAsync("identity", organisation);
        Assert.Contains(locale == "en" ? "frozen (since" : "已冻结（自", await page.InnerTextAsync("#state"), StringComparison.Ordinal);
        await first.SeenAsync("organisation-frozen-" + suffix, script: true);
        await agent.GoToAsync("identity", "/account/acting");
        Assert.Equal(0, await agent.Page.Locator(Empowering.Choice(mandate)).CountAsync());
        await agent.SeenAsync("organisation-frozen-acting-" + suffix, script: true);
        await representative.GoToAsync("identity", "/account/organisations");
        await representative.SeenAsync("organisation-frozen-mine-" + suffix, script: true);

        await ConsoleTests.DecideAsync(first, second, organisation, "settled", "organisation-woken-" + suffix, script: true, look: false);
        await agent.GoToAsync("identity", "/account/acting");
        Assert.Equal(1, await agent.Page.Locator(Empowering.Choice(mandate)).CountAsync());
        foreach (var visitor in (Visitor[])[first, second, agent, representative])
        {
            visitor.AssertQuiet();
        }
    }
}
