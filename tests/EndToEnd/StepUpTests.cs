using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.Testing;

namespace Yinxin.EndToEnd;

/// <summary>
/// A citizen whose account is high enough, and whose sign-in by password is not: led to show more, on a desk, on a phone and by hand-over between both, in both languages;
/// back at the form nothing is lost.
/// </summary>
public sealed class StepUpTests(BrowserFixture browser)
{
    private const string Apply = "/apply/11349900MB0000051U3000199006000";

    [Theory]
    [InlineData("zh-CN", true, true)]
    [InlineData("zh-CN", false, false)]
    [InlineData("en", false, true)]
    [InlineData("en", true, true)]
    public async Task A_code_to_the_phone_shows_enough_and_the_form_is_as_it_was(string locale, bool phone, bool script)
    {
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale, script);
        var (page, suffix) = (visitor.Page, $"{locale}-{(phone ? "phone" : "desktop")}");
        await BeginAsync(visitor);
        Assert.Contains("/account/step-up", page.Url, StringComparison.Ordinal);
        Assert.Contains(locale == "en" ? "Your account's level is enough" : "您的账号等级足够", await page.InnerTextAsync("#why"), StringComparison.Ordinal);
        await visitor.SeenAsync("step-up-" + suffix, script);
        await page.ClickAsync("[data-way=sms] a");
        await visitor.SeenAsync("step-up-sms-" + suffix, script);
        await page.ClickAsync("#confirm-send button");
        await page.FillAsync("#Code", "000000");
        await page.ClickAsync("#confirm-code button");
        Assert.True(await page.Locator(".error-summary").IsVisibleAsync());
        await visitor.SeenAsync("step-up-sms-wrong-" + suffix, script);
        await page.FillAsync("#Code", await SigningIn.CodeAsync(browser, "citizen02"));
        await page.ClickAsync("#confirm-code button");
        await FormIsThereAsync(visitor);
        Assert.Empty(visitor.ForeignRequests);
        Assert.Empty(visitor.ConsoleErrors);
    }

    [Fact]
    public async Task A_passkey_confirms_within_the_session()
    {
        await using var visitor = await browser.VisitorAsync(BrowserFixture.Desktop);
        await visitor.AddPasskeyAuthenticatorAsync();
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
        Assert.Empty(visitor.ConsoleErrors);
    }

    [Theory]
    [InlineData("zh-CN")]
    [InlineData("en")]
    public async Task The_phone_does_it_and_the_computer_goes_on_by_itself(string locale)
    {
        await using var computer = await browser.VisitorAsync(BrowserFixture.Desktop, locale);
        await using var phone = await browser.VisitorAsync(BrowserFixture.Phone, locale);
        await BeginAsync(computer);
        await computer.Page.ClickAsync("a[href^='/account/step-up/phone']");
        await computer.SeenAsync("handover-computer-" + locale, script: true);
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
        Assert.Empty(computer.ForeignRequests.Concat(phone.ForeignRequests));
        Assert.Empty(computer.ConsoleErrors.Concat(phone.ConsoleErrors));
    }

    private static async Task FormIsThereAsync(Visitor visitor)
    {
        Assert.Contains("/apply/", visitor.Page.Url, StringComparison.Ordinal);
        await visitor.GoToAsync("web", Apply);
        Assert.Equal("样例书店", await visitor.Page.InputValueAsync("[name='Form.businessName']"));
        Assert.Equal("样例市样例路1号", await visitor.Page.InputValueAsync("[name='Form.address']"));
    }

    /// <summary>Signed in by password, with the form filled in and sent.</summary>
    private async Task BeginAsync(Visitor visitor)
    {
        await visitor.GoToAsync("web", Apply);
        await visitor.SignInIfAskedAsync(browser, "citizen02");
        await visitor.Page.FillAsync("[name='Form.businessName']", "样例书店");
        await visitor.Page.FillAsync("[name='Form.address']", "样例市样例路1号");
        await visitor.Page.FillAsync("[name='Form.scope']", "图书、报刊零售");
        await visitor.Page.FillAsync("[name='Form.mode']", "零售");
        await visitor.Page.FillAsync("[name='Form.phone']", "19900000000");
        await visitor.Page.ClickAsync("#apply button[type=submit] >> nth=0");
    }
}
