using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using static Yinxin.Identity.Tests.StepUp.Strengthening;

namespace Yinxin.Identity.Tests.StepUp;

/// <summary>What a sign-in shows, how a session shows more, and who tries to show more than is true. The numbers are those of the attack list.</summary>
public abstract class StepUpSuite(IdentityFixture identity)
{
    [Fact] // 49
    public async Task A_password_alone_is_primary_whatever_the_account_and_a_message_to_its_phone_shows_more()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var both = new Both(owner, browser);
        var party = new RelyingParty(identity);
        Assert.Equal(Primary, (await browser.TokensAsync(party)).Acr());

        var stepUp = await browser.AskAsync(party, ("claims", Essential(Intermediate)));
        Assert.StartsWith("/account/step-up?", stepUp, StringComparison.Ordinal);
        var page = await browser.ReadAsync(stepUp);
        Assert.Contains("您的账号等级足够（中级），但本次登录只验证了密码", page, StringComparison.Ordinal);
        Assert.Contains("data-way=\"sms\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/account/raise/bank-card", page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-way=\"passkey\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain(owner.Person.Phone, page, StringComparison.Ordinal);

        identity.Time.Advance(TimeSpan.FromMinutes(3));
        var done = await browser.StrengthenAsync(identity, owner.Person.Phone, stepUp.ReturnUrl());
        Assert.Equal(stepUp.ReturnUrl(), done.Headers.Location?.OriginalString);
        var back = await browser.GetAsync(done.Headers.Location!.OriginalString);
        var tokens = await party.RedeemAsync(RelyingParty.Code(back.Headers.Location!));
        Assert.Equal(Intermediate, tokens.Acr());
        Assert.Equal(["pwd", "sms", "mfa"], tokens.Amr());
        Assert.InRange(tokens.AuthTime(), identity.Time.GetUtcNow().ToUnixTimeSeconds() - 60, identity.Time.GetUtcNow().ToUnixTimeSeconds());

        // The other session of the same account has shown no more than before.
        using var elsewhere = identity.NewBrowser();
        await elsewhere.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        Assert.Equal(Primary, (await elsewhere.TokensAsync(party)).Acr());
    }

