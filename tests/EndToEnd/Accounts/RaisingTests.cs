using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Suites;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>Each way to the level Intermediate in a browser, first as it goes wrong and then as it goes right; the first of them for a form of the portal, which is there again afterwards.</summary>
public sealed partial class RaisingTests(BrowserFixture browser)
{
    private static readonly (string Way, string Chinese, string English)[] OfPersons =
    [
        ("bank-card", "银行卡核验", "Bank card checked"), ("housing-fund", "公积金账户", "Housing-fund account"),
        ("alipay", "支付宝实名账户", "Alipay real-name account"), ("real-person", "实人核验", "Real-person check"),
    ];

    private static readonly string[] OfOrganisations = ["tax-account", "certificate"];

    /// <summary>The way that raises, and where: each raises somebody, and everybody walks the other ways after it.</summary>
    public static TheoryData<string, string, bool, bool> Persons => new()
    {
        { "bank-card", "zh-CN", true, true }, { "housing-fund", "en", false, true }, { "alipay", "zh-CN", false, true }, { "bank-card", "en", true, true }, { "real-person", "en", true, false },
    };

    public static TheoryData<string, string, bool, bool> Organisations => new()
    {
        { "tax-account", "zh-CN", true, true }, { "certificate", "en", false, true }, { "certificate", "zh-CN", false, true }, { "tax-account", "en", true, true }, { "certificate", "zh-CN", true, false },
    };

    [Theory]
    [MemberData(nameof(Persons))]
    public async Task A_person_reaches_intermediate_by_each_way(string first, string locale, bool phone, bool script)
    {
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale, script);
        var story = new Story(visitor, "raise", locale, phone, script);
        await visitor.RegisterAsync(browser, person);
        await RaiseForThePortalAsync(visitor, story, person, first);
        foreach (var (way, chinese, english) in OfPersons.OrderBy(w => w.Way == first ? 0 : 1))
        {
            if (way == first)
            {
                await visitor.GoToAsync("identity", "/account");
            }
            else
            {
                await visitor.GoToAsync("identity", $"/account/raise/{way}?ReturnUrl=%2Faccount");
                await story.SeenAsync(way);
                await ProveAsync(story, person, way);
            }

            Assert.EndsWith("/account", story.Page.Url, StringComparison.Ordinal);
            Assert.Contains(locale == "en" ? "Intermediate" : "中级", await story.Page.InnerTextAsync("#level"), StringComparison.Ordinal);
            Assert.Contains(locale == "en" ? english : chinese, await story.Page.InnerTextAsync("ul.evidence"), StringComparison.Ordinal);
        }

