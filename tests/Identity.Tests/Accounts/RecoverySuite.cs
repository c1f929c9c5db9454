using System.Net;
using Xunit;
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
}

[Collection(OnSqlite.Name)]
public sealed class RecoveryOnSqlite(SqliteIdentity identity) : RecoverySuite(identity);

[Collection(OnPostgres.Name)]
public sealed class RecoveryOnPostgres(PostgresIdentity identity) : RecoverySuite(identity);
