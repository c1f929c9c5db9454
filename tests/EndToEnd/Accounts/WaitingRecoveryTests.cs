using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>
/// A recovery with a new phone in a browser: a recovery code lets it begin, the page says how long it waits, the owner's account says until when, and the link of the message to the former phone
/// stops it without a sign-in. That it takes effect when nobody stops it is told where the clock can be put forward.
/// </summary>
public sealed class WaitingRecoveryTests(BrowserFixture browser)
{
    private const string NewPassword = "Waiting-example-Passw0rd";

    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task A_new_phone_waits_and_the_message_to_the_former_one_stops_it(string locale, bool phone)
    {
        var (viewport, english) = (phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale == "en");
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var owner = await browser.VisitorAsync(viewport, locale);
        await using var claimant = await browser.VisitorAsync(viewport, locale);
        await using var reader = await browser.VisitorAsync(viewport, locale);
        var story = new Story(owner, "recovery-owner", locale, phone);
        await owner.RegisterAsync(browser, person);
        var code = await MakeCodeAsync(owner);
        await AskAsync(claimant, new Story(claimant, "recovery-waits", locale, phone), person, code, english);
        await FindAsync(owner, story, english);
        await StopAsync(new Story(reader, "recovery-stop", locale, phone), person, english);

        // The account is as it was: nothing waits, its owner is told, and the former password leads to the second step.
        await owner.GoToAsync("identity", "/account/recovery");
        await owner.Page.WaitForSelectorAsync("main .empty");
        await owner.GoToAsync("identity", "/account/notices");
        Assert.Contains(english ? "The recovery of your account was cancelled." : "账号找回已取消。", await owner.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await story.SeenAsync("notices");
        await claimant.SignInAsync(person, NewPassword);
        await claimant.Page.WaitForSelectorAsync(".error-summary");
        await claimant.SignInAsync(person, Registering.Password);
        await claimant.Page.WaitForURLAsync("**/sign-in/second-factor**");
        foreach (var visitor in (Visitor[])[owner, claimant, reader])
        {
            visitor.AssertQuiet();
        }
    }

    /// <summary>Messages as the second step; then recovery codes.</summary>
    /// <returns>One of them.</returns>
    private static async Task<string> MakeCodeAsync(Visitor owner)
    {
        await owner.GoToAsync("identity", "/account/second-factor");
        await owner.Page.ClickAsync("form[action$='handler=Sms'] button");
        await owner.Page.ClickAsync("form[action$='handler=Codes'] button");
        return await owner.Page.Locator("#codes code").First.InnerTextAsync();
    }

    private async Task AskAsync(Visitor claimant, Story story, Newcomer person, string code, bool english)
    {
        var page = story.Page;
        var moved = person with { Phone = string.Create(CultureInfo.InvariantCulture, $"198{RandomNumberGenerator.GetInt32(100_000_000):00000000}") };
        await claimant.GoToAsync("identity", "/recover");
        await page.FillInAsync(person);
        await page.SelectOptionAsync("#Lost", "phone");
        await page.SubmitAsync();
        await page.WaitForURLAsync("**/recover/phone");
        await page.FillAsync("#Phone", "12345");
        await page.SubmitAsync();
        await story.RefusedAsync("phone-errors");
        Assert.Equal("12345", await page.InputValueAsync("#Phone"));
        await page.FillAsync("#Phone", moved.Phone);
        await page.SubmitAsync();
        await page.WaitForURLAsync("**/recover/code");
        Assert.Contains(moved.Phone[^4..], await page.InnerTextAsync("main .lead"), StringComparison.Ordinal);
        await story.SeenAsync("code");
        await page.FillAsync("#Code", await moved.WaitForCodeAsync(browser.Description.Sandbox, before: 0));
        await page.SubmitAsync();
        await page.WaitForURLAsync("**/recover/password");

        // Without the account's phone a code to the new one is not enough.
        await TypeAsync("00000-00000");
        await story.RefusedAsync("password-errors");
        await TypeAsync(code);
        await page.WaitForURLAsync("**/recover/done?hours=72");
        Assert.Contains(english ? "takes effect in 72 hours" : "72 小时后新密码生效", await page.InnerTextAsync("main .notice"), StringComparison.Ordinal);
        await story.SeenAsync("waits");
        await claimant.SignInAsync(person, NewPassword);
        await page.WaitForSelectorAsync(".error-summary");

        async Task TypeAsync(string further)
        {
            await page.FillAsync("#Password", NewPassword);
            await page.FillAsync("#PasswordAgain", NewPassword);
            await page.FillAsync("#Further", further);
            await page.SubmitAsync();
        }
    }

    /// <summary>Whoever is still signed in sees at once that somebody is at it, and until when it can be stopped.</summary>
    private static async Task FindAsync(Visitor owner, Story story, bool english)
    {
        await owner.GoToAsync("identity", "/account");
        await story.SeenAsync("account");
        await owner.Page.ClickAsync("main .notice[role=alert] a[href='/account/recovery']");
        await owner.Page.WaitForURLAsync("**/account/recovery");
        Assert.Matches(english ? "takes effect on .*20[0-9]{2}" : "将于 .*20[0-9]{2}.* 生效", await owner.Page.InnerTextAsync("main .notice"));
        await story.SeenAsync("waiting");
    }

    /// <summary>Who reads the message is signed in nowhere; opening its link does nothing yet, and it works once.</summary>
    private async Task StopAsync(Story story, Newcomer person, bool english)
    {
        var page = story.Page;
        var message = await person.WaitForMessageAsync(browser.Description.Sandbox, "/recover/stop");
        var link = Regex.Match(message, "http[^ ]*/recover/stop[^ ]*", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;
        await page.GotoAsync(link);
        Assert.Contains(english ? "Somebody is recovering your account." : "有人正在找回您的账号。", await page.InnerTextAsync("main .lead"), StringComparison.Ordinal);
        await story.SeenAsync("asks");
        await page.SubmitAsync();
        await page.WaitForSelectorAsync("main .notice.good");
        Assert.Contains(english ? "It is stopped; the account stays as it is." : "已停止，账号保持原样。", await page.InnerTextAsync("main .notice.good"), StringComparison.Ordinal);
        await story.SeenAsync("stopped");
        await page.GotoAsync(link);
        await page.WaitForSelectorAsync("main .notice.bad");
        await story.SeenAsync("used");
    }
}
