using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Suites;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>Each way to the level Intermediate in a browser, first as it goes wrong and then as it goes right.</summary>
public sealed partial class RaisingTests(BrowserFixture browser)
{
    [Theory]
    [InlineData("bank-card", "zh-CN", true, true)]
    [InlineData("housing-fund", "en", true, false)]
    [InlineData("alipay", "zh-CN", false, true)]
    [InlineData("real-person", "en", true, true)]
    public async Task A_person_reaches_intermediate(string way, string locale, bool phone, bool script)
    {
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale, script);
        var story = new Story(visitor, $"raise-{way}-{locale}-{(phone ? "phone" : "desktop")}", script);
        await visitor.RegisterAsync(browser, person);
        await ChooseAsync(story, "/account/step-up?ReturnUrl=%2Faccount", way);
        await story.SeenAsync("begin");
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
                await story.Page.ClickAsync("main .actions a.button >> nth=0");
                await AgreeAsync(story, person, "agree");
                break;
            default:
                await CaptureAsync(story, "still-photo");
                await story.Page.ClickAsync("main .actions a.button >> nth=0");
                await CaptureAsync(story, "right");
                break;
        }

        Assert.EndsWith("/account", story.Page.Url, StringComparison.Ordinal);
        Assert.Contains(locale == "en" ? "Intermediate" : "中级", await story.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await story.SeenAsync("reached");
        Assert.Empty(visitor.ForeignRequests);
        Assert.Empty(visitor.ConsoleErrors);
    }

    [Theory]
    [InlineData("tax-account", "zh-CN", true, true)]
    [InlineData("certificate", "en", false, true)]
    [InlineData("certificate", "zh-CN", true, false)]
    public async Task An_organisation_is_registered_and_reaches_intermediate(string way, string locale, bool phone, bool script)
    {
        var company = await Newcomer.ChooseCompanyAsync(browser.Description.Sandbox);
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale, script);
        var story = new Story(visitor, $"organisation-{way}-{locale}-{(phone ? "phone" : "desktop")}", script);
        await visitor.RegisterAsync(browser, company.LegalRepresentative);
        await visitor.GoToAsync("identity", "/account/organisations");
        await story.SeenAsync("none");
        await story.Page.ClickAsync("main a[href='/account/organisations/new']");
        await story.Page.FillAsync("#Uscc", company.Uscc);
        await story.Page.FillAsync("#Name", company.Name + "分公司");
        await story.Page.SubmitAsync();
        Assert.True(await story.Page.IsVisibleAsync(".error-summary"));
        await story.SeenAsync("register-errors");
        await story.Page.FillAsync("#Name", company.Name);
        await story.Page.SubmitAsync();
        await story.SeenAsync("registered");
        var raise = await story.Page.GetAttributeAsync("main a[href*='/account/step-up?Organisation=']", "href");
        await ChooseAsync(story, raise!, way);
        await story.SeenAsync("begin");
        if (way == "tax-account")
        {
            await TypeAsync(story, "#Account", "T000000000", company.TaxAccount);
        }
        else
        {
            await SignAsync(story, company);
        }

        Assert.EndsWith("/account/organisations", story.Page.Url, StringComparison.Ordinal);
        Assert.Contains(locale == "en" ? "Intermediate" : "中级", await story.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await story.SeenAsync("reached");
        Assert.Empty(visitor.ForeignRequests);
        Assert.Empty(visitor.ConsoleErrors);
    }

    private async Task ChooseAsync(Story story, string stepUp, string way)
    {
        await story.Page.GotoAsync(browser.Address("identity") + stepUp);
        await story.SeenAsync("ways");
        await story.Page.ClickAsync($"main a.button[href*='/{way}?']");
    }

    private static async Task TypeAsync(Story story, string field, string wrong, string right)
    {
        await story.Page.FillAsync(field, wrong);
        await story.Page.SubmitAsync();
        Assert.True(await story.Page.IsVisibleAsync(".error-summary"));
        Assert.Equal(wrong, await story.Page.InputValueAsync(field));
        await story.SeenAsync("wrong");
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
        await story.SeenAsync(answer);
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
        await story.SeenAsync(seen);
    }

    /// <summary>Garbage first; then the challenge signed by a certificate of the platform's own CA, as the company's own program would.</summary>
    private async Task SignAsync(Story story, Company company)
    {
        await story.Page.SubmitAsync();
        await story.SeenAsync("challenge");
        await story.Page.FillAsync("#Signature", "bm8gc2lnbmF0dXJl");
        await story.Page.ClickAsync("main form[enctype] button[type=submit]");
        Assert.True(await story.Page.IsVisibleAsync(".error-summary"));
        await story.SeenAsync("garbage");
        if (await story.Page.Locator("main form[enctype]").CountAsync() == 0)
        {
            await story.Page.SubmitAsync();
        }

        var link = ChallengeFile().Match(await story.Page.ContentAsync()).Groups["link"].Value.Replace("&amp;", "&", StringComparison.Ordinal);
        var challenge = await (await story.Page.Context.APIRequest.GetAsync(browser.Address("identity") + link)).BodyAsync();
        using var key = SoftwareSigner.Generate(SignatureSuite.International);
        var chain = await CompanyCertificate.IssueAsync(browser, key, company);
        var signature = CmsSignatures.CreateDetached(key, chain, key.Algorithm.ContentHash().Hash(challenge));
        await story.Page.SetInputFilesAsync("#SignatureFile", new FilePayload { Name = "challenge.p7s", MimeType = "application/pkcs7-signature", Buffer = signature });
        await story.Page.ClickAsync("main form[enctype] button[type=submit]");
    }

    [GeneratedRegex("href=\"(?<link>/account/organisations/certificate\\?handler=File[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ChallengeFile();

    private sealed class Story(Visitor visitor, string name, bool script)
    {
        private int screens;

        public IPage Page => visitor.Page;

        public Task SeenAsync(string screen) => visitor.SeenAsync($"{name}{(script ? "" : "-no-script")}-{++screens:00}-{screen}", script);
    }
}
