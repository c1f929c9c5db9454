using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>Ways that compare a number which others may know too: whoever has only the password of an account raises nobody by them.</summary>
public abstract class KnownNumberSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData("bank-card")]
    [InlineData("housing-fund")]
    public async Task A_person_is_raised_by_a_number_only_in_a_session_that_has_shown_two_factors(string way)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        var page = $"/account/raise/{way}?ReturnUrl=%2Faccount%2Facting";
        var field = way == "bank-card" ? ("CardNumber", owner.Person.BankCard) : ("Account", owner.Person.HousingFund);
        await LedToConfirmAsync(browser, page, "/account/acting", field);
        Assert.Contains("id=\"level\">初级", await browser.ReadAsync("/account"), StringComparison.Ordinal);

        Assert.Equal(page, (await browser.StrengthenAsync(identity, owner.Person.Phone, page)).Headers.Location?.OriginalString);
        Assert.Equal("/account/acting", (await browser.SubmitAsync(page, await browser.ReadAsync(page), field)).Headers.Location?.OriginalString);
        Assert.Contains("id=\"level\">中级", await browser.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_code_is_sent_to_a_phone_that_a_session_with_a_password_alone_names()
    {
        var (owner, browser) = await Strengthening.ByPasswordAsync(identity, raised: false);
        using var account = owner;
        using var thief = browser;
        var stranger = await identity.Sandbox.NextPersonAsync();
        await LedToConfirmAsync(thief, "/account/raise/bank-card?ReturnUrl=%2Faccount%2Facting", "/account/acting", ("CardNumber", owner.Person.BankCard), ("Phone", stranger.Phone));
        Assert.Empty(await identity.Sandbox.MessagesAsync(stranger.Phone));
        await LedToConfirmAsync(thief, "/account/raise/bank-card/code?ReturnUrl=%2Faccount%2Facting", "/account/acting", ("Code", "123456"));
    }

    [Fact]
    public async Task An_organisation_is_raised_by_its_tax_account_only_in_such_a_session()
    {
        using var company = await Company.NewAsync(identity, proven: false);
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(company.Representative.Person.IdNumber, Applicant.Password);
        var page = $"/account/organisations/tax-account?ReturnUrl=%2Faccount%2Forganisations&Organisation={company.Id}";
        await LedToConfirmAsync(browser, page, "/account/organisations", ("Account", company.Organisation.TaxAccount));
        Assert.DoesNotContain("中级", await browser.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        Assert.Equal(page, (await browser.StrengthenAsync(identity, company.Representative.Person.Phone, page)).Headers.Location?.OriginalString);
        Assert.Equal("/account/organisations", (await browser.SubmitAsync(page, await browser.ReadAsync(page), ("Account", company.Organisation.TaxAccount))).Headers.Location?.OriginalString);
        Assert.Contains("中级", await browser.ReadAsync("/account/organisations"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_passkey_shows_enough_by_itself()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var device = await owner.AddPasskeyAsync(identity.Issuer);
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInByPasskeyAsync(device)).StatusCode);
        const string page = "/account/raise/housing-fund?ReturnUrl=%2Faccount%2Facting";
        Assert.Equal("/account/acting", (await browser.SubmitAsync(page, await browser.ReadAsync(page), ("Account", owner.Person.HousingFund))).Headers.Location?.OriginalString);
    }

    /// <summary>Neither the page nor its form, sent all the same, does anything but ask for more.</summary>
    private static async Task LedToConfirmAsync(Browser browser, string page, string returnUrl, params (string Name, string Value)[] fields)
    {
        var confirm = "/account/confirm?two=true&ReturnUrl=" + Uri.EscapeDataString(page);
        Assert.Equal(confirm, (await browser.GetAsync(page)).Headers.Location?.OriginalString);
        var token = await browser.ReadAsync("/account/confirm");
        Assert.Equal(confirm, (await browser.SubmitAsync(page, token, [.. fields, ("ReturnUrl", returnUrl)])).Headers.Location?.OriginalString);
    }
}

[Collection(OnSqlite.Name)]
public sealed class KnownNumbersOnSqlite(SqliteIdentity identity) : KnownNumberSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class KnownNumbersOnPostgres(PostgresIdentity identity) : KnownNumberSuite(identity);
