using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.Testing;

namespace Yinxin.EndToEnd;

/// <summary>
/// A citizen whose account is high enough, and whose sign-in by password is not: led to show more, on a desk, on a phone and by hand-over between both, in both languages;
/// back at the form nothing is lost. Here by a text message; the other ways: <see cref="StepUpWaysTests"/>.
/// </summary>
public sealed class StepUpTests(BrowserFixture browser)
{
    [Theory]
    [MemberData(nameof(Cells.WithoutScriptToo), MemberType = typeof(Cells))]
    public async Task A_code_to_the_phone_shows_enough_and_the_form_is_as_it_was(string locale, bool phone, bool script)
    {
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale, script);
        var (page, story) = (visitor.Page, new Story(visitor, "step-up", locale, phone, script));
        await BeginAsync(visitor);
        Assert.Contains("/account/step-up", page.Url, StringComparison.Ordinal);
        Assert.Contains(locale == "en" ? "Your account's level is enough" : "您的账号等级足够", await page.InnerTextAsync("#why"), StringComparison.Ordinal);
        await story.SeenAsync("why");
        await page.ClickAsync("[data-way=sms] a");
        await story.SeenAsync("sms");
        await SigningIn.InTurnAsync("citizen02", async () =>
        {
            await page.ClickAsync("#confirm-send button");
            await page.FillAsync("#Code", "000000");
            await page.ClickAsync("#confirm-code button");
            await story.RefusedAsync("sms-errors");
            await page.FillAsync("#Code", await SigningIn.CodeAsync(browser, "citizen02"));
            await page.ClickAsync("#confirm-code button");
        });
        await FormIsThereAsync(visitor);
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task A_passkey_confirms_within_the_session()
    {
        await using var visitor = await browser.VisitorAsync(BrowserFixture.Desktop);
        await visitor.AddPasskeyAuthenticatorAsync(synced: true);
        await visitor.SignInWithTwoFactorsAsync(browser, "company01");
        await visitor.GoToAsync("identity", "/account/passkeys");
        await visitor.Page.ClickAsync("[data-passkey-button]");
        await visitor.Page.WaitForSelectorAsync("form[action*='Remove']");
        await visitor.GoToAsync("identity", "/account/confirm?ReturnUrl=/account/sessions");
        await visitor.SeenAsync("confirm-with-passkey", script: true);
        await visitor.Page.ClickAsync("[data-way=passkey] a");
        await visitor.SeenAsync("confirm-passkey", script: true);
        await visitor.Page.ClickAsync("[data-passkey-button]");
        await visitor.Page.WaitForURLAsync("**/account/sessions");
        await visitor.GoToAsync("identity", "/account/passkeys");
        await visitor.Page.ClickAsync("form[action*='Remove'] button");
        visitor.AssertQuiet();
    }

    /// <param name="locale">Language of both.</param>
    /// <param name="narrow">Whether the computer's window is as narrow as a phone.</param>
    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task The_phone_does_it_and_the_computer_goes_on_by_itself(string locale, bool narrow)
    {
        await using var computer = await browser.VisitorAsync(narrow ? BrowserFixture.Phone : BrowserFixture.Desktop, locale);
        await using var phone = await browser.VisitorAsync(BrowserFixture.Phone, locale);
        await BeginAsync(computer);
        await computer.Page.ClickAsync("a[href^='/account/step-up/phone']");
        await computer.SeenAsync($"handover-computer{(narrow ? "-narrow" : "")}-{locale}", script: true);
        var number = await computer.Page.InnerTextAsync("#number");
        await phone.Page.GotoAsync(QrReader.Read(Convert.FromBase64String((await computer.Page.GetAttributeAsync("main img", "src"))!.Split(',')[1])));
        Assert.Contains("/sign-in", phone.Page.Url, StringComparison.Ordinal);
        await phone.SignInIfAskedAsync(browser, "citizen02");
        await phone.SeenAsync("handover-phone-ways-" + locale, script: true);
        await phone.Page.ClickAsync("[data-way=sms] a");
        await phone.ShowCodeAsync(browser, "citizen02");
        await phone.SeenAsync("handover-phone-number-" + locale, script: true);
        await phone.Page.ClickAsync($"button[name=Number][value='{number}']");
        await phone.SeenAsync("handover-phone-done-" + locale, script: true);

        // Nobody touches the computer.
        await computer.Page.WaitForURLAsync(browser.Address("web") + "/apply/**");
        await FormIsThereAsync(computer);
        computer.AssertQuiet();
        phone.AssertQuiet();
    }

    /// <summary>Back at the portal, with what was typed.</summary>
    internal static async Task FormIsThereAsync(Visitor visitor)
    {
        Assert.Contains("/apply/", visitor.Page.Url, StringComparison.Ordinal);
        await visitor.GoToAsync("web", PortalForm.Path);
        Assert.Equal(PortalForm.Business, await visitor.Page.InputValueAsync("[name='Form.businessName']"));
        Assert.Equal(PortalForm.Premises, await visitor.Page.InputValueAsync("[name='Form.address']"));
    }

    /// <summary>Signed in by password, with the form filled in and sent.</summary>
    private async Task BeginAsync(Visitor visitor)
    {
        await visitor.GoToAsync("web", PortalForm.Path);
        await visitor.SignInIfAskedAsync(browser, "citizen02");
        await visitor.Page.FillInPortalFormAsync();
        await visitor.Page.ClickAsync("#apply button[type=submit] >> nth=0");
    }
}
