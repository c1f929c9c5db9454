using System.Text;
using OtpNet;
using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;
using Yinxin.Testing;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>An owner pairs an authenticator app and signs in with it elsewhere; then freezes the account and lifts that with one of the recovery codes; the history and the notices tell all of it.</summary>
public sealed class AuthenticatorAppTests(BrowserFixture browser)
{
    private const string NewPassword = "Lifted-example-Passw0rd";

    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task An_app_signs_its_owner_in_and_a_recovery_code_lifts_the_owners_freeze(string locale, bool phone)
    {
        var viewport = phone ? BrowserFixture.Phone : BrowserFixture.Desktop;
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var owner = await browser.VisitorAsync(viewport, locale);
        await using var elsewhere = await browser.VisitorAsync(viewport, locale);
        var (story, other) = (new Story(owner, "app", locale, phone), new Story(elsewhere, "app-elsewhere", locale, phone));
        await owner.RegisterAsync(browser, person);
        var app = await PairAsync(story);
        var codes = await MakeCodesAsync(owner, story);
        await SignInWithAppAsync(elsewhere, other, person, app);
        await FreezeAsync(owner, story);

        // Nobody is signed in any more, and the right password opens nothing.
        await elsewhere.GoToAsync("identity", "/account");
        Assert.Contains("/sign-in", other.Page.Url, StringComparison.Ordinal);
        await elsewhere.SignInAsync(person, Registering.Password);
        await other.RefusedAsync("frozen");
        await LiftAsync(owner, story, person, codes[0]);

        // The second step is as it was; another code stands for the app.
        await owner.SignInAsync(person, NewPassword);
        await owner.Page.ClickAsync("main a[href*='way=recovery']");
        await story.SeenAsync("recovery-code");
        await owner.Page.FillAsync("#Code", codes[1]);
        await owner.Page.SubmitAsync();
        Assert.EndsWith("/account", owner.Page.Url, StringComparison.Ordinal);
        await ReadWhatHappenedAsync(owner, story, locale);
        owner.AssertQuiet();
        elsewhere.AssertQuiet();
    }

    /// <returns>What the phone's app computes.</returns>
    private static async Task<Totp> PairAsync(Story story)
    {
        var page = story.Page;
        await page.ClickAsync("main a[href='/account/second-factor']");
        await story.SeenAsync("choices");
        await page.ClickAsync("main a.button[href='/account/second-factor/app']");
        var secret = (await page.InnerTextAsync("#secret")).Replace(" ", "", StringComparison.Ordinal);
        var picture = (await page.GetAttributeAsync("main img", "src") ?? throw new InvalidOperationException("No picture.")).Split(',')[1];
        Assert.Contains("secret=" + secret, QrReader.Read(Convert.FromBase64String(picture)), StringComparison.Ordinal);
        await story.SeenAsync("pairing");
        await page.FillAsync("#Code", "000000");
        await page.SubmitAsync();
        await story.RefusedAsync("pairing-errors");
        Assert.Equal(secret, (await page.InnerTextAsync("#secret")).Replace(" ", "", StringComparison.Ordinal));
        var app = new Totp(Base32Encoding.ToBytes(secret));
        await page.FillAsync("#Code", app.ComputeTotp());
        await page.SubmitAsync();
        Assert.EndsWith("/account/second-factor", page.Url, StringComparison.Ordinal);
        Assert.Equal("0", await page.InnerTextAsync("#left"));
        await story.SeenAsync("on");
        return app;
    }

    private static async Task<IReadOnlyList<string>> MakeCodesAsync(Visitor owner, Story story)
    {
        await owner.Page.ClickAsync("form[action$='handler=Codes'] button");
        await owner.Page.WaitForSelectorAsync("form[action$='handler=Download'] button");
        var codes = await owner.Page.Locator("#codes code").AllInnerTextsAsync();
        Assert.Equal(10, codes.Count);
        await story.SeenAsync("codes");
        var file = Encoding.UTF8.GetString(await owner.DownloadAsync("form[action$='handler=Download'] button"));
        Assert.All(codes, code => Assert.Contains(code, file, StringComparison.Ordinal));
        return codes;
    }

    private static async Task SignInWithAppAsync(Visitor elsewhere, Story other, Newcomer person, Totp app)
    {
        await elsewhere.SignInAsync(person, Registering.Password);
        Assert.Contains("/sign-in/second-factor", other.Page.Url, StringComparison.Ordinal);
        await other.SeenAsync("second-step");
        await other.Page.FillAsync("#Code", "000000");
        await other.Page.SubmitAsync();
        await other.RefusedAsync("second-step-errors");

        // The code that paired the app is spent; the app's next one is taken already, as of a clock that is fast.
        await other.Page.FillAsync("#Code", app.ComputeTotp(DateTime.UtcNow.AddSeconds(30)));
        await other.Page.SubmitAsync();
        Assert.EndsWith("/account", other.Page.Url, StringComparison.Ordinal);
    }

    private static async Task FreezeAsync(Visitor owner, Story story)
    {
        await owner.GoToAsync("identity", "/account");
        await owner.Page.ClickAsync("main a[href='/account/freeze']");
        await story.SeenAsync("freeze");
        await owner.Page.SubmitAsync();
        Assert.EndsWith("/frozen", owner.Page.Url, StringComparison.Ordinal);
        await story.SeenAsync("frozen");
    }

    /// <summary>From the page that says how: the code on the phone and a factor of the account's own.</summary>
    private async Task LiftAsync(Visitor owner, Story story, Newcomer person, string code)
    {
        var page = owner.Page;
        var before = await person.CountCodesAsync(browser.Description.Sandbox);
        await page.ClickAsync("main a[href='/recover']");
        await page.FillInAsync(person);
        await page.SubmitAsync();
        await page.FillAsync("#Code", await person.WaitForCodeAsync(browser.Description.Sandbox, before));
        await page.SubmitAsync();
        await page.FillAsync("#Password", NewPassword);
        await page.FillAsync("#PasswordAgain", NewPassword);
        await page.FillAsync("#Further", "00000-00000");
        await page.SubmitAsync();
        await story.RefusedAsync("lift-errors");
        await page.FillAsync("#Password", NewPassword);
        await page.FillAsync("#PasswordAgain", NewPassword);
        await page.FillAsync("#Further", code);
        await page.SubmitAsync();
        Assert.EndsWith("/recover/done", page.Url, StringComparison.Ordinal);
        await story.SeenAsync("lifted");
    }

    private static async Task ReadWhatHappenedAsync(Visitor owner, Story story, string locale)
    {
        var page = owner.Page;
        await page.ClickAsync("main a[href='/account/history']");
        Assert.Contains(locale == "en" ? "Wrong code" : "验证码错误", await page.InnerTextAsync("main .timeline"), StringComparison.Ordinal);
        await story.SeenAsync("history");
        await owner.GoToAsync("identity", "/account/notices");
        Assert.NotEqual(0, await page.Locator("main .card .tag").CountAsync());
        await story.SeenAsync("notices");

        // One of them, then all.
        await page.ClickAsync("main .card button[name=id] >> nth=0");
        await page.SubmitAsync();
        Assert.Equal(locale == "en" ? "0 unread" : "0 条未读", await page.InnerTextAsync("#unread"));
        await story.SeenAsync("notices-read");
    }
}
