using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>
/// An owner looks after the account: signs another device out, takes an application's access back, downloads what is kept, proves anew what the population library took back, and changes
/// the phone.
/// </summary>
public sealed class OwnAccountTests(BrowserFixture browser)
{
    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task An_owner_looks_after_the_account(string locale, bool phone)
    {
        var viewport = phone ? BrowserFixture.Phone : BrowserFixture.Desktop;
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var owner = await browser.VisitorAsync(viewport, locale);
        var story = new Story(owner, "own-account", locale, phone);
        await owner.RegisterAsync(browser, person);
        await SignTheOtherDeviceOutAsync(owner, story, person, locale);
        await TakeAccessBackAsync(owner, story);
        var receipt = await DownloadAsync(owner, story, person);
        await ProveAnewAsync(owner, story, person, locale, receipt);
        await ChangePhoneAsync(owner, story, person);
        owner.AssertQuiet();
    }

    private async Task SignTheOtherDeviceOutAsync(Visitor owner, Story story, Newcomer person, string locale)
    {
        await using var elsewhere = await browser.VisitorAsync(BrowserFixture.Desktop, locale);
        await elsewhere.SignInAsync(person, Registering.Password);
        Assert.EndsWith("/account", elsewhere.Page.Url, StringComparison.Ordinal);
        var page = owner.Page;
        await page.ClickAsync("main a[href='/account/sessions']");
        await page.WaitForSelectorAsync("form[action$='handler=Others']");
        Assert.Equal(2, await page.Locator("main tbody tr").CountAsync());
        await story.SeenAsync("sessions");
        await page.ClickAsync($"main tbody tr:not(:has-text('{(locale == "en" ? "(this one)" : "（本机）")}')) button");
        await page.WaitForSelectorAsync("main a[href='/sign-out']");
        Assert.Equal(1, await page.Locator("main tbody tr").CountAsync());
        await elsewhere.GoToAsync("identity", "/account");
        Assert.Contains("/sign-in", elsewhere.Page.Url, StringComparison.Ordinal);
        elsewhere.AssertQuiet();
    }

    /// <summary>The portal signs the owner in without a question, and stands in the list from then on.</summary>
    private async Task TakeAccessBackAsync(Visitor owner, Story story)
    {
        var page = owner.Page;
        await owner.GoToAsync("web", "/cases");
        Assert.StartsWith(browser.Address("web") + "/cases", page.Url, StringComparison.Ordinal);
        await owner.GoToAsync("identity", "/account/applications");
        await story.SeenAsync("applications");
        await page.ClickAsync("main button[name=clientId][value=web]");
        await page.WaitForSelectorAsync("main a[href='/account']");
        Assert.Equal(0, await page.Locator("main button[name=clientId]").CountAsync());
        await story.SeenAsync("applications-none");
    }

    /// <returns>The population library's receipt, as the file names it.</returns>
    private static async Task<string> DownloadAsync(Visitor owner, Story story, Newcomer person)
    {
        await owner.GoToAsync("identity", "/account/export");
        await story.SeenAsync("export");
        using var data = JsonDocument.Parse(await owner.DownloadAsync("main form[method=post] button[type=submit]"));
        var known = data.RootElement.GetProperty("person");
        Assert.Equal((person.IdNumber, "+86" + person.Phone), (known.GetProperty("idNumber").GetString(), known.GetProperty("phone").GetString()));
        Assert.Equal(2, data.RootElement.GetProperty("sessions").GetArrayLength());
        var match = data.RootElement.GetProperty("evidence").EnumerateArray().Single(e => e.GetProperty("kind").GetString() == "population-match");
        return match.GetProperty("referenceAtSource").GetString() ?? throw new InvalidOperationException("No receipt.");
    }

    /// <summary>What the level rests on is taken back; the account says what is missing and where to prove it.</summary>
    private async Task ProveAnewAsync(Visitor owner, Story story, Newcomer person, string locale, string receipt)
    {
        var page = owner.Page;
        await WithdrawAsync(receipt);
        await owner.UntilLevelAsync(locale == "en" ? "Not proven" : "未认证");
        await story.SeenAsync("below-primary");
        await page.ClickAsync("main p.notice a[href='/account/step-up']");
        await story.SeenAsync("missing");
        await page.ClickAsync("main a.button[href^='/account/raise/population?']");
        await page.FillInAsync(person);
        await page.FillAsync("#Name", "样例别人");
        await page.SubmitAsync();
        Assert.Equal("样例别人", await page.InputValueAsync("#Name"));
        await story.RefusedAsync("population-errors");
        await page.FillAsync("#Name", person.Name);
        await story.SeenAsync("population");
        await page.SubmitAsync();
        Assert.EndsWith("/account", page.Url, StringComparison.Ordinal);
        Assert.Equal(locale == "en" ? "Primary" : "初级", await page.InnerTextAsync("#level"));
    }

    private async Task ChangePhoneAsync(Visitor owner, Story story, Newcomer person)
    {
        var page = owner.Page;
        var number = string.Create(CultureInfo.InvariantCulture, $"198{RandomNumberGenerator.GetInt32(100_000_000):00000000}");
        await page.ClickAsync("main a[href='/account/phone']");
        await page.FillAsync("#Phone", "12345");
        await page.SubmitAsync();
        await story.RefusedAsync("phone-errors");
        await page.FillAsync("#Phone", number);
        await story.SeenAsync("phone");
        await page.SubmitAsync();

        // This sign-in shows password and phone: the former phone has to say yes.
        await page.FillAsync("#NewCode", "000000");
        await page.FillAsync("#FormerCode", "000000");
        await page.SubmitAsync();
        await story.RefusedAsync("phone-code-errors");
        await page.FillAsync("#NewCode", await (person with { Phone = number }).ReadCodeAsync(browser.Description.Sandbox));
        await page.FillAsync("#FormerCode", await person.ReadCodeAsync(browser.Description.Sandbox));
        await page.SubmitAsync();
        Assert.EndsWith("/account?done=phone", page.Url, StringComparison.Ordinal);
        await page.WaitForSelectorAsync("main .notice.good");
        Assert.Contains(number[^4..], await page.InnerTextAsync("main dl"), StringComparison.Ordinal);
        await story.SeenAsync("phone-changed");
    }

    private async Task WithdrawAsync(string receipt)
    {
        using var sandbox = new HttpClient { DefaultRequestHeaders = { { "X-Api-Key", browser.Description.Sandbox.ApiKey } } };
        using var answer = await sandbox.PostAsJsonAsync(new Uri(browser.Description.Sandbox.Address + "/changes/v1/samples"), new { kind = "withdrawn", authority = "population", receipt });
        answer.EnsureSuccessStatusCode();
    }
}
