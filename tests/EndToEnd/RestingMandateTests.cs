using Xunit;
using Yinxin.EndToEnd.Accounts;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd;

/// <summary>A legal representative reads that the organisation has another level, gives a mandate and freezes the own account: the agent reads that the mandate rests, and cannot choose it.</summary>
public sealed class RestingMandateTests(BrowserFixture browser)
{
    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task A_representative_is_told_of_the_organisations_level_and_a_mandate_rests_while_its_grantor_is_frozen(string locale, bool phone)
    {
        var (viewport, english) = (phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale == "en");
        var company = await Newcomer.ChooseCompanyAsync(browser.Description.Sandbox);
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var representative = await browser.VisitorAsync(viewport, locale);
        await using var agent = await browser.VisitorAsync(viewport, locale);
        await agent.RegisterAsync(browser, person);
        await representative.RegisterAsync(browser, company.LegalRepresentative);
        await representative.RaiseAsync(browser, company.LegalRepresentative);
        await representative.RaiseOrganisationAsync(browser, company);

        await representative.GoToAsync("identity", "/account/notices");
        Assert.Contains(
            english ? $"“{company.Name}” that you represent changed from “Primary” to “Intermediate”." : $"“{company.Name}”的认证等级由“初级”变为“中级”。",
            await representative.Page.InnerTextAsync("main .cards"), StringComparison.Ordinal);
        await new Story(representative, "organisation-level", locale, phone).SeenAsync("notices");

        var mandate = await representative.EmpowerAsync(browser, agent, person);
        await representative.GoToAsync("identity", "/account/freeze");
        await representative.Page.SubmitAsync();
        await representative.Page.WaitForURLAsync("**/frozen");
        await RestsAsync(agent, new Story(agent, "mandate-rests", locale, phone), company, mandate, english ? "so this mandate cannot be used" : "此授权暂不能使用");
        representative.AssertQuiet();
        agent.AssertQuiet();
    }

    /// <summary>Said on each page that shows the mandate; it can be laid down and not be chosen.</summary>
    private static async Task RestsAsync(Visitor agent, Story story, Company company, string mandate, string words)
    {
        await agent.GoToAsync("identity", mandate);
        Assert.Contains(words, await agent.Page.InnerTextAsync("#held-up"), StringComparison.Ordinal);
        Assert.Equal(1, await agent.Page.Locator("button[value=Resign]").CountAsync());
        await story.SeenAsync("mandate");
        await agent.GoToAsync("identity", "/account/mandates");
        Assert.Contains(words, await agent.Page.InnerTextAsync("main .card .notice"), StringComparison.Ordinal);
        await story.SeenAsync("mandates");
        await agent.GoToAsync("identity", "/account/acting");
        var notice = await agent.Page.InnerTextAsync("main form .notice");
        Assert.Contains(company.Name, notice, StringComparison.Ordinal);
        Assert.Contains(words, notice, StringComparison.Ordinal);
        Assert.Equal(0, await agent.Page.Locator(Empowering.Choice(mandate)).CountAsync());
        await story.SeenAsync("acting");
    }
}