    [Fact]
    public async Task Who_lacks_both_is_told_of_both_and_in_which_order()
    {
        var (owner, browser) = await ByPasswordAsync(identity, raised: false);
        using var both = new Both(owner, browser);
        var party = new RelyingParty(identity);
        var stepUp = await browser.AskAsync(party, ("claims", Essential(Intermediate)));
        var page = await browser.ReadAsync(stepUp);
        Assert.Contains("还差两步", page, StringComparison.Ordinal);
        Assert.True(page.IndexOf("data-way=\"sms\"", StringComparison.Ordinal) < page.IndexOf("/account/raise/bank-card", StringComparison.Ordinal));
        await browser.StrengthenAsync(identity, owner.Person.Phone, stepUp.ReturnUrl());
        var next = (await browser.GetAsync(stepUp.ReturnUrl())).Headers.Location!.OriginalString;
        var second = await browser.ReadAsync(next);
        Assert.DoesNotContain("data-way", second, StringComparison.Ordinal);
        Assert.Contains("/account/raise/bank-card", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_below_primary_is_told_so_after_a_password_alone_and_is_asked_for_no_more_than_the_service_wants()
    {
        var (owner, browser) = await ByPasswordAsync(identity, raised: false);
        using var both = new Both(owner, browser);
        var party = new RelyingParty(identity);
        await identity.ExpireEvidenceAsync(owner.Person.Phone, "population-match");
        var higher = await browser.ReadAsync(await browser.AskAsync(party, ("claims", Essential(Intermediate))));
        Assert.Contains("您的账号目前不足初级", higher, StringComparison.Ordinal);
        Assert.Contains("data-way=\"sms\"", higher, StringComparison.Ordinal);

        var stepUp = await browser.AskAsync(party, ("claims", Essential(Primary, Intermediate)));
        var page = await browser.ReadAsync(stepUp);
        Assert.Contains("到初级后即可继续办理", page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-way", page, StringComparison.Ordinal);
        var form = "/account/raise/population?ReturnUrl=" + Uri.EscapeDataString(stepUp.ReturnUrl());
        var done = await browser.SubmitAsync(
            form, await (await browser.GetAsync(form)).Content.ReadAsStringAsync(),
            ("IdNumber", owner.Person.IdNumber), ("Name", owner.Person.Name), ("Sex", owner.Person.Sex), ("Ethnicity", owner.Person.Ethnicity));
        Assert.Equal(stepUp.ReturnUrl(), done.Headers.Location?.OriginalString);
        Assert.Contains("您的账号已达到初级", await browser.ReadAsync(stepUp), StringComparison.Ordinal);
        Assert.Equal(Primary, (await party.RedeemAsync(RelyingParty.Code((await browser.GetAsync(stepUp.ReturnUrl())).Headers.Location!))).Acr());
    }

    [Theory] // 55
    [InlineData(false, "hwk")]
    [InlineData(true, "swk")]
    public async Task A_passkey_of_the_account_strengthens_the_session_and_another_persons_does_not(bool synced, string kind)
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var both = new Both(owner, browser);
        using var stranger = await Applicant.RegisteredAsync(identity);
        using var device = await owner.AddPasskeyAsync(identity.Issuer, synced);
        using var foreign = await stranger.AddPasskeyAsync(identity.Issuer);
        var party = new RelyingParty(identity);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ConfirmByPasskeyAsync(foreign)).StatusCode);
        device.Verified = false;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.ConfirmByPasskeyAsync(device)).StatusCode);
        device.Verified = true;
        var before = await browser.TokensAsync(party);
        Assert.Equal(Primary, before.Acr());
        Assert.True(await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'session.strengthen' AND \"Result\" = 'identity.confirm.passkeyRefused' AND \"SubjectId\" = '{Subject(before)}'") >= 2);

        Assert.Equal("/account/sessions", (await browser.ConfirmByPasskeyAsync(device, "/account/sessions")).Headers.Location?.OriginalString);
        var tokens = await browser.TokensAsync(party);
        Assert.Equal(Subject(before), Subject(tokens));
        Assert.Equal(Intermediate, tokens.Acr());
        Assert.Equal(["pwd", kind, "user"], tokens.Amr());
    }

    [Fact]
    public async Task With_an_app_no_message_is_sent_and_a_recovery_code_is_spent_once()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/raise/bank-card", ("CardNumber", owner.Person.BankCard));
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        var app = await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        var made = await Applicant.TextAsync(await owner.FillAsync("/account/second-factor", "/account/second-factor?handler=Codes"));
        var code = System.Text.RegularExpressions.Regex.Match(made, "<code>(?<c>[a-z0-9]{5}-[a-z0-9]{5})</code>", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["c"].Value;

        var page = await browser.ReadAsync("/account/step-up");
        Assert.Contains("data-way=\"app\"", page, StringComparison.Ordinal);
        Assert.Contains("data-way=\"recovery\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-way=\"sms\"", page, StringComparison.Ordinal);
        Assert.StartsWith("/account/confirm?", (await browser.GetAsync(Sms)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await browser.TypeCodeAsync("recovery", code)).StatusCode);
        Assert.Equal(Intermediate, (await browser.TokensAsync(new RelyingParty(identity))).Acr());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.TypeCodeAsync("recovery", code)).StatusCode);
        var once = app.Code();
        Assert.Equal(HttpStatusCode.Found, (await browser.TypeCodeAsync("app", once)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.TypeCodeAsync("app", once)).StatusCode);
    }

    [Fact] // 9, 52
    public async Task A_code_belongs_to_the_session_that_asked_for_it_and_works_once()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var both = new Both(owner, browser);
        using var thief = identity.NewBrowser();
        await thief.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        await browser.SendCodeAsync();
        var code = await identity.Sandbox.CodeAsync(owner.Person.Phone);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.TypeCodeAsync("sms", code)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.TypeCodeAsync("sms", code)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.TypeCodeAsync("sms", code)).StatusCode);
        await browser.SendCodeAsync();
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.TypeCodeAsync("sms", await identity.Sandbox.CodeAsync(owner.Person.Phone))).StatusCode);
        Assert.Equal(Primary, (await thief.TokensAsync(new RelyingParty(identity))).Acr());
    }

    [Fact] // 51, 52
    public async Task Six_wrong_codes_are_six_in_all_and_the_sixth_stops_the_right_one_too()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var both = new Both(owner, browser);
        await browser.SendCodeAsync();
        var code = await identity.Sandbox.CodeAsync(owner.Person.Phone);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.TypeCodeAsync("sms", i % 2 == 0 ? "abc" : "")).StatusCode);
        }

        var blocked = await browser.TypeCodeAsync("sms", code);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, blocked.StatusCode);
        Assert.Contains("错误次数过多", await Applicant.TextAsync(blocked), StringComparison.Ordinal);
        Assert.Contains("验证码错误", await owner.ReadAsync("/account/history"), StringComparison.Ordinal);
    }

    [Fact] // 44
    public async Task After_a_step_up_the_cookie_of_before_is_worthless()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var both = new Both(owner, browser);
        var planted = browser.Cookies.GetCookies(new Uri(identity.Issuer))["yinxin.identity.session"]!.Value;
        await browser.StrengthenAsync(identity, owner.Person.Phone);
        using var thief = identity.NewBrowser();
        thief.Cookies.Add(new Uri(identity.Issuer), new Cookie("yinxin.identity.session", planted));
        Assert.StartsWith("/sign-in", (await thief.GetAsync("/account")).Headers.Location!.AbsolutePath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stolen_password_makes_itself_no_second_factor()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var both = new Both(owner, browser);
        foreach (var page in (string[])["/account/second-factor/app", "/account/passkeys"])
        {
            Assert.StartsWith("/account/confirm?two=true", (await browser.GetAsync(page)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        }

        var form = await browser.ReadAsync("/account/second-factor");
        Assert.StartsWith("/account/confirm?two=true", (await browser.SubmitAsync("/account/second-factor?handler=Sms", form)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        var confirm = await browser.ReadAsync("/account/confirm?two=true&ReturnUrl=/account/passkeys");
        Assert.DoesNotContain("name=\"Password\"", confirm, StringComparison.Ordinal);
        await browser.StrengthenAsync(identity, owner.Person.Phone, "/account/passkeys");
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account/passkeys")).StatusCode);
    }

    [Fact]
    public async Task A_password_alone_makes_no_session_of_two_factors_young_not_even_by_a_form_sent_past_the_page()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        foreach (var target in (string[])["/account/export", "/connect/authorize?client_id=public"])
        {
            foreach (var two in (string[])["", "two=false&"])
            {
                var url = $"/account/confirm?{two}ReturnUrl={Uri.EscapeDataString(target)}";
                Assert.DoesNotContain("name=\"Password\"", await owner.ReadAsync(url), StringComparison.Ordinal);
                var forged = await owner.Browser.SubmitAsync(url, await owner.ReadAsync("/account/freeze"), ("Password", Applicant.Password));
                Assert.Equal(HttpStatusCode.UnprocessableEntity, forged.StatusCode);
            }
        }

        // Nor does the new session of a changed password count as if the second factor had been shown again.
        const string next = "Another-lantern-58-Orbit";
        Assert.Equal("/account?done=password", (await owner.FillAsync("/account/password", ("Current", Applicant.Password), ("Password", next), ("PasswordAgain", next))).Headers.Location?.OriginalString);
        Assert.StartsWith("/account/confirm?two=true", (await owner.Browser.GetAsync("/account/export")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("/account/export", (await owner.Browser.StrengthenAsync(identity, owner.Person.Phone, "/account/export")).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await owner.Browser.GetAsync("/account/export")).StatusCode);
    }

    [Fact]
    public async Task The_pages_belong_to_whoever_is_signed_in_and_lead_nowhere_else()
    {
        using var visitor = identity.NewBrowser();
        foreach (var page in (string[])["/account/confirm", Sms, "/account/confirm/passkey", "/account/step-up", "/account/step-up/phone", "/step-up?code=x"])
        {
            Assert.StartsWith("/sign-in", (await visitor.GetAsync(page)).Headers.Location!.AbsolutePath, StringComparison.Ordinal);
        }

        var (owner, browser) = await ByPasswordAsync(identity);
        using var both = new Both(owner, browser);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync("/account/confirm", [new("Password", Applicant.Password)])).StatusCode);
        var url = "/account/confirm?ReturnUrl=" + Uri.EscapeDataString("https://evil.example");
        Assert.Equal("/account", (await browser.SubmitAsync(url, await browser.ReadAsync(url), ("Password", Applicant.Password))).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync(url, await browser.ReadAsync(url), ("Password", new string('x', 5000)))).StatusCode);
        Assert.Equal("/account", (await browser.StrengthenAsync(identity, owner.Person.Phone, "//evil.example")).Headers.Location?.OriginalString);

        // A sign-in of somebody else that was begun in the same browser and left has no say here.
        using var other = await Applicant.RegisteredAsync(identity);
        var app = await AuthenticatorOnPhone.PairAsync(other, identity.Time);
        await browser.SignInAsync(other.Person.IdNumber, Applicant.Password);
        Assert.DoesNotContain("data-way=\"app\"", await browser.ReadAsync("/account/confirm"), StringComparison.Ordinal);
        Assert.StartsWith("/account/confirm?", (await browser.GetAsync("/account/confirm/code?way=app")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.NotNull(app);
    }

    [Fact]
    public async Task An_official_reaches_the_level_by_the_first_app_and_needs_two_factors_for_the_next()
    {
        using var browser = identity.NewBrowser();
        await browser.SignInAsync("system");
        var party = new RelyingParty(identity);
        var stepUp = await browser.AskAsync(party, ("claims", Essential(Intermediate)));
        var offered = await browser.ReadAsync(stepUp);
        foreach (var way in (string[])["/account/second-factor/app", "/account/passkeys"])
        {
            Assert.Contains($"{way}?ReturnUrl={Uri.EscapeDataString(stepUp.ReturnUrl())}\"", offered, StringComparison.Ordinal);
        }

        var url = "/account/second-factor/app?ReturnUrl=" + Uri.EscapeDataString(stepUp.ReturnUrl());
        var page = await browser.ReadAsync(url);
        var secret = System.Text.RegularExpressions.Regex.Match(page, "<code id=\"secret\">(?<s>[A-Z2-7 ]+)</code>", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["s"].Value;
        var app = new AuthenticatorOnPhone(secret, identity.Time);
        var done = await browser.SubmitAsync(url, page, ("Code", app.FormerCode()));
        Assert.Equal(stepUp.ReturnUrl(), done.Headers.Location?.OriginalString);
        var answer = (await browser.GetAsync(done.Headers.Location!.OriginalString)).Headers.Location!;
        Assert.Equal(Intermediate, (await party.RedeemAsync(RelyingParty.Code(answer))).Acr());

        // Switched off again for whoever comes after.
        await browser.SubmitAsync("/account/second-factor?handler=Off", await browser.ReadAsync("/account/second-factor"));
    }

    private static string? Subject(Answer tokens) => Answer.Claims(tokens.IdToken).GetProperty("sub").GetString();

    private sealed class Both(Applicant owner, Browser browser) : IDisposable
    {
        public void Dispose()
        {
            owner.Dispose();
            browser.Dispose();
        }
    }
}

[Collection(OnSqlite.Name)]
public sealed class StepUpOnSqlite(SqliteIdentity identity) : StepUpSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class StepUpOnPostgres(PostgresIdentity identity) : StepUpSuite(identity);
