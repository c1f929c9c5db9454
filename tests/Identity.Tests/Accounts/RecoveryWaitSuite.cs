using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Recoveries that wait: the owner is told and may stop them, whatever secures the account ends them, and time lets them take effect.</summary>
public abstract class RecoveryWaitSuite(IdentityFixture identity)
{
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
                await CounterTicket.IssueAsync(identity, owner);
                break;
        }
    }

    private async Task<long> WaitingAsync(Applicant owner) =>
        await identity.RowsAsync($"\"RecoveryRequests\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}' AND \"State\" = 'Waiting'");

    private async Task<string> StateAsync(Applicant owner) => await identity.ReadAsync(
        $"""SELECT r."State" FROM "RecoveryRequests" r WHERE r."AccountId" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}' ORDER BY r."CreatedAt" DESC LIMIT 1""");
}

[Collection(OnSqlite.Name)]
public sealed class RecoveryWaitsOnSqlite(SqliteIdentity identity) : RecoveryWaitSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class RecoveryWaitsOnPostgres(PostgresIdentity identity) : RecoveryWaitSuite(identity);
