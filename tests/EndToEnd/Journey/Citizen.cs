using System.Text;
using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;

namespace Yinxin.EndToEnd.Journey;

/// <summary>What the citizen does, page by page, only by what a page offers; every page is looked at on the way.</summary>
internal sealed class Citizen(Visitor visitor, BrowserFixture browser, Newcomer person, string story, bool script)
{
    private const string Business = "样例书店";
    private const string Password = "Journey-example-Passw0rd";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private int screens;

    private IPage Page => visitor.Page;

    /// <summary>From the home page by search to the guide, and from there to the form; signing in is asked for on the way.</summary>
    public async Task OpenTheMatterAsync()
    {
        await visitor.GoToAsync("web", "/");
        await SeenAsync("home");
        await Page.FillAsync("main form input[name=Q], main form input[name=q]", "出版物");
        await Page.ClickAsync("main form button[type=submit] >> nth=0");
        await SeenAsync("matters");
        await Page.ClickAsync("#matters a >> nth=0");
        await SeenAsync("guide");
        await Page.ClickAsync("#start");
        Assert.Contains("/sign-in", Page.Url, StringComparison.Ordinal);
    }

    public async Task RegisterAsync()
    {
        await Page.ClickAsync("main a[href^='/register']");
        await Page.FillAsync("#IdNumber", person.IdNumber);
        await Page.FillAsync("#Name", person.Name);
        await Page.SelectOptionAsync("#Sex", person.Sex);
        await Page.SelectOptionAsync("#Ethnicity", person.Ethnicity);
        await SeenAsync("register");
        await SubmitAsync();
        await Page.FillAsync("#Phone", person.Phone);
        await SeenAsync("phone");
        await SubmitAsync();
        await Page.FillAsync("#Code", await person.ReadCodeAsync(browser.Description.Sandbox));
        await SeenAsync("code");
        await SubmitAsync();
        await Page.CheckAsync("#Agreement");
        await SeenAsync("check");
        if (script)
        {
            await visitor.AddPasskeyAuthenticatorAsync();
            await Page.ClickAsync("[data-passkey-button]");
        }
        else
        {
            // Without script there is no passkey: the same form takes a password.
            await Page.FillAsync("#Password", Password);
            await Page.FillAsync("#PasswordAgain", Password);
            await SubmitAsync();
        }

        await Page.WaitForURLAsync(browser.Address("web") + "/apply/**");
        Assert.Contains(person.Name, await Page.InnerTextAsync("main"), StringComparison.Ordinal);
    }

    /// <summary>A new account is primary; the matter needs intermediate.</summary>
    public async Task FillInAndMeetTheLevelAsync()
    {
        Assert.True(await Page.Locator("#level-notice").IsVisibleAsync());
        await Page.FillAsync("[name='Form.businessName']", Business);
        await Page.FillAsync("[name='Form.address']", "样例市样例路1号");
        await Page.FillAsync("[name='Form.scope']", "图书、报刊零售");
        await Page.FillAsync("[name='Form.mode']", "零售");
        await Page.FillAsync("[name='Form.phone']", "19900000000");
        await SeenAsync("form");
        await Page.ClickAsync("#apply button[type=submit]");
        Assert.Contains("/account/step-up", Page.Url, StringComparison.Ordinal);
        await SeenAsync("step-up");
    }

    public async Task GoOnWithTheLevelReachedAsync()
    {
        await Page.ReloadAsync();
        await SeenAsync("level-reached");
        await Page.ClickAsync("main .actions a.button");
        await Page.LoadedAsync();
        Assert.StartsWith(browser.Address("web") + "/apply/", Page.Url, StringComparison.Ordinal);
        Assert.Equal(0, await Page.Locator("#level-notice").CountAsync());
        Assert.Equal(Business, await Page.InputValueAsync("[name='Form.businessName']"));
        await Page.ClickAsync("#apply button[type=submit]");
        await Page.LoadedAsync();
        Assert.EndsWith("/materials", Page.Url, StringComparison.Ordinal);
    }

    public async Task<string> UploadAndSubmitAsync()
    {
        var file = new FilePayload { Name = "premises.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.4\n% 样例\n%%EOF\n"u8.ToArray() };
        while (await Page.Locator("#uploaded .tag.warn").CountAsync() > 0)
        {
            await Page.SetInputFilesAsync("#upload input[type=file]", file);
            await Page.ClickAsync("#upload button[type=submit]");
            await Page.LoadedAsync();
        }

        await SeenAsync("materials");
        await Page.ClickAsync("#continue button");
        await Page.CheckAsync("#Declaration");
        await SeenAsync("check-answers");
        await Page.ClickAsync("#submit button[type=submit]");
        Assert.Equal("Submitted", await Page.GetAttributeAsync("#state", "data-state"));
        await SeenAsync("submitted");
        return (await Page.InnerTextAsync("#case-number")).Trim();
    }

