using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Passkeys in place of a password and beside it.</summary>
public abstract class PasskeySuite(IdentityFixture identity)
{
    [Theory]
    [InlineData(false, "hwk")]
    [InlineData(true, "swk")]
    public async Task A_person_registers_with_a_passkey_alone_and_signs_in_with_it(bool synced, string kind)
    {
        using var device = new SoftwareAuthenticator(identity.Issuer) { BackupEligible = synced, BackedUp = synced };
        using var applicant = await Applicant.NewAsync(identity);
        await applicant.ProveAsync();
        var (page, options) = await OptionsAsync(applicant.Browser, "/register/check", "/passkeys/registration-options");
        var done = await applicant.Browser.SubmitAsync("/register/check", page, ("Passkey", device.Create(options)), ("Agreement", "true"));
        Assert.Equal("/account", done.Headers.Location?.OriginalString);
        var home = await applicant.ReadAsync("/account");
        Assert.Contains("初级", home, StringComparison.Ordinal);
        Assert.Contains("已添加通行密钥", home, StringComparison.Ordinal);
        Assert.Equal([kind, "user", "sms"], (await applicant.Browser.TokensAsync(new RelyingParty(identity))).Amr());

        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await SignInAsync(browser, device)).StatusCode);
        Assert.Contains(applicant.Person.Name, WebUtility.HtmlDecode(await (await browser.GetAsync("/account")).Content.ReadAsStringAsync()), StringComparison.Ordinal);

        // The only way in cannot be thrown away.
        var keys = await (await browser.GetAsync("/account/passkeys")).Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync("/account/passkeys?handler=Remove", keys, ("Id", FirstOn(keys)))).StatusCode);
    }

    [Fact]
    public async Task A_passkey_is_added_named_used_and_removed()
    {
        using var device = new SoftwareAuthenticator(identity.Issuer);
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AddAsync(applicant, device);
        Assert.Contains("<td>我的手机</td>", await applicant.ReadAsync("/account/passkeys"), StringComparison.Ordinal);
        Assert.Contains("尚未使用", await applicant.ReadAsync("/account/passkeys"), StringComparison.Ordinal);

        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await SignInAsync(browser, device)).StatusCode);
        Assert.DoesNotContain("尚未使用", await applicant.ReadAsync("/account/passkeys"), StringComparison.Ordinal);

        Assert.Contains("已添加通行密钥", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        await RemoveAsync(applicant);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SignInAsync(browser, device)).StatusCode);
        Assert.Equal(0, await identity.RowsAsync($"\"PasskeyUses\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(applicant.Person.IdNumber)}'"));

        // Nor does the level rest on it any more.
        var home = await applicant.ReadAsync("/account");
        Assert.DoesNotContain("已添加通行密钥", home, StringComparison.Ordinal);
        Assert.Contains("id=\"level\">初级", home, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Remove")]
    [InlineData("Rename")]
    public async Task A_stranger_who_knows_its_key_changes_no_passkey_and_is_answered_as_for_one_that_there_is_not(string handler)
    {
        using var device = new SoftwareAuthenticator(identity.Issuer);
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AddAsync(applicant, device);
        using var strangers = new SoftwareAuthenticator(identity.Issuer);
        using var stranger = await Applicant.RegisteredAsync(identity);
        await AddAsync(stranger, strangers);
        var id = FirstOn(await applicant.ReadAsync("/account/passkeys"));
        var address = "/account/passkeys?handler=" + handler;
        var page = await stranger.ReadAsync("/account/passkeys");
        Assert.Equal("302 /account/passkeys\n", await SaidAsync(await stranger.Browser.SubmitAsync(address, page, ("Id", new string('0', 64)), ("Label", "别人的"))));
        Assert.Equal("302 /account/passkeys\n", await SaidAsync(await stranger.Browser.SubmitAsync(address, page, ("Id", id), ("Label", "别人的"))));

        // Neither key has changed, nobody was signed out for it, and nothing was written down as done.
        foreach (var (person, key) in new[] { (applicant, device), (stranger, strangers) })
        {
            var keys = await person.ReadAsync("/account/passkeys");
            Assert.Contains("<td>我的手机</td>", keys, StringComparison.Ordinal);
            Assert.DoesNotContain("别人的", keys, StringComparison.Ordinal);
            using var browser = identity.NewBrowser();
            Assert.Equal(HttpStatusCode.Found, (await SignInAsync(browser, key)).StatusCode);
            var subject = (await identity.KeyOfAsync(person.Person.IdNumber)).ToLowerInvariant();
            Assert.Equal(0, await identity.RowsAsync($"\"AuditRecords\" WHERE \"SubjectId\" = '{subject}' AND \"Action\" IN ('account.passkeyRemoved', 'account.passkeyRenamed')"));
        }

        // With the same key its owner does it.
        Assert.Equal("302 /account/passkeys\n", await SaidAsync(await applicant.Browser.SubmitAsync(address, await applicant.ReadAsync("/account/passkeys"), ("Id", id), ("Label", "书房"))));
        var own = await applicant.ReadAsync("/account/passkeys");
        Assert.DoesNotContain("<td>我的手机</td>", own, StringComparison.Ordinal);
        Assert.Equal(handler == "Rename", own.Contains("<td>书房</td>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_two_passkeys_the_one_that_stays_goes_on_carrying()
    {
        using var first = new SoftwareAuthenticator(identity.Issuer);
        using var second = new SoftwareAuthenticator(identity.Issuer);
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AddAsync(applicant, first);
        identity.Time.Advance(TimeSpan.FromMinutes(1));
        await AddAsync(applicant, second);
        var standing = $"\"Evidence\" WHERE \"Kind\" = 'passkey' AND \"SubjectId\" = '{await identity.KeyOfAsync(applicant.Person.IdNumber)}'";
        Assert.Equal(2, await identity.RowsAsync(standing));
        await RemoveAsync(applicant);
        Assert.Equal(1, await identity.RowsAsync(standing + " AND \"Method\" = 'passkey-removed' AND \"Supersedes\" IS NOT NULL"));
        Assert.Contains("已添加通行密钥", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        await RemoveAsync(applicant);
        Assert.Equal(2, await identity.RowsAsync(standing + " AND \"Method\" = 'passkey-removed' AND \"Supersedes\" IS NOT NULL"));
        Assert.DoesNotContain("已添加通行密钥", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_adds_a_passkey_on_the_way_is_led_back_to_where_they_were_and_nowhere_else()
    {
        using var device = new SoftwareAuthenticator(identity.Issuer);
        using var applicant = await Applicant.RegisteredAsync(identity);
        const string waiting = "/account/step-up?ReturnUrl=%2Faccount%2Fsessions&level=primary";
        var address = "/account/passkeys?ReturnUrl=" + Uri.EscapeDataString(waiting);
        var (page, options) = await OptionsAsync(applicant.Browser, address, "/passkeys/creation-options");
        Assert.Contains(waiting, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Equal(waiting, (await applicant.Browser.SubmitAsync("/account/passkeys", page, ("Passkey", device.Create(options)))).Headers.Location?.OriginalString);

        // A proof that is too old first, and then on to the same place.
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal("/sign-in?ReturnUrl=" + Uri.EscapeDataString(address), (await applicant.Browser.GetAsync(address)).Headers.Location?.OriginalString);

        using var other = new SoftwareAuthenticator(identity.Issuer);
        using var stranger = await Applicant.RegisteredAsync(identity);
        var (form, asked) = await OptionsAsync(stranger.Browser, "/account/passkeys?ReturnUrl=" + Uri.EscapeDataString("https://evil.example/"), "/passkeys/creation-options");
        Assert.Equal("", Browser.HiddenFields(form)["ReturnUrl"]);
        Assert.DoesNotContain("href=\"https://evil.example", form, StringComparison.Ordinal);
        Assert.Equal("/account/passkeys", (await stranger.Browser.SubmitAsync(
            "/account/passkeys", form, ("Passkey", other.Create(asked)), ("ReturnUrl", "//evil.example/"))).Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData(false, false, "hwk")]
    [InlineData(true, false, "swk")]
    [InlineData(true, true, "swk")]
    public async Task Acr_and_amr_of_a_passkey_stand_in_the_token(bool backupEligible, bool backedUp, string kind)
    {
        using var device = new SoftwareAuthenticator(identity.Issuer) { BackupEligible = backupEligible };
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AddAsync(applicant, device);

        // Copied, if at all, since it was made.
        device.BackedUp = backedUp;
        using var browser = identity.NewBrowser();
        var party = new RelyingParty(identity);
        await SignInAsync(browser, device);
        var location = (await browser.GetAsync(party.AuthorizeUrl())).Headers.Location!;
        var claims = Answer.Claims((await party.RedeemAsync(RelyingParty.Code(location))).IdToken);
        Assert.Equal([kind, "user"], claims.GetProperty("amr").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal("urn:yinxin:assurance:primary", claims.GetProperty("acr").GetString());
    }

    [Fact]
    public async Task A_foreign_origin_an_unverified_person_and_a_replay_are_refused()
    {
        using var device = new SoftwareAuthenticator(identity.Issuer);
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AddAsync(applicant, device);
        using var browser = identity.NewBrowser();
        device.Origin = "http://localhost.evil.example";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SignInAsync(browser, device)).StatusCode);
        device.Origin = identity.Issuer;
        device.Verified = false;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SignInAsync(browser, device)).StatusCode);
        device.Verified = true;

        var (page, options) = await OptionsAsync(browser, "/sign-in", "/passkeys/request-options");
        var challenge = browser.Cookies.GetCookies(new Uri(identity.Issuer))["yinxin.identity.passkey.get"]!;
        var answer = device.Get(options);
        Assert.Equal(HttpStatusCode.Found, (await browser.SubmitAsync("/sign-in", page, ("Passkey", answer))).StatusCode);
        using var thief = identity.NewBrowser();
        var own = await (await thief.GetAsync("/sign-in")).Content.ReadAsStringAsync();
        thief.Cookies.Add(new Uri(identity.Issuer), new Cookie(challenge.Name, challenge.Value));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.SubmitAsync("/sign-in", own, ("Passkey", answer))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.SubmitAsync("/sign-in", own, ("Passkey", "{\"id\":"))).StatusCode);
    }

    [Theory]
    [InlineData(false, "hwk")]
    [InlineData(true, "swk")]
    public async Task A_refused_passkey_is_written_down_as_what_it_was_made_as(bool synced, string kind)
    {
        using var device = new SoftwareAuthenticator(identity.Issuer) { BackupEligible = synced };
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AddAsync(applicant, device);
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await SignInAsync(browser, device)).StatusCode);
        device.Counter = 1;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SignInAsync(browser, device)).StatusCode);

        // One that says of itself something else than when it was made is refused, and what it says now is not believed.
        (device.Counter, device.BackupEligible) = (10, !synced);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SignInAsync(browser, device)).StatusCode);
        var refused = $"\"SignInRecords\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(applicant.Person.IdNumber)}' AND \"Result\" = 'wrong-passkey'";
        Assert.Equal(2, await identity.RowsAsync(refused));
        Assert.Equal(2, await identity.RowsAsync($"{refused} AND CAST(\"Methods\" AS TEXT) LIKE '%{kind}%'"));

        device.BackupEligible = synced;
        Assert.Equal(HttpStatusCode.Found, (await SignInAsync(browser, device)).StatusCode);
    }

    [Fact]
    public async Task To_manage_passkeys_one_signs_in_anew()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.StartsWith("/sign-in", (await applicant.Browser.GetAsync("/account/passkeys")).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copied_key_and_one_that_signed_for_another_site_are_refused_written_down_and_told()
    {
        using var device = new SoftwareAuthenticator(identity.Issuer);
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AddAsync(applicant, device);
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await SignInAsync(browser, device)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await SignInAsync(browser, device)).StatusCode);
        var last = device.Counter;
        device.Counter = 1;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SignInAsync(browser, device)).StatusCode);
        (device.Counter, device.Site) = (last, "evil.example");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SignInAsync(browser, device)).StatusCode);

        var key = await identity.KeyOfAsync(applicant.Person.IdNumber);
        Assert.Equal(2, await identity.RowsAsync($"\"SignInRecords\" WHERE \"AccountId\" = '{key}' AND \"Result\" = 'wrong-passkey'"));
        Assert.Equal(2, await identity.RowsAsync($"\"AuditRecords\" WHERE \"SubjectId\" = '{key.ToLowerInvariant()}' AND \"Action\" = 'account.passkeyRefused'"));
        Assert.Equal(1, await identity.RowsAsync($"\"Notices\" WHERE \"AccountId\" = '{key}' AND \"Kind\" = 'passkey-refused'"));
        Assert.Contains("通行密钥未被接受", await applicant.ReadAsync("/account/history"), StringComparison.Ordinal);
        await identity.WaitForWordsAsync(applicant.Person.Phone, "可能被复制");

        device.Site = null;
        Assert.Equal(HttpStatusCode.Found, (await SignInAsync(browser, device)).StatusCode);
    }

    [Fact]
    public async Task What_we_did_not_make_fills_no_table()
    {
        using var device = new SoftwareAuthenticator(identity.Issuer);
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AddAsync(applicant, device);
        using var browser = identity.NewBrowser();
        var (page, options) = await OptionsAsync(browser, "/sign-in", "/passkeys/request-options");
        var challenge = browser.Cookies.GetCookies(new Uri(identity.Issuer))["yinxin.identity.passkey.get"]!;
        var answer = device.Get(options);
        var before = await identity.CountAsync("SpentProofs");
        for (var i = 0; i < 3; i++)
        {
            browser.Cookies.Add(new Uri(identity.Issuer), new Cookie(challenge.Name, "forged" + i));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync("/sign-in", page, ("Passkey", answer))).StatusCode);
        }

        Assert.True(await identity.CountAsync("SpentProofs") <= before);
        browser.Cookies.Add(new Uri(identity.Issuer), new Cookie(challenge.Name, challenge.Value));
        Assert.Equal(HttpStatusCode.Found, (await browser.SubmitAsync("/sign-in", page, ("Passkey", answer))).StatusCode);
    }

    [Fact] // 54
    public async Task A_counters_ticket_takes_off_every_passkey_when_it_is_spent()
    {
        using var device = new SoftwareAuthenticator(identity.Issuer);
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AddAsync(applicant, device);
        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        var issued = await window.PostAsync("/api/counter-recoveries", new { applicant.Person.IdNumber, applicant.Person.Name, hall = "合肥", hallLevel = "city", window = "1", documentChecked = true });
        using var intruder = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await SignInAsync(intruder, device)).StatusCode);

        using var owner = new Forgetful(identity, applicant.Person);
        Assert.Equal("/recover/phone", (await owner.FillAsync("/recover/ticket", ("IdNumber", applicant.Person.IdNumber), ("Ticket", issued["ticket"]!))).Headers.Location?.OriginalString);
        await owner.NewPhoneAsync(applicant.Person.Phone);
        await owner.TypeCodeAsync(await identity.WaitForCodeAsync(applicant.Person.Phone, "recovery-new"));
        Assert.Contains("所有通行密钥也会移除", await owner.Browser.ReadAsync("/recover/password"), StringComparison.Ordinal);
        Assert.Equal("/recover/done", (await owner.FinishAsync()).Headers.Location?.OriginalString);
        await AssertGoneAsync(applicant, device);
    }

    [Fact] // 54
    public async Task A_recovery_that_takes_off_the_second_factor_takes_off_every_passkey_after_the_longer_wait()
    {
        using var device = new SoftwareAuthenticator(identity.Issuer);
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AddAsync(applicant, device);
        using var owner = new Forgetful(identity, applicant.Person);
        await owner.ProvePhoneAsync();
        Assert.Equal("/recover/done?hours=72", (await owner.FinishAsync(secondFactorLost: true)).Headers.Location?.OriginalString);
        identity.Time.Advance(TimeSpan.FromHours(73));
        var key = await identity.KeyOfAsync(applicant.Person.IdNumber);
        await Messages.UntilAsync(async () => await identity.RowsAsync($"\"RecoveryRequests\" WHERE \"AccountId\" = '{key}' AND \"State\" = 'Done'") == 1);
        await AssertGoneAsync(applicant, device);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_left_open_sets_no_password_where_there_is_none(bool synced)
    {
        using var device = new SoftwareAuthenticator(identity.Issuer) { BackupEligible = synced, BackedUp = synced };
        using var applicant = await Applicant.NewAsync(identity);
        await applicant.ProveAsync();
        var (page, options) = await OptionsAsync(applicant.Browser, "/register/check", "/passkeys/registration-options");
        await applicant.Browser.SubmitAsync("/register/check", page, ("Passkey", device.Create(options)), ("Agreement", "true"));
        const string ask = "/account/confirm/passkey?ReturnUrl=%2Faccount%2Fpassword";
        (string, string)[] fields = [("Password", Forgetful.NewPassword), ("PasswordAgain", Forgetful.NewPassword)];
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(ask, (await applicant.Browser.GetAsync("/account/password")).Headers.Location?.OriginalString);

        // Nor does a message to the phone, or a form that was never shown.
        Assert.Equal("/account/password", (await applicant.Browser.StrengthenAsync(identity, applicant.Person.Phone, "/account/password")).Headers.Location?.OriginalString);
        Assert.Equal(ask, (await applicant.Browser.GetAsync("/account/password")).Headers.Location?.OriginalString);
        Assert.Equal(ask, (await applicant.Browser.SubmitAsync("/account/password", await applicant.ReadAsync("/account/freeze"), fields)).Headers.Location?.OriginalString);
        var key = await identity.KeyOfAsync(applicant.Person.IdNumber);
        Assert.Equal(1, await identity.RowsAsync($"\"Accounts\" WHERE \"Id\" = '{key}' AND \"PasswordHash\" IS NULL"));

        // The passkey does, and what was shown is not younger in the new session.
        Assert.Equal("/account/password", (await applicant.Browser.ConfirmByPasskeyAsync(device, "/account/password")).Headers.Location?.OriginalString);
        identity.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal("/account?done=password", (await applicant.FillAsync("/account/password", fields)).Headers.Location?.OriginalString);
        Assert.Equal(1, await identity.RowsAsync($"\"Sessions\" WHERE \"AccountId\" = '{key}' AND \"EndedAt\" IS NULL AND \"AuthenticatedAt\" < \"CreatedAt\""));
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(applicant.Person.IdNumber, Forgetful.NewPassword)).StatusCode);
    }

    [Fact]
    public async Task An_answer_that_is_json_and_no_text_is_refused_like_any_other()
    {
        using var browser = identity.NewBrowser();
        foreach (var answer in (string[])["{\"id\":\"\\ud800\"}", "{\"id\":7}", "{\"id\":\"***\"}", "[]", "x"])
        {
            var (page, _) = await OptionsAsync(browser, "/sign-in", "/passkeys/request-options");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync("/sign-in", page, ("Passkey", answer))).StatusCode);
        }
    }

    [Fact] // 55
    public async Task One_answer_on_two_nodes_at_once_signs_in_once_and_of_a_key_and_its_copy_one()
    {
        await using var node = await identity.StartSecondAsync(5, ("Addresses:Identity", identity.Issuer));
        using var device = new SoftwareAuthenticator(identity.Issuer);
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AddAsync(applicant, device);
        using var here = identity.NewBrowser();
        using var there = new Browser($"http://localhost:{identity.BasePort + 5}");

        // The same answer and the same challenge, replayed elsewhere.
        var (page, options) = await OptionsAsync(here, "/sign-in", "/passkeys/request-options");
        var own = await (await there.GetAsync("/sign-in")).Content.ReadAsStringAsync();
        var challenge = here.Cookies.GetCookies(new Uri(identity.Issuer))["yinxin.identity.passkey.get"]!;
        there.Cookies.Add(new Uri(identity.Issuer), new Cookie(challenge.Name, challenge.Value));
        var answer = device.Get(options);
        var replayed = await Task.WhenAll(here.SubmitAsync("/sign-in", page, ("Passkey", answer)), there.SubmitAsync("/sign-in", own, ("Passkey", answer)));
        Assert.Single(replayed, r => r.StatusCode == HttpStatusCode.Found);
        Assert.Single(replayed, r => r.StatusCode == HttpStatusCode.UnprocessableEntity);

        // Two challenges, and the same count of signatures for both.
        using var first = identity.NewBrowser();
        using var second = new Browser($"http://localhost:{identity.BasePort + 5}");
        var (firstPage, firstOptions) = await OptionsAsync(first, "/sign-in", "/passkeys/request-options");
        var (secondPage, secondOptions) = await OptionsAsync(second, "/sign-in", "/passkeys/request-options");
        var count = device.Counter;
        var original = device.Get(firstOptions);
        device.Counter = count;
        var copy = device.Get(secondOptions);
        var signedIn = await Task.WhenAll(first.SubmitAsync("/sign-in", firstPage, ("Passkey", original)), second.SubmitAsync("/sign-in", secondPage, ("Passkey", copy)));
        Assert.Single(signedIn, r => r.StatusCode == HttpStatusCode.Found);
        Assert.Equal(1, await identity.RowsAsync($"\"SignInRecords\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(applicant.Person.IdNumber)}' AND \"Result\" = 'wrong-passkey'"));
    }

    private async Task AssertGoneAsync(Applicant applicant, SoftwareAuthenticator device)
    {
        using var intruder = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SignInAsync(intruder, device)).StatusCode);
        await identity.WaitForWordsAsync(applicant.Person.Phone, "通行密钥已全部移除");
        var key = await identity.KeyOfAsync(applicant.Person.IdNumber);
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"SubjectId\" = '{key}' AND \"Kind\" = 'passkey' AND \"Method\" = 'recovery'"));
        Assert.Equal(0, await identity.RowsAsync($"\"PasskeyUses\" WHERE \"AccountId\" = '{key}'"));
    }

    /// <summary>The first one that the page names.</summary>
    private static async Task RemoveAsync(Applicant applicant)
    {
        var page = await applicant.ReadAsync("/account/passkeys");
        Assert.Equal(HttpStatusCode.Found, (await applicant.Browser.SubmitAsync("/account/passkeys?handler=Remove", page, ("Id", FirstOn(page)))).StatusCode);
    }

    /// <summary>What somebody who tries keys can tell answers apart by.</summary>
    private static async Task<string> SaidAsync(HttpResponseMessage answer) => $"{(int)answer.StatusCode} {answer.Headers.Location}\n{await answer.Content.ReadAsStringAsync()}";

    private static string FirstOn(string page) =>
        System.Text.RegularExpressions.Regex.Match(page, "name=\"Id\" value=\"(?<id>[0-9a-f]{64})\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["id"].Value;

    private static async Task AddAsync(Applicant applicant, SoftwareAuthenticator device)
    {
        var (page, options) = await OptionsAsync(applicant.Browser, "/account/passkeys", "/passkeys/creation-options");
        Assert.Equal(HttpStatusCode.Found, (await applicant.Browser.SubmitAsync("/account/passkeys", page, ("Passkey", device.Create(options)), ("Label", "我的手机"))).StatusCode);
    }

    private static async Task<HttpResponseMessage> SignInAsync(Browser browser, SoftwareAuthenticator device)
    {
        var (page, options) = await OptionsAsync(browser, "/sign-in", "/passkeys/request-options");
        return await browser.SubmitAsync("/sign-in", page, ("Passkey", device.Get(options)));
    }

    /// <summary>What the page's script does before it calls the browser.</summary>
    private static async Task<(string Page, string Options)> OptionsAsync(Browser browser, string url, string endpoint)
    {
        var page = await (await browser.GetAsync(url)).Content.ReadAsStringAsync();
        var response = await browser.PostAsync(endpoint, Browser.HiddenFields(page).Where(f => f.Key == "__RequestVerificationToken"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (page, await response.Content.ReadAsStringAsync());
    }
}

[Collection(OnSqlite.Name)]
public sealed class PasskeyOnSqlite(SqliteIdentity identity) : PasskeySuite(identity);

[Collection(OnPostgres.Name)]
public sealed class PasskeyOnPostgres(PostgresIdentity identity) : PasskeySuite(identity);