        await story.SeenAsync("reached");
        visitor.AssertQuiet();
    }

    [Theory]
    [MemberData(nameof(Cells.WithoutScriptToo), MemberType = typeof(Cells))]
    public async Task A_phone_that_is_not_the_accounts_own_is_proved_before_the_card_network_is_asked(string locale, bool phone, bool script)
    {
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        var other = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale, script);
        var (page, story) = (visitor.Page, new Story(visitor, "bank-phone", locale, phone, script));
        await visitor.RegisterAsync(browser, person);
        await visitor.GoToAsync("identity", "/account/raise/bank-card?ReturnUrl=%2Faccount");
        await page.FillAsync("#CardNumber", person.BankCard);
        await page.FillAsync("#Phone", other.Phone);
        await page.SubmitAsync();
        Assert.Contains("/account/raise/bank-card/code", page.Url, StringComparison.Ordinal);
        await story.SeenAsync("code");
        var code = await other.ReadCodeAsync(browser.Description.Sandbox);
        await page.FillAsync("#Code", code == "000000" ? "111111" : "000000");
        await page.SubmitAsync();
        await story.RefusedAsync("code-errors");
        await page.FillAsync("#Code", code);
        await page.SubmitAsync();

        // The bank knows the account's own; the card stays where it was typed. The page before has a summary too; this one asks for no further code.
        await page.WaitForSelectorAsync("#card-code:not(:has(#Code))");
        await story.RefusedAsync("disagrees");
        await page.ClickAsync("main a[href^='/account/raise/bank-card?']");
        Assert.Equal(person.BankCard, await page.InputValueAsync("#CardNumber"));
        await page.FillAsync("#Phone", "");
        await page.SubmitAsync();
        Assert.EndsWith("/account", page.Url, StringComparison.Ordinal);
        Assert.Contains(locale == "en" ? "Intermediate" : "中级", await page.InnerTextAsync("#level"), StringComparison.Ordinal);
        visitor.AssertQuiet();
    }

    [Theory]
    [MemberData(nameof(Organisations))]
    public async Task An_organisation_is_registered_and_reaches_intermediate_by_each_way(string first, string locale, bool phone, bool script)
    {
        var company = await Newcomer.ChooseCompanyAsync(browser.Description.Sandbox);
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale, script);
        var story = new Story(visitor, "organisation", locale, phone, script);
        await visitor.RegisterAsync(browser, company.LegalRepresentative);
        await visitor.GoToAsync("identity", "/account/organisations");
        await story.SeenAsync("none");
        await story.Page.ClickAsync("main a[href='/account/organisations/new']");
        await story.Page.FillAsync("#Uscc", company.Uscc);
        await story.Page.FillAsync("#Name", company.Name + "分公司");
        await story.Page.SubmitAsync();
        await story.RefusedAsync("register-errors");
        await story.Page.FillAsync("#Name", company.Name);
        await story.Page.SubmitAsync();
        Assert.Contains(locale == "en" ? "Primary" : "初级", await story.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await story.SeenAsync("registered");
        var raise = await story.Page.GetAttributeAsync("main a[href*='/account/step-up?Organisation=']", "href");
        await story.Page.GotoAsync(browser.Address("identity") + raise);
        await ChooseAsync(story, first);
        foreach (var way in OfOrganisations.OrderBy(w => w == first ? 0 : 1))
        {
            if (way != first)
            {
                await visitor.GoToAsync("identity", raise!.Replace("/account/step-up", "/account/organisations/" + way, StringComparison.Ordinal));
            }

            await story.SeenAsync(way);
            await (way == "tax-account" ? TypeAsync(story, "#Account", "T000000000", company.TaxAccount) : SignAsync(story, company, phone ? SignatureSuite.Sm : SignatureSuite.International));
            Assert.EndsWith("/account/organisations", story.Page.Url, StringComparison.Ordinal);
            Assert.Contains(locale == "en" ? "Intermediate" : "中级", await story.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        }

        await story.SeenAsync("reached");
        visitor.AssertQuiet();
    }

    private async Task ProveAsync(Story story, Newcomer person, string way)
    {
        switch (way)
        {
            case "bank-card":
                await TypeAsync(story, "#CardNumber", "6299990000000000009", person.BankCard);
                break;
            case "housing-fund":
                await TypeAsync(story, "#Account", "340000000001", person.HousingFund);
                break;
            case "alipay":
                await AgreeAsync(story, person, "decline");
                await story.SeenAsync("declined");
                await story.Page.ClickAsync("main .actions a.button >> nth=0");
                await AgreeAsync(story, person, "agree");
                break;
            default:
                await CaptureAsync(story, "still-photo");
                await story.SeenAsync("refused");
                await story.Page.ClickAsync("main .actions a.button >> nth=0");
                await CaptureAsync(story, "right");
                break;
        }
    }

    /// <summary>The portal's form asks for the level; whoever has it is back at the form, and nothing that was typed is lost.</summary>
    private async Task RaiseForThePortalAsync(Visitor visitor, Story story, Newcomer person, string way)
    {
        var page = story.Page;
        await visitor.GoToAsync("web", PortalForm.Path);
        await page.FillInPortalFormAsync();
        await page.ClickAsync("#apply button[type=submit]");
        Assert.Contains("/account/step-up", page.Url, StringComparison.Ordinal);
        await ChooseAsync(story, way);
        await story.SeenAsync(way);
        await ProveAsync(story, person, way);
        Assert.StartsWith(browser.Address("web") + PortalForm.Path, page.Url, StringComparison.Ordinal);
        Assert.Equal(PortalForm.Business, await page.InputValueAsync("[name='Form.businessName']"));
        Assert.Equal(0, await page.Locator("#level-notice").CountAsync());
        await story.SeenAsync("back-at-the-form");
    }

    private static async Task ChooseAsync(Story story, string way)
    {
        await story.SeenAsync("ways");
        await story.Page.ClickAsync($"main a.button[href*='/{way}?']");
    }

    private static async Task TypeAsync(Story story, string field, string wrong, string right)
    {
        await story.Page.FillAsync(field, wrong);
        await story.Page.SubmitAsync();
        Assert.Equal(wrong, await story.Page.InputValueAsync(field));
        await story.RefusedAsync("wrong");
        await story.Page.FillAsync(field, right);
        await story.Page.SubmitAsync();
    }

    private async Task AgreeAsync(Story story, Newcomer person, string answer)
    {
        await story.Page.SubmitAsync();
        Assert.StartsWith(browser.Address("sandbox"), story.Page.Url, StringComparison.Ordinal);
        await story.Page.FillAsync("#Account", person.Phone);
        await story.Page.ClickAsync($"button[value={answer}]");
        await story.Page.ClickAsync("#return");
    }

    private async Task CaptureAsync(Story story, string seen)
    {
        await story.Page.SubmitAsync();
        if (!story.Page.Url.StartsWith(browser.Address("sandbox"), StringComparison.Ordinal))
        {
            // Nobody is looked at without having agreed.
            await story.SeenAsync("consent-missing");
            await story.Page.CheckAsync("#Consent");
            await story.Page.SubmitAsync();
        }

        await story.Page.SelectOptionAsync("#Seen", seen);
        await story.Page.SubmitAsync();
        await story.Page.ClickAsync("#return");
    }

    /// <summary>Garbage first; then the challenge signed by a certificate of the platform's own CA, as the company's own program would.</summary>
    /// <param name="story">At the page of the certificate.</param>
    /// <param name="company">Whose certificate.</param>
    /// <param name="suite">Of its key and of the CA above it: of either a story is told.</param>
    private async Task SignAsync(Story story, Company company, SignatureSuite suite)
    {
        await story.Page.SubmitAsync();
        await story.SeenAsync("challenge");
        await story.Page.FillAsync("#Signature", "bm8gc2lnbmF0dXJl");
        await story.Page.ClickAsync("main form[enctype] button[type=submit]");
        await story.RefusedAsync("garbage");
        if (await story.Page.Locator("main form[enctype]").CountAsync() == 0)
        {
            await story.Page.SubmitAsync();
        }

        var link = ChallengeFile().Match(await story.Page.ContentAsync()).Groups["link"].Value.Replace("&amp;", "&", StringComparison.Ordinal);
        var challenge = await (await story.Page.Context.APIRequest.GetAsync(browser.Address("identity") + link)).BodyAsync();
        using var key = SoftwareSigner.Generate(suite);
        var chain = await CompanyCertificate.IssueAsync(browser, key, company);
        var signature = CmsSignatures.CreateDetached(key, chain, key.Algorithm.ContentHash().Hash(challenge));
        await story.Page.SetInputFilesAsync("#SignatureFile", new FilePayload { Name = "challenge.p7s", MimeType = "application/pkcs7-signature", Buffer = signature });
        await story.Page.ClickAsync("main form[enctype] button[type=submit]");
    }

    [GeneratedRegex("href=\"(?<link>/account/organisations/certificate\\?handler=File[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ChallengeFile();
}
