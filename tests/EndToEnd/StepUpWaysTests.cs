using Xunit;
using Yinxin.EndToEnd.Accounts;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd;

/// <summary>
/// Whoever signed in by the password alone shows more for a form of the portal by a passkey, an authenticator app, a recovery code or the face, where it can go wrong that first; back at the form
/// nothing is lost. By a text message: <see cref="StepUpTests"/>.
/// </summary>
public sealed class StepUpWaysTests(BrowserFixture browser)
{
    [Theory]
    [InlineData("zh-CN", true)]
    [InlineData("en", false)]
    public async Task A_passkey_shows_enough_and_the_form_is_as_it_was(string locale, bool phone)
    {
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var visitor = await VisitorAsync(locale, phone);
        var (page, story) = (visitor.Page, new Story(visitor, "step-up-passkey", locale, phone));
        await RaisedAsync(visitor, person);
        await visitor.AddPasskeyAuthenticatorAsync(synced: phone);
        await visitor.GoToAsync("identity", "/account/passkeys");
        await page.ClickAsync("[data-passkey-button]");
        await page.WaitForSelectorAsync("form[action*='Remove']");
        await SignInAnewAsync(visitor, person);
        await AskAsync(visitor);
        await story.SeenAsync("ways");
        await page.ClickAsync("[data-way=passkey] a");
        await page.WaitForSelectorAsync("[data-passkey-button]");
        await story.SeenAsync("passkey");
        await page.ClickAsync("[data-passkey-button]");
        await BackAsync(visitor, story);
    }

    /// <param name="way">The one that shows enough; the other is looked at on the way.</param>
    /// <param name="locale">The language.</param>
    /// <param name="phone">The width.</param>
    [Theory]
    [InlineData("app", "en", true)]
    [InlineData("recovery", "zh-CN", false)]
    public async Task An_app_or_a_recovery_code_shows_enough_and_the_form_is_as_it_was(string way, string locale, bool phone)
    {
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var owner = await VisitorAsync(locale, phone);
        await using var visitor = await VisitorAsync(locale, phone);
        var (page, story) = (visitor.Page, new Story(visitor, "step-up-" + way, locale, phone));
        await RaisedAsync(owner, person);

        // Where there is an app no sign-in is by the password alone any more: this one is from before.
        await SignInAsync(visitor, person);
        await owner.GoToAsync("identity", "/account/second-factor/app");
        var app = await owner.Page.PairAppAsync();
        await owner.Page.ClickAsync("form[action$='handler=Codes'] button");
        var code = await owner.Page.Locator("#codes code").First.InnerTextAsync();

        await AskAsync(visitor);
        await story.SeenAsync("ways");
        var other = way == "app" ? "recovery" : "app";
        await page.ClickAsync($"[data-way={other}] a");
        await page.WaitForURLAsync($"**/account/confirm/code?way={other}&**");
        await story.SeenAsync(other);
        await page.ClickAsync("main a[href^='/account/confirm?']");
        await page.ClickAsync($"[data-way={way}] a");
        await page.WaitForURLAsync($"**/account/confirm/code?way={way}&**");
        await page.FillAsync("#Code", way == "app" ? "000000" : "00000-00000");
        await page.SubmitAsync();
        await story.RefusedAsync(way + "-errors");

        // The code that paired the app is spent; the next one is taken as of a clock that is fast.
        await page.FillAsync("#Code", way == "app" ? app.ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(30)) : code);
        await page.ClickAsync("#confirm-code button");
        await BackAsync(visitor, story);
        owner.AssertQuiet();
    }

    [Theory]
    [InlineData("zh-CN", true)]
    [InlineData("en", false)]
    public async Task The_face_shows_enough_and_the_form_is_as_it_was(string locale, bool phone)
    {
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var visitor = await VisitorAsync(locale, phone);
        var (page, story) = (visitor.Page, new Story(visitor, "step-up-face", locale, phone));
        await RaisedAsync(visitor, person);
        await SignInAnewAsync(visitor, person);
        await AskAsync(visitor);
        await page.ClickAsync("[data-way=real-person] a");
        await page.WaitForSelectorAsync("#Consent");
        await story.SeenAsync("consent");
        await page.ShowFaceAsync("other-person");
        await story.RefusedAsync("refused");
        await page.ClickAsync("main .actions a.button >> nth=0");
        await page.ShowFaceAsync("right");
        await BackAsync(visitor, story);
    }

    private Task<Visitor> VisitorAsync(string locale, bool phone) => browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale);

    private async Task RaisedAsync(Visitor visitor, Newcomer person)
    {
        await visitor.RegisterAsync(browser, person);
        await visitor.RaiseAsync(browser, person);
    }

    /// <summary>By the password alone, beside the page: a sign-in page that is shown would let a passkey sign in at once.</summary>
    private Task SignInAsync(Visitor visitor, Newcomer person) =>
        visitor.SendAsync(browser.Address("identity") + "/sign-in?ReturnUrl=%2Faccount", ("Name", person.IdNumber), ("Password", Registering.Password));

    private async Task SignInAnewAsync(Visitor visitor, Newcomer person)
    {
        await visitor.SendAsync(browser.Address("identity") + "/sign-out");
        await SignInAsync(visitor, person);
    }

    /// <summary>The form filled in and sent; the account's level is enough for it, and the sign-in is not.</summary>
    private static async Task AskAsync(Visitor visitor)
    {
        await visitor.GoToAsync("web", PortalForm.Path);
        await visitor.Page.FillInPortalFormAsync();
        await visitor.Page.ClickAsync("#apply button[type=submit] >> nth=0");
        await visitor.Page.WaitForURLAsync("**/account/step-up**");
        Assert.Equal(0, await visitor.Page.Locator("#raise-heading").CountAsync());
    }

    private async Task BackAsync(Visitor visitor, Story story)
    {
        await visitor.Page.WaitForURLAsync(browser.Address("web") + "/apply/**");
        await StepUpTests.FormIsThereAsync(visitor);
        Assert.Equal(0, await visitor.Page.Locator("#level-notice").CountAsync());
        await story.SeenAsync("back-at-the-form");
        visitor.AssertQuiet();
    }
}
