using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Accounts;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd;

/// <summary>A legal representative applies at the portal for a company of his own: told that it is nobody's for himself, over to the company, and confirmed in person in its name.</summary>
public sealed class OrganisationPresenceTests(BrowserFixture browser)
{
    private const string Matter = "11349900MB00000F3C3000199020000";
    private const string Choice = "main input[name=Organisation]:not(#self)";
    private const string Premises = "样例市样例路1号";

    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task A_company_applies_and_its_representative_confirms_in_person(string locale, bool phone)
    {
        var company = await Newcomer.ChooseCompanyAsync(browser.Description.Sandbox);
        await using var representative = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale);
        var (page, story) = (representative.Page, new Story(representative, "organisation-presence", locale, phone));
        await representative.RegisterAsync(browser, company.LegalRepresentative);
        await representative.RaiseAsync(browser, company.LegalRepresentative);
        await representative.RaiseOrganisationAsync(browser, company);
        await representative.GoToAsync("identity", "/account/acting");
        await page.CheckAsync("#self");
        await page.SubmitAsync();
        await page.WaitForURLAsync(url => !url.EndsWith("/account/acting", StringComparison.Ordinal));

        await representative.GoToAsync("web", "/sign-in?returnUrl=%2Fmatters%2F" + Matter);
        await page.WaitForSelectorAsync("#hindrance");
        Assert.Equal(0, await page.Locator("#start").CountAsync());
        await story.SeenAsync("guide-for-oneself");
        await page.ClickAsync("#switch-acting");
        await page.CheckAsync(Choice);
        await page.SubmitAsync();
        await page.WaitForSelectorAsync("#start");
        await story.SeenAsync("guide");
        await page.ClickAsync("#start");
        await FillInAsync(page, story);

        await page.CheckAsync("#Declaration");
        await story.SeenAsync("check");
        await page.ClickAsync("#submit button[type=submit]");
        await page.WaitForSelectorAsync("#purpose");
        Assert.StartsWith(browser.Address("identity") + "/presence", page.Url, StringComparison.Ordinal);
        var confirmed = await page.InnerTextAsync("#confirmed");
        Assert.Contains(company.Name, confirmed, StringComparison.Ordinal);
        Assert.Contains(locale == "en" ? "(as legal representative)" : "（法定代表人）", confirmed, StringComparison.Ordinal);
        await story.SeenAsync("confirm");
        await page.ShowFaceAsync("other-person");
        await story.RefusedAsync("refused");
        await page.ClickAsync("main .actions a.button");
        await page.ShowFaceAsync("right");

        await page.WaitForSelectorAsync("#confirmed-notice");
        Assert.StartsWith(browser.Address("web") + "/apply/", page.Url, StringComparison.Ordinal);
        Assert.True(await page.IsCheckedAsync("#Declaration"));
        Assert.Contains(Premises, await page.InnerTextAsync("#answers"), StringComparison.Ordinal);
        await story.SeenAsync("confirmed");
        await page.ClickAsync("#submit button[type=submit]");
        Assert.Equal("Submitted", await page.GetAttributeAsync("#state", "data-state"));
        Assert.Contains(company.Name, await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await story.SeenAsync("submitted");
        representative.AssertQuiet();
    }

    /// <summary>The form and the files, up to the page where it is submitted.</summary>
    private static async Task FillInAsync(IPage page, Story story)
    {
        await page.FillAsync("[name='Form.address']", Premises);
        await page.FillAsync("[name='Form.scope']", "乙醇、丙酮（无储存经营）");
        await page.FillAsync("[name='Form.manager']", "样例人");
        await page.FillAsync("[name='Form.phone']", "19900000000");
        await story.SeenAsync("form");
        await page.ClickAsync("#apply button[type=submit]");
        await page.WaitForSelectorAsync("#uploaded");
        var file = new FilePayload { Name = "proof.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.4\n% 样例\n%%EOF\n"u8.ToArray() };
        while (await page.Locator("#uploaded .tag.warn").CountAsync() > 0)
        {
            // The choice stands at the first material that has no file; the required ones come first.
            await page.SetInputFilesAsync("#upload input[type=file]", file);
            await page.ClickAsync("#upload button[type=submit]");
            await page.LoadedAsync();
        }

        await story.SeenAsync("materials");
        await page.ClickAsync("#continue button");
    }
}
