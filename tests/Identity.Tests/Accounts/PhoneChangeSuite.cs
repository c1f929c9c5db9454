using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Change of phone, and a number that the carrier gave to somebody else.</summary>
public abstract class PhoneChangeSuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_phone_is_changed_by_both_phones_and_both_are_told()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var spare = await identity.Sandbox.NextPersonAsync();
        Assert.Equal("/account/phone/code", (await owner.FillAsync("/account/phone", ("Phone", spare.Phone))).Headers.Location?.OriginalString);
        var (fresh, former) = (await identity.WaitForCodeAsync(spare.Phone, "phone-change"), await identity.WaitForCodeAsync(owner.Person.Phone, "phone-change-former"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await owner.FillAsync("/account/phone/code", ("NewCode", fresh), ("FormerCode", ""))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await owner.FillAsync("/account/phone/code", ("NewCode", former), ("FormerCode", fresh))).StatusCode);
        Assert.Equal("/account?done=phone", (await owner.FillAsync("/account/phone/code", ("NewCode", fresh), ("FormerCode", former))).Headers.Location?.OriginalString);

        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(spare.Phone, Applicant.Password)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync(owner.Person.Phone, Applicant.Password)).StatusCode);
        Assert.Contains("id=\"level\">初级<", await owner.ReadAsync("/account"), StringComparison.Ordinal);
        foreach (var phone in (string[])[owner.Person.Phone, spare.Phone])
        {
            await identity.WaitForWordsAsync(phone, "手机号已更换");
        }
    }

    [Fact]
    public async Task A_new_number_takes_the_place_of_every_proof_of_a_former_one()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        var account = await identity.KeyOfAsync(owner.Person.IdNumber);
        foreach (var (spare, standing) in new[] { (await identity.Sandbox.NextPersonAsync(), 2L), (await identity.Sandbox.NextPersonAsync(), 1L) })
        {
            await owner.FillAsync("/account/phone", ("Phone", spare.Phone));
            Assert.Equal("/account?done=phone", (await owner.FillAsync("/account/phone/code", ("NewCode", await identity.WaitForCodeAsync(spare.Phone, "phone-change")))).Headers.Location?.OriginalString);
            if (standing == 2)
            {
                // As what a city handed over beside it: a proof that the newest does not name.
                await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"Supersedes\" = NULL WHERE \"Kind\" = 'phone-otp' AND \"SubjectId\" = '{account}'");
            }

            Assert.Equal(standing, await identity.RowsAsync(
                $"\"Evidence\" e WHERE e.\"Kind\" = 'phone-otp' AND e.\"State\" = 'Active' AND e.\"SubjectId\" = '{account}' AND NOT EXISTS (SELECT 1 FROM \"Evidence\" s WHERE s.\"Supersedes\" = e.\"Id\")"));
        }
    }

    [Fact]
    public async Task A_change_of_phone_ends_every_other_session_and_what_was_begun_with_the_former_phone()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var other = identity.NewBrowser();
        await other.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        using var thief = new Forgetful(identity, owner.Person);
        await thief.ProvePhoneAsync();
        var spare = await identity.Sandbox.NextPersonAsync();
        await owner.FillAsync("/account/phone", ("Phone", spare.Phone));
        await owner.FillAsync(
            "/account/phone/code", ("NewCode", await identity.WaitForCodeAsync(spare.Phone, "phone-change")), ("FormerCode", await identity.WaitForCodeAsync(owner.Person.Phone, "phone-change-former")));
        Assert.Equal(HttpStatusCode.OK, (await owner.Browser.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await other.GetAsync("/account")).StatusCode);
        Assert.Equal("/recover", (await thief.FinishAsync()).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task With_a_second_factor_the_former_phone_is_not_needed()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        var spare = await identity.Sandbox.NextPersonAsync();
        await owner.FillAsync("/account/phone", ("Phone", spare.Phone));
        Assert.DoesNotContain(await identity.Sandbox.MessagesAsync(owner.Person.Phone), m => m.Purpose == "phone-change-former");
        Assert.Equal("/account?done=phone", (await owner.FillAsync("/account/phone/code", ("NewCode", await identity.WaitForCodeAsync(spare.Phone, "phone-change")))).Headers.Location?.OriginalString);
    }

    [Fact] // 57
    public async Task A_number_in_use_stays_with_its_account_and_only_its_holder_learns_that()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        Assert.Equal("/account/phone/code", (await other.FillAsync("/account/phone", ("Phone", owner.Person.Phone))).Headers.Location?.OriginalString);
        var (fresh, former) = (await identity.WaitForCodeAsync(owner.Person.Phone, "phone-change"), await identity.WaitForCodeAsync(other.Person.Phone, "phone-change-former"));
        var refused = await other.FillAsync("/account/phone/code", ("NewCode", fresh), ("FormerCode", former));
        Assert.Contains("另一账号", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.Phone, Applicant.Password)).StatusCode);
    }

    [Fact]
    public async Task A_number_given_to_somebody_else_leaves_an_account_that_was_not_used_for_ninety_days()
    {
        using var former = await Applicant.RegisteredAsync(identity);
        using var holder = await Applicant.NewAsync(identity);
        identity.Time.Advance(TimeSpan.FromDays(91));
        await holder.TellAsync();
        await holder.AskCodeAsync(former.Person.Phone);
        Assert.Equal("/register/check", (await holder.TypeCodeAsync(await identity.Sandbox.CodeAsync(former.Person.Phone))).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Found, (await holder.FinishAsync()).StatusCode);

        using var browser = identity.NewBrowser();
        await browser.SignInAsync(former.Person.IdNumber, Applicant.Password);
        var account = await browser.ReadAsync("/account");
        Assert.Contains("id=\"level\">未认证<", account, StringComparison.Ordinal);
        Assert.Contains("已由他人实名使用", await browser.ReadAsync("/account/notices"), StringComparison.Ordinal);

        // A new number brings the level back; the code goes to the new phone alone.
        var spare = await identity.Sandbox.NextPersonAsync();
        var page = await browser.ReadAsync("/account/phone");
        await browser.SubmitAsync("/account/phone", page, ("Phone", spare.Phone));
        page = await browser.ReadAsync("/account/phone/code");
        await browser.SubmitAsync("/account/phone/code", page, ("NewCode", await identity.WaitForCodeAsync(spare.Phone, "phone-change")));
        Assert.Contains("id=\"level\">初级<", await browser.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact] // 54
    public async Task A_password_alone_binds_no_number_to_an_account_that_has_a_passkey_and_lost_its_phone()
    {
        using var former = await Applicant.RegisteredAsync(identity);
        using var device = await former.AddPasskeyAsync(identity.Issuer);
        using var holder = await Applicant.NewAsync(identity);
        identity.Time.Advance(TimeSpan.FromDays(91));
        await holder.TellAsync();
        await holder.AskCodeAsync(former.Person.Phone);
        await holder.TypeCodeAsync(await identity.Sandbox.CodeAsync(former.Person.Phone));
        Assert.Equal(HttpStatusCode.Found, (await holder.FinishAsync()).StatusCode);

        // Else the code to the new number would be a second factor, which removes the passkey.
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(former.Person.IdNumber, Applicant.Password);
        const string confirm = "/account/confirm?two=true&ReturnUrl=%2Faccount%2Fphone";
        var spare = await identity.Sandbox.NextPersonAsync();
        Assert.Equal(confirm, (await browser.GetAsync("/account/phone")).Headers.Location?.OriginalString);
        Assert.Equal(confirm, (await browser.SubmitAsync("/account/phone", await browser.ReadAsync("/account/sessions"), ("Phone", spare.Phone))).Headers.Location?.OriginalString);
        Assert.Empty(await identity.Sandbox.MessagesAsync(spare.Phone));

        Assert.Equal("/account/phone", (await browser.ConfirmByPasskeyAsync(device, "/account/phone")).Headers.Location?.OriginalString);
        await browser.SubmitAsync("/account/phone", await browser.ReadAsync("/account/phone"), ("Phone", spare.Phone));
        var done = await browser.SubmitAsync(
            "/account/phone/code", await browser.ReadAsync("/account/phone/code"), ("NewCode", await identity.WaitForCodeAsync(spare.Phone, "phone-change")));
        Assert.Equal("/account?done=phone", done.Headers.Location?.OriginalString);
    }

    [Fact] // 54
    public async Task A_change_begun_with_a_stolen_passkey_does_not_go_on_by_the_password_alone()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var device = await owner.AddPasskeyAsync(identity.Issuer);
        using var thief = identity.NewBrowser();
        await thief.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        const string half = "/account/phone";
        await thief.ConfirmByPasskeyAsync(device, half);
        var own = await identity.Sandbox.NextPersonAsync();
        Assert.Equal("/account/phone/code", (await thief.SubmitAsync(half, await thief.ReadAsync(half), ("Phone", own.Phone))).Headers.Location?.OriginalString);
        var code = await identity.WaitForCodeAsync(own.Phone, "phone-change");

        // The owner removes the key, which ends the thief's session; the password is still known.
        var page = await owner.ReadAsync("/account/passkeys");
        var id = Regex.Match(page, "name=\"id\" value=\"(?<id>[^\"]+)\"", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1)).Groups["id"].Value;
        Assert.NotEmpty(id);
        Assert.Equal(HttpStatusCode.Found, (await owner.Browser.SubmitAsync("/account/passkeys?handler=Remove", page, ("Id", id))).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await thief.GetAsync("/account")).StatusCode);
        await thief.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        var shown = await thief.ReadAsync("/account/sessions");
        Assert.Equal("/account/phone", (await thief.SubmitAsync("/account/phone/code", shown, ("NewCode", code))).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await owner.Browser.GetAsync("/account")).StatusCode);
        Assert.Contains(owner.Person.Phone[^4..], await owner.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task To_prove_the_number_one_has_already_tells_nobody_of_a_change_and_ends_nothing()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var other = identity.NewBrowser();
        await other.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        await identity.ExpireEvidenceAsync(owner.Person.Phone, "phone-otp");
        Assert.Equal("/account/phone/code", (await owner.FillAsync("/account/phone", ("Phone", owner.Person.Phone))).Headers.Location?.OriginalString);
        Assert.Equal("/account?done=phone", (await owner.FillAsync("/account/phone/code", ("NewCode", await identity.WaitForCodeAsync(owner.Person.Phone, "phone-change")))).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/account")).StatusCode);
        Assert.DoesNotContain("手机号已更换", await owner.ReadAsync("/account/notices"), StringComparison.Ordinal);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"SubjectId\" = '{key}' AND \"Kind\" = 'phone-otp' AND \"ValidUntil\" IS NULL"));
    }

    [Fact]
    public async Task A_session_left_open_does_not_change_the_phone()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.StartsWith("/sign-in", (await owner.Browser.GetAsync("/account/phone")).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }
}

[Collection(OnSqlite.Name)]
public sealed class PhoneChangeOnSqlite(SqliteIdentity identity) : PhoneChangeSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class PhoneChangeOnPostgres(PostgresIdentity identity) : PhoneChangeSuite(identity);
