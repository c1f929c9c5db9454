using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>The second factor: set up, asked for, guessed at, replayed; and within a session.</summary>
public abstract class SecondFactorSuite(IdentityFixture identity)
{
    private const string Page = "/sign-in/second-factor";
    private const string Waiting = "错误次数过多";

    [Fact]
    public async Task With_an_app_a_password_alone_signs_nobody_in()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var app = await AuthenticatorOnPhone.PairAsync(applicant, identity.Time);
        using var browser = identity.NewBrowser();
        var asked = await browser.SignInAsync(applicant.Person.IdNumber, Applicant.Password, "/account/notices");
        Assert.Equal(Page + "?ReturnUrl=%2Faccount%2Fnotices", asked.Headers.Location?.OriginalString);
        Assert.Equal("/sign-in", (await browser.GetAsync("/account")).Headers.Location!.AbsolutePath);

        var done = await ShowAsync(browser, app.Code(), "/account/notices");
        Assert.Equal("/account/notices", done.Headers.Location?.OriginalString);
        Assert.Equal(["pwd", "otp", "mfa"], await MethodsAsync(browser));

        // A text message is no way around the app.
        using var other = identity.NewBrowser();
        await other.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        var page = await other.ReadAsync(Page + "?way=sms");
        Assert.DoesNotContain("发送验证码", page, StringComparison.Ordinal);
        await other.SubmitAsync(Page + "?handler=Send", page);
        Assert.DoesNotContain(await identity.Sandbox.MessagesAsync(applicant.Person.Phone), m => m.Purpose == "second-factor");
    }

    [Fact] // 52
    public async Task A_code_is_accepted_once_and_only_near_its_time()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var app = await AuthenticatorOnPhone.PairAsync(applicant, identity.Time);
        var code = app.Code();
        using var first = identity.NewBrowser();
        using var second = identity.NewBrowser();
        await first.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        await second.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        foreach (var wrong in (string[])["", "12345", "abcdef", new string('1', 500), app.Code(3), app.Code(-3)])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ShowAsync(first, wrong)).StatusCode);
        }

        identity.Time.Advance(TimeSpan.FromMinutes(16));
        await first.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        await second.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        code = app.Code();
        var pages = await Task.WhenAll(first.ReadAsync(Page), second.ReadAsync(Page));
        var answers = await Task.WhenAll(first.SubmitAsync(Page, pages[0], ("Code", code)), second.SubmitAsync(Page, pages[1], ("Code", code)));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Found);
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task The_page_of_the_app_comes_back_from_a_confirmation_and_still_knows_where_to_go_on()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        const string page = "/account/second-factor/app?ReturnUrl=%2Faccount%2Fsessions";
        Assert.Equal("/account/confirm?two=true&ReturnUrl=" + Uri.EscapeDataString(page), (await applicant.Browser.GetAsync(page)).Headers.Location?.OriginalString);
    }

    [Fact] // 51, 52
    public async Task Six_wrong_codes_block_the_second_factor_for_every_browser_that_the_account_does_not_know_and_nobody_for_good()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var app = await AuthenticatorOnPhone.PairAsync(applicant, identity.Time);
        using var thief = identity.NewBrowser();
        await thief.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        var page = await thief.ReadAsync(Page);
        var guesses = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => thief.SubmitAsync(Page, page, ("Code", $"{i:000000}"))));
        var texts = await Task.WhenAll(guesses.Select(Applicant.TextAsync));
        Assert.Equal(5, texts.Count(t => t.Contains("不正确或已失效", StringComparison.Ordinal)));
        Assert.Equal(7, texts.Count(t => t.Contains("错误次数过多", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ShowAsync(thief, app.Code())).StatusCode);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        using var owner = identity.NewBrowser();
        await owner.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Equal(HttpStatusCode.Found, (await ShowAsync(owner, app.Code())).StatusCode);
    }

    [Fact] // 51, 52
    public async Task Whoever_has_the_password_does_not_keep_the_second_factor_blocked_where_its_owner_has_shown_it()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var app = await AuthenticatorOnPhone.PairAsync(applicant, identity.Time);
        using var thief = identity.NewBrowser();
        await BlockAsync(thief, applicant);
        using var another = identity.NewBrowser();
        await another.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Contains(Waiting, await Applicant.TextAsync(await ShowAsync(another, app.Code())), StringComparison.Ordinal);

        // Where the app was paired it is known; and there it is braked as anywhere, whatever was right before.
        await applicant.Browser.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Equal(HttpStatusCode.Found, (await ShowAsync(applicant.Browser, app.Code())).StatusCode);
        await BlockAsync(applicant.Browser, applicant);
        Assert.Contains(Waiting, await Applicant.TextAsync(await ShowAsync(applicant.Browser, app.Code(1))), StringComparison.Ordinal);
    }

    [Fact] // 51, 52
    public async Task A_browser_in_which_the_password_alone_signed_in_has_no_guesses_of_its_own_until_the_second_factor_was_shown_there()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var early = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await early.SignInAsync(applicant.Person.IdNumber, Applicant.Password)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await early.GetAsync("/account")).StatusCode);
        var app = await AuthenticatorOnPhone.PairAsync(applicant, identity.Time);
        using var stranger = identity.NewBrowser();
        await BlockAsync(stranger, applicant);
        await early.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Contains(Waiting, await Applicant.TextAsync(await ShowAsync(early, app.Code())), StringComparison.Ordinal);

        // A pending sign-in alone, however often, makes no browser known.
        Assert.Contains(Waiting, await Applicant.TextAsync(await ShowAsync(stranger, app.Code())), StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        await early.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Equal(HttpStatusCode.Found, (await ShowAsync(early, app.Code())).StatusCode);
        await BlockAsync(stranger, applicant);
        await early.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Equal(HttpStatusCode.Found, (await ShowAsync(early, app.Code(1))).StatusCode);
    }

    [Fact] // 51, 52, 54
    public async Task A_recovery_opens_a_second_factor_that_a_thief_keeps_blocked_and_one_that_its_owner_mistyped()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var app = await AuthenticatorOnPhone.PairAsync(applicant, identity.Time);
        using var thief = identity.NewBrowser();
        await BlockAsync(thief, applicant);
        await BlockAsync(applicant.Browser, applicant);
        using var forgetful = new Forgetful(identity, applicant.Person);
        await forgetful.ProvePhoneAsync();
        Assert.Equal("/recover/done", (await forgetful.FinishAsync(app.Code())).Headers.Location?.OriginalString);
        using var fresh = identity.NewBrowser();
        foreach (var browser in (Browser[])[fresh, applicant.Browser])
        {
            // Each code of a time of its own; the blocks are longer.
            identity.Time.Advance(TimeSpan.FromMinutes(2));
            await browser.SignInAsync(applicant.Person.IdNumber, Forgetful.NewPassword);
            Assert.Equal(HttpStatusCode.Found, (await ShowAsync(browser, app.Code())).StatusCode);
        }
    }

    [Fact]
    public async Task Recovery_codes_are_shown_once_work_once_and_are_void_when_new_ones_are_made()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AuthenticatorOnPhone.PairAsync(applicant, identity.Time);
        var codes = await MakeCodesAsync(applicant);
        Assert.Equal(10, codes.Distinct().Count());
        Assert.DoesNotContain(codes[0], await applicant.ReadAsync("/account/second-factor"), StringComparison.Ordinal);
        Assert.Equal("0", await identity.ReadAsync($"SELECT COUNT(*) FROM \"RecoveryCodes\" WHERE \"CodeHash\" LIKE '%{codes[0]}%'"));

        using var browser = identity.NewBrowser();
        await browser.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Equal(HttpStatusCode.Found, (await ShowAsync(browser, codes[0].ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal), way: "recovery")).StatusCode);
        await browser.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ShowAsync(browser, codes[0], way: "recovery")).StatusCode);
        Assert.Contains("id=\"left\">9<", await applicant.ReadAsync("/account/second-factor"), StringComparison.Ordinal);
        Assert.Contains("还剩 9 个", await applicant.ReadAsync("/account/notices"), StringComparison.Ordinal);

        await MakeCodesAsync(applicant);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ShowAsync(browser, codes[1], way: "recovery")).StatusCode);
        await identity.WaitForWordsAsync(applicant.Person.Phone, "生成了新的恢复码");
    }

    [Fact]
    public async Task Recovery_codes_can_be_downloaded_by_their_owner_alone()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AuthenticatorOnPhone.PairAsync(applicant, identity.Time);
        var page = await Applicant.TextAsync(await applicant.FillAsync("/account/second-factor", "/account/second-factor?handler=Codes"));
        var kept = Regex.Match(page, "name=\"kept\" value=\"(?<k>[^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["k"].Value;
        var file = await applicant.Browser.SubmitAsync("/account/second-factor?handler=Download", page, ("kept", kept));
        Assert.Equal("text/plain", file.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", file.Headers.CacheControl?.ToString());
        Assert.Contains(Codes(page)[0], await file.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var stranger = await Applicant.RegisteredAsync(identity);
        var own = await stranger.ReadAsync("/account/second-factor");
        Assert.Equal(HttpStatusCode.Found, (await stranger.Browser.SubmitAsync("/account/second-factor?handler=Download", own, ("kept", kept))).StatusCode);
    }

    [Fact]
    public async Task A_text_message_is_a_second_factor_too_bound_to_the_browser_that_asked()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        await applicant.FillAsync("/account/second-factor", "/account/second-factor?handler=Sms");
        using var browser = identity.NewBrowser();
        using var other = identity.NewBrowser();
        await browser.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        await other.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        var sent = await browser.SubmitAsync(Page + "?handler=Send", await browser.ReadAsync(Page));
        Assert.Contains("sent=true", sent.Headers.Location!.OriginalString, StringComparison.OrdinalIgnoreCase);
        var code = await CodeAsync(applicant, "second-factor");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ShowAsync(other, code)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await ShowAsync(browser, code)).StatusCode);
        Assert.Equal(["pwd", "sms", "mfa"], await MethodsAsync(browser));
    }

    [Fact] // 44, 49
    public async Task A_session_is_strengthened_with_its_own_clock_and_the_older_cookie_is_worthless()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var app = await AuthenticatorOnPhone.PairAsync(applicant, identity.Time);
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        await ShowAsync(browser, app.Code());
        await Browser.StayAsync(identity.Time, TimeSpan.FromHours(1), browser);
        var party = new RelyingParty(identity);
        var before = await party.RedeemAsync(RelyingParty.Code((await browser.GetAsync(party.AuthorizeUrl())).Headers.Location!));
        var cookie = browser.Cookies.GetCookies(new Uri(identity.Issuer))["yinxin.identity.session"]!.Value;

        var done = await ShowAsync(browser, app.Code(), "/account/sessions");
        Assert.Equal("/account/sessions", done.Headers.Location?.OriginalString);
        using var thief = identity.NewBrowser();
        thief.Cookies.Add(new Uri(identity.Issuer), new Cookie("yinxin.identity.session", cookie));
        Assert.Equal(HttpStatusCode.Found, (await thief.GetAsync("/account")).StatusCode);

        var after = await party.RedeemAsync(RelyingParty.Code((await browser.GetAsync(party.AuthorizeUrl())).Headers.Location!));
        var (old, fresh) = (Answer.Claims(before.IdToken), Answer.Claims(after.IdToken));
        Assert.True(fresh.GetProperty("auth_time").GetInt64() >= old.GetProperty("auth_time").GetInt64() + 3600);
        Assert.Contains("mfa", fresh.GetProperty("amr").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal("/account", (await ShowAsync(browser, app.Code(1), "//evil.example")).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_stolen_session_without_the_second_factor_cannot_switch_it_off()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var stolen = identity.NewBrowser();
        await stolen.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        await AuthenticatorOnPhone.PairAsync(applicant, identity.Time);
        var refused = await stolen.GetAsync("/account/second-factor");
        Assert.StartsWith(Page, refused.Headers.Location!.OriginalString, StringComparison.Ordinal);

        await applicant.FillAsync("/account/second-factor", "/account/second-factor?handler=Off");
        Assert.Equal("0", await identity.ReadAsync($"SELECT COUNT(*) FROM \"AuthenticatorApps\" WHERE \"AccountId\" = '{await AccountAsync(applicant)}'"));
        await identity.WaitForWordsAsync(applicant.Person.Phone, "已关闭两步验证");
        Assert.Equal(HttpStatusCode.Found, (await stolen.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await applicant.Browser.GetAsync("/account")).StatusCode);
    }

    [Fact] // 52, 54
    public async Task Another_app_in_place_of_a_lost_one_ends_every_other_session_and_voids_the_recovery_codes()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        Assert.DoesNotContain("其他设备上的登录会全部退出", await applicant.ReadAsync("/account/second-factor/app"), StringComparison.Ordinal);
        var lost = await AuthenticatorOnPhone.PairAsync(applicant, identity.Time);
        var codes = await MakeCodesAsync(applicant);
        using var thief = identity.NewBrowser();
        await thief.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Equal(HttpStatusCode.Found, (await ShowAsync(thief, lost.Code())).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await thief.GetAsync("/account")).StatusCode);
        using var waiting = identity.NewBrowser();
        await waiting.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Equal(HttpStatusCode.OK, (await waiting.GetAsync(Page)).StatusCode);

        Assert.Contains("其他设备上的登录会全部退出", await applicant.ReadAsync("/account/second-factor/app"), StringComparison.Ordinal);
        var app = await AuthenticatorOnPhone.PairAsync(applicant, identity.Time);
        Assert.Equal(HttpStatusCode.Found, (await thief.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await applicant.Browser.GetAsync("/account")).StatusCode);
        Assert.StartsWith("/sign-in?", (await waiting.GetAsync(Page)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("id=\"left\">0<", await applicant.ReadAsync("/account/second-factor"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"Sessions\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(applicant.Person.IdNumber)}' AND \"EndReason\" = 'app-replaced'"));

        await waiting.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ShowAsync(waiting, lost.Code(1))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ShowAsync(waiting, codes[0], way: "recovery")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await ShowAsync(waiting, app.Code())).StatusCode);
        await identity.WaitForWordsAsync(applicant.Person.Phone, "更换了验证器应用");
    }

    [Fact]
    public async Task A_pending_sign_in_ends_with_a_changed_password_and_after_ten_minutes()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var app = await AuthenticatorOnPhone.PairAsync(applicant, identity.Time);
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(Page)).StatusCode);
        const string next = "Another-lantern-58-Orbit";
        Assert.Equal("/account?done=password", (await applicant.FillAsync("/account/password", ("Current", Applicant.Password), ("Password", next), ("PasswordAgain", next))).Headers.Location?.OriginalString);
        Assert.StartsWith("/sign-in?", (await browser.GetAsync(Page)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.NotNull(app);
        Assert.Contains("密码已修改", await applicant.ReadAsync("/account/notices"), StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> ShowAsync(Browser browser, string code, string returnUrl = "/account", string way = "")
    {
        var url = $"{Page}?ReturnUrl={Uri.EscapeDataString(returnUrl)}&way={way}";
        return await browser.SubmitAsync(url, await browser.ReadAsync(url), ("Code", code));
    }

    /// <summary>With the right password, six codes that are none.</summary>
    private static async Task BlockAsync(Browser browser, Applicant applicant)
    {
        await browser.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(i == 5, (await Applicant.TextAsync(await ShowAsync(browser, "mistyped"))).Contains(Waiting, StringComparison.Ordinal));
        }
    }

    private async Task<string[]> MethodsAsync(Browser browser)
    {
        var party = new RelyingParty(identity);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await browser.GetAsync(party.AuthorizeUrl())).Headers.Location!));
        return [.. Answer.Claims(tokens.IdToken).GetProperty("amr").EnumerateArray().Select(m => m.GetString()!)];
    }

    private static async Task<string[]> MakeCodesAsync(Applicant applicant) =>
        Codes(await Applicant.TextAsync(await applicant.FillAsync("/account/second-factor", "/account/second-factor?handler=Codes")));

    private static string[] Codes(string page) => [.. Regex.Matches(page, "<code>(?<c>[0-9a-z]{5}-[0-9a-z]{5})</code>", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(m => m.Groups["c"].Value)];

    private async Task<string> CodeAsync(Applicant applicant, string purpose) =>
        Regex.Match((await identity.Sandbox.MessagesAsync(applicant.Person.Phone)).First(m => m.Purpose == purpose).Text, "[0-9]{6}", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;

    private async Task<string> AccountAsync(Applicant applicant)
    {
        var party = new RelyingParty(identity);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await applicant.Browser.GetAsync(party.AuthorizeUrl())).Headers.Location!));
        return Answer.Claims(tokens.IdToken).GetProperty("sub").GetString()!;
    }
}

[Collection(OnSqlite.Name)]
public sealed class SecondFactorOnSqlite(SqliteIdentity identity) : SecondFactorSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class SecondFactorOnPostgres(PostgresIdentity identity) : SecondFactorSuite(identity);