    public async Task PayAsync(string caseNumber)
    {
        await visitor.GoToAsync("web", "/cases");
        await SeenAsync("my-cases");
        await Page.ClickAsync($"a[href='/cases/{caseNumber}']");
        await UntilAsync("#pay");
        await SeenAsync("fee-due");
        await Page.ClickAsync("#pay");
        Assert.StartsWith(browser.Address("payment"), Page.Url, StringComparison.Ordinal);
        await SeenAsync("bill");
        await Page.ClickAsync("#pay button");
        Assert.StartsWith(browser.Address("sandbox"), Page.Url, StringComparison.Ordinal);
        await SeenAsync("channel");
        await Page.ClickAsync("button[value=paid]");
        Assert.Equal("paid", await Page.GetAttributeAsync("#outcome", "data-state"));
        await SeenAsync("channel-paid");
        await Page.ClickAsync("#return");
        Assert.StartsWith(browser.Address("payment") + "/bills/", Page.Url, StringComparison.Ordinal);
        await UntilAsync("#receipt");
        await SeenAsync("bill-paid");
        await Page.ClickAsync("#receipt");
        await SeenAsync("receipt");
        await Page.ClickAsync("main .actions a.button");
        Assert.EndsWith("/cases/" + caseNumber, Page.Url, StringComparison.Ordinal);
    }

    public async Task<byte[]> DownloadAsync(string caseNumber)
    {
        await UntilAsync("#state[data-state=Completed]");
        await SeenAsync("completed");
        await visitor.GoToAsync("web", "/licenses");
        await SeenAsync("my-licences");
        var licence = await visitor.DownloadAsync("#licences a[href$='/pdf']");
        Assert.StartsWith("%PDF-", Encoding.ASCII.GetString(licence, 0, 5), StringComparison.Ordinal);
        Assert.NotEmpty(caseNumber);
        return licence;
    }

    public async Task VerifyAsync(byte[] licence, string expected)
    {
        await visitor.GoToAsync("license", "/verify");
        await Page.SetInputFilesAsync("#File", new FilePayload { Name = "licence.pdf", MimeType = "application/pdf", Buffer = licence });
        await Page.ClickAsync("#verify-form button");
        await Page.LoadedAsync();
        Assert.Equal(expected, await Page.GetAttributeAsync("#report", "data-result"));

        // What holds is folded away, what failed stands open.
        Assert.Equal(await Page.Locator(".check-group:not([data-result=passed])").CountAsync(), await Page.Locator(".check-group[open]").CountAsync());
        Assert.Equal(expected == "valid", await Page.Locator(".check-group[open]").CountAsync() == 0);
        await SeenAsync("verify-" + expected);
    }

    /// <summary>Signing out of the portal ends the session at Identity too; the passkey alone opens a new one.</summary>
    public async Task SignOutAndInAgainAsync()
    {
        await visitor.GoToAsync("web", "/cases");
        await Page.ClickAsync("#sign-out button");
        await SeenAsync("signed-out");

        // Asked beside the page: a sign-in page that is shown would let the passkey sign in at once.
        var account = await Page.Context.APIRequest.GetAsync(browser.Address("identity") + "/account");
        Assert.Contains("/sign-in", account.Url, StringComparison.Ordinal);
        await visitor.GoToAsync("web", "/cases");

        // With script the page offers the passkey by itself (conditional mediation), and the authenticator says yes.
        if (!script)
        {
            await Page.FillAsync("input[name=Name]", person.IdNumber);
            await Page.FillAsync("input[name=Password]", Password);
            await SubmitAsync();
        }

        await Page.WaitForURLAsync(browser.Address("web") + "/cases");
        await SeenAsync("signed-in-again");
    }

    private Task SubmitAsync() => Page.ClickAsync("main form[method=post] button[type=submit] >> nth=0");

    private Task SeenAsync(string screen) => visitor.SeenAsync($"{story}-{++screens:00}-{screen}", script);

    /// <summary>Reloads, as the page advises, until what follows in the background has arrived.</summary>
    private async Task UntilAsync(string selector)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await Page.Locator(selector).CountAsync() == 0)
        {
            Assert.False(patience.IsCancellationRequested, $"{selector} did not appear on {Page.Url}: {await Page.InnerTextAsync("main")}");
            await Page.WaitForTimeoutAsync(100);
            await Page.ReloadAsync();
        }
    }
}
