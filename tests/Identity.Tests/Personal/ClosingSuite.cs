using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Closing;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;

namespace Yinxin.Identity.Tests.Personal;

/// <summary>Accounts that their owners close or freeze, and what an official changes at the window.</summary>
public abstract class ClosingSuite(IdentityFixture identity)
{
    private const string Hall = "样例市政务服务中心";

    [Fact]
    public async Task A_closed_account_is_erased_even_for_who_kept_a_copy_its_chain_stays_whole_and_the_number_registers_anew()
    {
        using var company = await Company.NewAsync(identity);
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/raise/bank-card", ("CardNumber", owner.Person.BankCard));
        var mandate = await company.EmpowerAsync(owner);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        var name = await identity.ReadAsync($"SELECT \"NameCipher\" FROM \"Persons\" WHERE \"Id\" = '{key}'");
        var receipt = await identity.ReadAsync($"SELECT \"ReceiptCipher\" FROM \"Evidence\" WHERE \"SubjectId\" = '{key}' AND \"ReceiptCipher\" IS NOT NULL");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await owner.FillAsync("/account/close", ("Other", "x"))).StatusCode);
        var asked = await owner.FillAsync("/account/close", ("Understood", "true"));
        Assert.Equal("/account/close", asked.Headers.Location?.OriginalString);
        Assert.Contains("此账号将于", await owner.ReadAsync("/account"), StringComparison.Ordinal);
        await identity.WaitForWordsAsync(owner.Person.Phone, "申请注销");

        // Taken back, asked for again.
        await owner.FillAsync("/account/close", "/account/close?handler=Undo");
        Assert.DoesNotContain("此账号将于", await owner.ReadAsync("/account"), StringComparison.Ordinal);
        await FinishAsync(key);
        Assert.Contains(owner.Person.Name, await owner.ReadAsync("/account"), StringComparison.Ordinal);
        await owner.FillAsync("/account/close", ("Understood", "true"));
        await FinishAsync(key);
        Assert.Contains(owner.Person.Name, await owner.ReadAsync("/account"), StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromDays(AccountClosing.WaitDays).Add(TimeSpan.FromMinutes(1)));
        await FinishAsync(key);

        // Nobody signs in, nothing names the person, old envelopes do not open, the chain holds.
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await owner.Browser.GetAsync("/account")).StatusCode);
        await using var scope = identity.Services.CreateAsyncScope();
        var personal = scope.ServiceProvider.GetRequiredService<PersonalData>();
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => personal.Unprotect(Purposes.Name, name));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => personal.Unprotect(Purposes.Receipt, receipt));
        Assert.Equal("0", await identity.ReadAsync($"SELECT COUNT(*) FROM \"Evidence\" WHERE \"SubjectId\" = '{key}' AND \"ReceiptCipher\" IS NOT NULL"));
        var auditor = await Official.SignInAsync(identity, "auditor", "identity.grade");
        var grade = await auditor.GetAsync($"/api/accounts/{key}/grade");
        Assert.Equal(("none", "whole"), (grade["level"], grade["chain"]));
        using var representative = identity.NewBrowser();
        await representative.SignInAsync(company.Representative.Person.IdNumber, Applicant.Password);
        Assert.Contains("account-closed", await identity.ReadAsync($"SELECT MAX(\"Details\") FROM \"AuditRecords\" WHERE \"Action\" = 'mandate.resign' AND upper(\"SubjectId\") = '{mandate.ToString().ToUpperInvariant()}'"), StringComparison.Ordinal);

        using var anew = await Applicant.RegisteredAsync(identity, owner.Person);
        Assert.NotEqual(key, await identity.KeyOfAsync(owner.Person.IdNumber));
        Assert.Contains("初级", await anew.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_represents_an_organisation_hands_it_over_first_and_an_old_session_closes_nothing()
    {
        using var company = await Company.NewAsync(identity);
        var page = await company.Representative.ReadAsync("/account/close");
        Assert.Contains(company.Organisation.Name, page, StringComparison.Ordinal);
        await Company.SendAsync(company.Representative, "/account/close", ("Understood", "true"));
        Assert.DoesNotContain("此账号将于", await company.Representative.ReadAsync("/account"), StringComparison.Ordinal);

        using var owner = await Applicant.RegisteredAsync(identity);
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.StartsWith("/account/confirm", (await owner.FillAsync("/account/close", ("Understood", "true"))).Headers.Location!.OriginalString, StringComparison.Ordinal);

        using var guarded = await Applicant.RegisteredAsync(identity);
        await AuthenticatorOnPhone.PairAsync(guarded, identity.Time);
        using var thief = identity.NewBrowser();
        await thief.SignInAsync(guarded.Person.IdNumber, Applicant.Password);
        Assert.Contains("/sign-in", (await thief.GetAsync("/account/close")).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_is_frozen_with_the_password_alone_and_lifted_at_a_counter_or_with_two_own_factors()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var stranger = identity.NewBrowser();
        var page = await (await stranger.GetAsync("/freeze")).Content.ReadAsStringAsync();
        var wrong = await stranger.SubmitAsync("/freeze", page, ("Name", owner.Person.IdNumber), ("Password", "Wrong-password-81"));
        var nobody = await stranger.SubmitAsync("/freeze", page, ("Name", "340102199001019999"), ("Password", "Wrong-password-81"));
        Assert.Equal(wrong.StatusCode, nobody.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await owner.Browser.GetAsync("/account")).StatusCode);
        Assert.Equal("/frozen", (await stranger.SubmitAsync("/freeze", page, ("Name", owner.Person.IdNumber), ("Password", Applicant.Password))).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Found, (await owner.Browser.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stranger.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        await identity.WaitForWordsAsync(owner.Person.Phone, "已冻结");

        // Whoever has the stolen phone, and knows the particulars, does not lift it.
        using var thief = new Forgetful(identity, owner.Person);
        await thief.ProvePhoneAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.FinishAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stranger.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword)).StatusCode);

        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        Assert.Equal("identity.counter.nameDiffers", (await window.PostAsync("/api/counter-unfreezings", Seen(owner, "误样例")))["code"]);
        Assert.Equal("identity.counter.incomplete", (await window.PostAsync("/api/counter-unfreezings", new { owner.Person.IdNumber, owner.Person.Name, hall = Hall, window = "1", documentChecked = false }))["code"]);

        // It leads to no evidence, and so asks nobody of what level the hall is.
        Assert.Equal(HttpStatusCode.NoContent, (await window.PostAsync("/api/counter-unfreezings", Seen(owner, hallLevel: null))).Status);
        Assert.Equal("identity.counter.notFrozen", (await window.PostAsync("/api/counter-unfreezings", Seen(owner)))["code"]);
        using var back = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await back.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
    }

    [Fact]
    public async Task A_session_freezes_its_own_account_and_an_authenticator_code_lifts_it()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var app = await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        Assert.Equal("/frozen", (await owner.FillAsync("/account/freeze")).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Found, (await owner.Browser.GetAsync("/account")).StatusCode);
        using var recovering = new Forgetful(identity, owner.Person);
        await recovering.ProvePhoneAsync();
        Assert.Equal("/recover/done", (await recovering.FinishAsync(app.Code())).Headers.Location?.OriginalString);
        using var back = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await back.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword)).StatusCode);
    }

    [Fact]
    public async Task A_name_is_changed_at_a_counter_only_to_what_the_population_library_says()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/raise/bank-card", ("CardNumber", owner.Person.BankCard));
        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        Assert.Equal("identity.counter.nameUnchanged", (await window.PostAsync("/api/counter-name-changes", Seen(owner)))["code"]);
        Assert.Equal("identity.counter.populationMismatch", (await window.PostAsync("/api/counter-name-changes", Seen(owner, "冒样例")))["code"]);
        Assert.Contains(owner.Person.Name, await owner.ReadAsync("/account"), StringComparison.Ordinal);
        (await identity.Sandbox.Http.PostAsJsonAsync("/changes/v1/samples", new { kind = "name-changed", idNumber = owner.Person.IdNumber, name = "改样例", push = false })).EnsureSuccessStatusCode();

        // Neither the request nor the official's post says of what level the hall is.
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        var nowhere = await window.PostAsync("/api/counter-name-changes", Seen(owner, "改样例", hallLevel: null));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "identity.counter.hallLevelMissing"), (nowhere.Status, nowhere["code"]));
        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"SubjectId\" = '{key}' AND \"Kind\" = 'counter'"));
        Assert.Equal(HttpStatusCode.Created, (await window.PostAsync("/api/counter-name-changes", Seen(owner, "改样例"))).Status);
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"SubjectId\" = '{key}' AND \"Kind\" = 'counter' AND \"Method\" = 'document-at-window:city'"));
        var account = await owner.ReadAsync("/account");
        Assert.Contains("改样例", account, StringComparison.Ordinal);
        Assert.DoesNotContain("银行卡核验 ·", account, StringComparison.Ordinal);
        Assert.Contains("已在服务窗口更正", await owner.ReadAsync("/account/notices"), StringComparison.Ordinal);
        // Nobody but counter officers is given a token for it.
        Assert.Equal("http.unauthenticated", (await (await Official.SignInAsync(identity, "auditor", "identity.counter")).PostAsync("/api/counter-name-changes", Seen(owner, "改样例")))["code"]);
    }

    private static object Seen(Applicant owner, string? name = null, string? hallLevel = "city") =>
        new { owner.Person.IdNumber, name = name ?? owner.Person.Name, hall = Hall, hallLevel, window = "1", documentChecked = true };

    private async Task FinishAsync(string key)
    {
        await using var scope = identity.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<AccountClosing>().FinishAsync(Guid.Parse(key), CancellationToken.None);
    }
}

[Collection(OnSqlite.Name)]
public sealed class ClosingOnSqlite(SqliteIdentity identity) : ClosingSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class ClosingOnPostgres(PostgresIdentity identity) : ClosingSuite(identity);
