using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Recovery by what a person still holds, and what is left of the level afterwards.</summary>
public abstract class RecoverySuite(IdentityFixture identity)
{
    [Fact] // 54
    public async Task A_forgotten_password_is_replaced_by_particulars_and_the_phone_and_every_session_ends()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var forgetful = new Forgetful(identity, owner.Person);
        Assert.Equal("/recover/code", (await forgetful.TellAsync()).Headers.Location?.OriginalString);
        Assert.Equal("/recover/password", (await forgetful.TypeCodeAsync(await identity.WaitForCodeAsync(owner.Person.Phone, "recovery"))).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await forgetful.FinishAsync(password: "password123!")).StatusCode);
        Assert.Equal("/recover/done", (await forgetful.FinishAsync()).Headers.Location?.OriginalString);

        Assert.Equal(HttpStatusCode.Found, (await owner.Browser.GetAsync("/account")).StatusCode);
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword)).StatusCode);
        Assert.Contains("初级", await browser.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Contains("已找回", await browser.ReadAsync("/account/notices"), StringComparison.Ordinal);
        await identity.WaitForWordsAsync(owner.Person.Phone, "已找回");

        // The form is spent.
        Assert.Equal("/recover", (await forgetful.FinishAsync()).Headers.Location?.OriginalString);
    }

    [Fact] // 54
    public async Task A_recovery_ends_no_higher_than_what_it_proved_again()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/raise/bank-card", ("CardNumber", owner.Person.BankCard));
        Assert.Contains("中级", await owner.ReadAsync("/account"), StringComparison.Ordinal);
        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.ProvePhoneAsync();
        await forgetful.FinishAsync();
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword);
        var account = await browser.ReadAsync("/account");
        Assert.Contains("id=\"level\">初级<", account, StringComparison.Ordinal);
        Assert.DoesNotContain("银行卡核验 ·", account, StringComparison.Ordinal);
    }

    [Fact] // 54
    public async Task A_guarded_account_waits_its_owner_is_told_and_stops_it()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        using var thief = new Forgetful(identity, owner.Person);
        await thief.ProvePhoneAsync();
        Assert.Equal("/recover/done?hours=24", (await thief.FinishAsync()).Headers.Location?.OriginalString);
        await identity.WaitForWordsAsync(owner.Person.Phone, "正在找回您的账号");
        Assert.Contains("有人正在找回此账号", await owner.ReadAsync("/account"), StringComparison.Ordinal);

        var page = await owner.ReadAsync("/account/recovery");
        await owner.Browser.SubmitAsync("/account/recovery", page);
        identity.Time.Advance(TimeSpan.FromHours(25));
        using var browser = identity.NewBrowser();
        Assert.StartsWith("/sign-in/second-factor", (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("Cancelled", await StateAsync(owner));
    }

    [Fact]
    public async Task Nobody_who_stops_it_means_that_it_takes_effect_with_the_second_factor_still_asked()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.ProvePhoneAsync();
        await forgetful.FinishAsync();
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword)).StatusCode);
        identity.Time.Advance(TimeSpan.FromHours(25));
        await Messages.UntilAsync(async () => await StateAsync(owner) == "Done");
        Assert.StartsWith("/sign-in/second-factor", (await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword)).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lost_second_factors_are_taken_off_after_the_longer_wait()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.ProvePhoneAsync();
        Assert.Equal("/recover/done?hours=72", (await forgetful.FinishAsync(secondFactorLost: true)).Headers.Location?.OriginalString);
        identity.Time.Advance(TimeSpan.FromHours(73));
        await Messages.UntilAsync(async () => await StateAsync(owner) == "Done");
        using var browser = identity.NewBrowser();
        Assert.Equal("/account", (await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword, "/account")).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task With_an_own_second_factor_it_happens_at_once_and_the_level_stays()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/raise/bank-card", ("CardNumber", owner.Person.BankCard));
        var app = await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.ProvePhoneAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await forgetful.FinishAsync("123456")).StatusCode);
        Assert.Equal("/recover/done", (await forgetful.FinishAsync(app.Code())).Headers.Location?.OriginalString);
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword);
        var page = await browser.ReadAsync("/sign-in/second-factor");
        await browser.SubmitAsync("/sign-in/second-factor", page, ("Code", app.Code(1)));
        Assert.Contains("id=\"level\">中级<", await browser.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact] // 54
    public async Task A_lost_phone_needs_a_recovery_code_and_time_and_the_old_numbers_evidence_is_superseded()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var spare = await identity.Sandbox.NextPersonAsync();
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        var made = await Applicant.TextAsync(await owner.FillAsync("/account/second-factor", "/account/second-factor?handler=Codes"));
        var code = Regex.Match(made, "<code>(?<c>[0-9a-z]{5}-[0-9a-z]{5})</code>", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["c"].Value;
        using var forgetful = new Forgetful(identity, owner.Person);
        Assert.Equal("/recover/phone", (await forgetful.TellAsync("phone")).Headers.Location?.OriginalString);
        Assert.Equal("/recover/code", (await forgetful.NewPhoneAsync(spare.Phone)).Headers.Location?.OriginalString);
        await forgetful.TypeCodeAsync(await identity.WaitForCodeAsync(spare.Phone, "recovery-new"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await forgetful.FinishAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await forgetful.FinishAsync("aaaaa-bbbbb")).StatusCode);
        Assert.Equal("/recover/done?hours=72", (await forgetful.FinishAsync(code)).Headers.Location?.OriginalString);
        identity.Time.Advance(TimeSpan.FromHours(73));
        await Messages.UntilAsync(async () => await StateAsync(owner) == "Done");

        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(spare.Phone, Forgetful.NewPassword)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync(owner.Person.Phone, Forgetful.NewPassword)).StatusCode);
        Assert.Equal("1", await identity.ReadAsync(
            $"""SELECT COUNT(*) FROM "Evidence" e WHERE e."Kind" = 'phone-otp' AND e."Supersedes" IS NOT NULL AND e."SubjectId" = (SELECT "AccountId" FROM "RecoveryRequests" ORDER BY "CreatedAt" DESC LIMIT 1)"""));
        await identity.WaitForWordsAsync(owner.Person.Phone, "手机号已更换");
    }

    [Fact]
    public async Task The_counters_ticket_works_once_for_its_person_and_restores_what_the_official_saw()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        using var stranger = await Applicant.RegisteredAsync(identity);
        var official = await Official.SignInAsync(identity, "window", "identity.counter");
        var refused = await official.PostAsync("/api/counter-recoveries", new { idNumber = owner.Person.IdNumber, name = "别人", hall = "合肥", window = "1", documentChecked = true });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await official.PostAsync("/api/counter-recoveries", new { idNumber = owner.Person.IdNumber, name = owner.Person.Name })).Status);
        var clerk = await Official.SignInAsync(identity, "clerk", "identity.counter");
        Assert.Equal(HttpStatusCode.Unauthorized, (await clerk.PostAsync("/api/counter-recoveries", new { idNumber = owner.Person.IdNumber, name = owner.Person.Name, hall = "合肥", window = "1", documentChecked = true })).Status);

        var issued = await official.PostAsync("/api/counter-recoveries", new { idNumber = owner.Person.IdNumber, name = owner.Person.Name, hall = "合肥", window = "1", documentChecked = true });
        Assert.Equal(HttpStatusCode.Created, issued.Status);
        var ticket = issued["ticket"]!;

        using var thief = new Forgetful(identity, stranger.Person);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.FillAsync("/recover/ticket", ("IdNumber", stranger.Person.IdNumber), ("Ticket", ticket))).StatusCode);
        using var forgetful = new Forgetful(identity, owner.Person);
        using var again = new Forgetful(identity, owner.Person);
        foreach (var holder in (Forgetful[])[forgetful, again])
        {
            Assert.Equal("/recover/phone", (await holder.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", ticket))).Headers.Location?.OriginalString);
            await holder.NewPhoneAsync(owner.Person.Phone);
            await holder.TypeCodeAsync(await identity.WaitForCodeAsync(owner.Person.Phone, "recovery-new", holder == forgetful ? 1 : 2));
        }

        Assert.Equal("/recover/done", (await forgetful.FinishAsync()).Headers.Location?.OriginalString);
        Assert.Equal("/recover", (await again.FinishAsync()).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await again.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", ticket))).StatusCode);
        using var browser = identity.NewBrowser();
        Assert.Equal("/account", (await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword, "/account")).Headers.Location?.OriginalString);
        Assert.Contains("id=\"level\">中级<", await browser.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact] // 54
    public async Task What_was_begun_before_the_account_was_secured_anew_is_worth_nothing_at_once_or_after_a_wait()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var app = await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        using var thief = new Forgetful(identity, owner.Person);
        await thief.ProvePhoneAsync();
        using var rightful = new Forgetful(identity, owner.Person);
        await rightful.ProvePhoneAsync(2);
        Assert.Equal("/recover/done", (await rightful.FinishAsync(app.Code())).Headers.Location?.OriginalString);

        const string other = "Meadow-copper-58-Lynx";
        Assert.Equal("/recover", (await thief.FinishAsync(password: other)).Headers.Location?.OriginalString);
        Assert.Equal("/recover", (await thief.FinishAsync(app.Code(1), password: other)).Headers.Location?.OriginalString);
        Assert.Equal("", await StateAsync(owner));
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync(owner.Person.IdNumber, other)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword)).StatusCode);
    }

    [Theory] // 54
    [InlineData("recovery")]
    [InlineData("password")]
    [InlineData("phone")]
    [InlineData("ticket")]
    public async Task A_recovery_that_waits_ends_with_whatever_secures_the_account(string how)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var app = await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        const string stolen = "Meadow-copper-58-Lynx";
        using var thief = new Forgetful(identity, owner.Person);
        await thief.ProvePhoneAsync();
        Assert.Equal("/recover/done?hours=72", (await thief.FinishAsync(secondFactorLost: true, password: stolen)).Headers.Location?.OriginalString);
        Assert.Equal(1, await WaitingAsync(owner));
        await SecureAsync(owner, app, how);
        Assert.Equal(0, await WaitingAsync(owner));

        identity.Time.Advance(TimeSpan.FromHours(73));
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync(owner.Person.IdNumber, stolen)).StatusCode);
        Assert.Equal(1, await identity.RowsAsync($"\"AuthenticatorApps\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'"));
    }

    [Fact]
    public async Task A_ticket_ends_every_session_when_it_is_given_and_raises_nobody_until_it_is_spent()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var ticket = await TicketAsync(owner);
        Assert.Equal(HttpStatusCode.Found, (await owner.Browser.GetAsync("/account")).StatusCode);
        using var thief = identity.NewBrowser();
        await thief.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        Assert.Contains("id=\"level\">初级<", await thief.ReadAsync("/account"), StringComparison.Ordinal);

        using var rightful = new Forgetful(identity, owner.Person);
        await rightful.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", ticket));
        await rightful.NewPhoneAsync(owner.Person.Phone);
        await rightful.TypeCodeAsync(await identity.WaitForCodeAsync(owner.Person.Phone, "recovery-new"));
        Assert.Equal("/recover/done", (await rightful.FinishAsync()).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Found, (await thief.GetAsync("/account")).StatusCode);
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword);
        Assert.Contains("id=\"level\">中级<", await browser.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_in_the_account_does_not_void_a_ticket_by_changing_the_password()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var ticket = await TicketAsync(owner);
        using var rightful = new Forgetful(identity, owner.Person);
        await rightful.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", ticket));
        await rightful.NewPhoneAsync(owner.Person.Phone);
        await rightful.TypeCodeAsync(await identity.WaitForCodeAsync(owner.Person.Phone, "recovery-new"));

        const string stolen = "Meadow-copper-58-Lynx";
        using var thief = identity.NewBrowser();
        await thief.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        var changed = await thief.SubmitAsync(
            "/account/password", await thief.ReadAsync("/account/password"), ("Current", Applicant.Password), ("Password", stolen), ("PasswordAgain", stolen));
        Assert.Equal("/account?done=password", changed.Headers.Location?.OriginalString);

        Assert.Equal("/recover/done", (await rightful.FinishAsync()).Headers.Location?.OriginalString);
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync(owner.Person.IdNumber, stolen)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword)).StatusCode);
    }

    [Fact] // 51, 54
    public async Task A_stranger_with_the_particulars_keeps_the_owner_out_neither_at_home_nor_elsewhere()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var stranger = new Forgetful(identity, owner.Person);
        HttpResponseMessage last = null!;
        for (var i = 0; i < 11; i++)
        {
            last = await stranger.TellAsync();
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last.StatusCode);
        for (var i = 0; i < 7; i++)
        {
            last = await stranger.TypeCodeAsync("000000");
        }

        Assert.Contains("错误次数过多", await Applicant.TextAsync(last), StringComparison.Ordinal);
        await identity.WaitForRecoveryCodesAsync();
        Assert.Equal(3, (await identity.Sandbox.MessagesAsync(owner.Person.Phone)).Count(m => m.Purpose == "recovery"));

        // From another address, in a browser that has never been anywhere.
        using var elsewhere = new Forgetful(identity, owner.Person, new Browser(identity.Issuer, new IPAddress([127, 0, 9, 1])));
        Assert.Equal("/recover/code", (await elsewhere.TellAsync()).Headers.Location?.OriginalString);
        Assert.Equal("/recover/password", (await elsewhere.TypeCodeAsync(await identity.WaitForCodeAsync(owner.Person.Phone, "recovery", 4))).Headers.Location?.OriginalString);

        // More strangers have used up what the phone is sent for browsers that the account does not know.
        using var another = new Forgetful(identity, owner.Person, new Browser(identity.Issuer, new IPAddress([127, 0, 9, 2])));
        await another.TellAsync();
        await another.TellAsync();
        await identity.WaitForRecoveryCodesAsync();
        Assert.Equal(5, (await identity.Sandbox.MessagesAsync(owner.Person.Phone)).Count(m => m.Purpose == "recovery"));

        // In one that it knows, at the address of the first stranger.
        using var home = new Forgetful(identity, owner.Person, owner.Browser);
        Assert.Equal("/recover/code", (await home.TellAsync()).Headers.Location?.OriginalString);
        Assert.Equal("/recover/password", (await home.TypeCodeAsync(await identity.WaitForCodeAsync(owner.Person.Phone, "recovery-known"))).Headers.Location?.OriginalString);
        Assert.Equal("/recover/done", (await home.FinishAsync()).Headers.Location?.OriginalString);
    }

    [Fact] // 51
    public async Task A_browser_known_to_one_account_has_no_checks_of_its_own_at_another()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var thief = await Applicant.RegisteredAsync(identity);
        using var stranger = new Forgetful(identity, owner.Person);
        for (var i = 0; i < 10; i++)
        {
            await stranger.TellAsync();
        }

        using var known = new Forgetful(identity, owner.Person, thief.Browser);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await known.TellAsync()).StatusCode);
    }

    [Fact] // 50, 51
    public async Task Whoever_guesses_particulars_from_many_addresses_is_told_nothing_after_ten_and_the_owner_still_gets_in()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var answers = new List<string>();
        for (var i = 1; i <= 13; i++)
        {
            using var guesser = new Forgetful(identity, owner.Person, new Browser(identity.Issuer, new IPAddress([127, 0, 10, (byte)i])));
            var answer = await guesser.TellAsync(name: i == 13 ? null : "别人");
            var seen = $"{(int)answer.StatusCode} {answer.Headers.Location}";
            if (i > 10)
            {
                // The same page, the same refusal, right particulars or wrong ones.
                await identity.WaitForRecoveryCodesAsync();
                var (page, refusal) = (await guesser.Browser.GetAsync("/recover/code"), await guesser.TypeCodeAsync("000000"));
                seen += await ShapeAsync(page) + await ShapeAsync(refusal);
            }

            answers.Add(seen);
        }

        Assert.All(answers.Take(10), answer => Assert.Equal("422 ", answer));
        Assert.StartsWith("302 /recover/code", answers[10], StringComparison.Ordinal);
        Assert.Single(answers.Skip(10).Distinct());
        Assert.Single(await identity.Sandbox.MessagesAsync(owner.Person.Phone), m => m.Purpose == "recovery");

        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.ProvePhoneAsync(2);
        Assert.Equal("/recover/done", (await forgetful.FinishAsync()).Headers.Location?.OriginalString);
    }

    [Fact] // 51
    public async Task Whoever_guesses_recovery_codes_from_one_address_bars_that_address_alone()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        var made = await Applicant.TextAsync(await owner.FillAsync("/account/second-factor", "/account/second-factor?handler=Codes"));
        var code = Regex.Match(made, "<code>(?<c>[0-9a-z]{5}-[0-9a-z]{5})</code>", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["c"].Value;
        using var thief = await ProvedAsync(new Forgetful(identity, owner.Person));
        for (var i = 0; i < 6; i++)
        {
            await thief.FinishAsync("aaaaa-bbbbb");
        }

        Assert.Contains("错误次数过多", await Applicant.TextAsync(await thief.FinishAsync(code)), StringComparison.Ordinal);
        using var rightful = await ProvedAsync(new Forgetful(identity, owner.Person, new Browser(identity.Issuer, new IPAddress([127, 0, 11, 1]))));
        Assert.Equal("/recover/done?hours=72", (await rightful.FinishAsync(code)).Headers.Location?.OriginalString);

        async Task<Forgetful> ProvedAsync(Forgetful person)
        {
            var phone = (await identity.Sandbox.NextPersonAsync()).Phone;
            await person.TellAsync("phone");
            await person.NewPhoneAsync(phone);
            await person.TypeCodeAsync(await identity.WaitForCodeAsync(phone, "recovery-new"));
            return person;
        }
    }

    [Fact] // 50
    public async Task A_person_without_an_account_gets_the_same_answers_at_every_step()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var nobody = await identity.Sandbox.NextPersonAsync();
        var spare = await identity.Sandbox.NextPersonAsync();
        var answers = new List<string>[2];
        foreach (var (person, n) in new[] { (owner.Person, 0), (nobody, 1) })
        {
            using var stranger = new Forgetful(identity, person);
            List<HttpResponseMessage> seen = [await stranger.TellAsync(), await stranger.Browser.GetAsync("/recover/code")];
            for (var i = 0; i < 7; i++)
            {
                seen.Add(await stranger.TypeCodeAsync("000000"));
            }

            // A new form does not make the brake forget: with and without an account.
            seen.Add(await stranger.TellAsync());
            seen.Add(await stranger.TypeCodeAsync("000001"));
            identity.Time.Advance(TimeSpan.FromMinutes(20));
            seen.Add(await stranger.TellAsync("phone"));
            seen.Add(await stranger.NewPhoneAsync(spare.Phone));
            seen.Add(await stranger.TypeCodeAsync(await identity.WaitForCodeAsync(spare.Phone, "recovery-new", n + 1)));
            seen.Add(await stranger.Browser.GetAsync("/recover/password"));
            seen.Add(await stranger.FinishAsync("aaaaa-bbbbb"));
            seen.Add(await stranger.FillAsync("/recover/ticket", ("IdNumber", "340102199001011232"), ("Ticket", "aaaa-bbbb")));
            answers[n] = [.. await Task.WhenAll(seen.Select(ShapeAsync))];
        }

        Assert.Equal(answers[0], answers[1]);
    }

    /// <summary>Status, headers and words of an answer, without what differs in any two.</summary>
    private static async Task<string> ShapeAsync(HttpResponseMessage response)
    {
        var body = Regex.Replace(await response.Content.ReadAsStringAsync(), "value=\"[^\"]*\"", "", RegexOptions.None, TimeSpan.FromSeconds(1));
        var headers = response.Headers.Where(h => h.Key is not ("Date" or "Set-Cookie")).Select(h => $"{h.Key}={string.Join(',', h.Value)}").Order(StringComparer.Ordinal);
        var cookies = response.Headers.TryGetValues("Set-Cookie", out var set) ? set.Select(c => Regex.Replace(c, "=[^;]*", "=", RegexOptions.None, TimeSpan.FromSeconds(1))).Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
        return $"{(int)response.StatusCode} {string.Join(' ', headers.Where(h => !h.Contains("trace", StringComparison.OrdinalIgnoreCase)))} {string.Join(' ', cookies)}\n{body}";
    }

    /// <summary>What an owner does who notices something.</summary>
    private async Task SecureAsync(Applicant owner, AuthenticatorOnPhone app, string how)
    {
        switch (how)
        {
            case "recovery":
                using (var rightful = new Forgetful(identity, owner.Person))
                {
                    await rightful.ProvePhoneAsync(2);
                    Assert.Equal("/recover/done", (await rightful.FinishAsync(app.Code())).Headers.Location?.OriginalString);
                }

                break;
            case "password":
                Assert.Equal("/account?done=password", (await owner.FillAsync(
                    "/account/password", ("Current", Applicant.Password), ("Password", Forgetful.NewPassword), ("PasswordAgain", Forgetful.NewPassword))).Headers.Location?.OriginalString);
                break;
            case "phone":
                var spare = await identity.Sandbox.NextPersonAsync();
                await owner.FillAsync("/account/phone", ("Phone", spare.Phone));
                Assert.Equal("/account?done=phone", (await owner.FillAsync(
                    "/account/phone/code", ("NewCode", await identity.WaitForCodeAsync(spare.Phone, "phone-change")))).Headers.Location?.OriginalString);
                break;
            default:
                await TicketAsync(owner);
                break;
        }
    }

    private async Task<string> TicketAsync(Applicant owner)
    {
        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        var issued = await window.PostAsync("/api/counter-recoveries", new { owner.Person.IdNumber, owner.Person.Name, hall = "合肥", window = "1", documentChecked = true });
        Assert.Equal(HttpStatusCode.Created, issued.Status);
        return issued["ticket"]!;
    }

    private async Task<long> WaitingAsync(Applicant owner) =>
        await identity.RowsAsync($"\"RecoveryRequests\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}' AND \"State\" = 'Waiting'");

    private async Task<string> StateAsync(Applicant owner) => await identity.ReadAsync(
        $"""SELECT r."State" FROM "RecoveryRequests" r WHERE r."AccountId" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}' ORDER BY r."CreatedAt" DESC LIMIT 1""");
}

[Collection(OnSqlite.Name)]
public sealed class RecoveryOnSqlite(SqliteIdentity identity) : RecoverySuite(identity);

[Collection(OnPostgres.Name)]
public sealed class RecoveryOnPostgres(PostgresIdentity identity) : RecoverySuite(identity);
