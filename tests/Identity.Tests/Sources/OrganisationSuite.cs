using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>An organisation's levels: the registers behind primary, the tax account behind intermediate, and down again.</summary>
public abstract class OrganisationSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData(0, "staffing-registry-match")]
    [InlineData(1, "civil-affairs-registry-match")]
    public async Task An_institution_is_checked_by_the_register_that_its_code_names(int kind, string evidence)
    {
        var institution = await identity.Sandbox.InstitutionAsync(kind);
        using var representative = await Applicant.RegisteredAsync(identity, institution.LegalRepresentative);
        var before = await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = '{evidence}' AND \"ReceiptCipher\" IS NOT NULL");
        await identity.Sandbox.FailAsync(kind == 0 ? "/staffing" : "/civil-affairs", "forged", 100);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Organisations.RegisterAsync(representative, institution.Uscc, institution.Name)).StatusCode);
        await identity.Sandbox.RecoverAsync();
        Assert.Equal(HttpStatusCode.Found, (await Organisations.RegisterAsync(representative, institution.Uscc, institution.Name)).StatusCode);
        Assert.Equal(before + 1, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = '{evidence}' AND \"ReceiptCipher\" IS NOT NULL"));
        Assert.Matches("初级[^中]*提升认证等级", await representative.ReadAsync("/account/organisations"));
    }

    [Theory]
    [InlineData('3')]
    [InlineData('N')]
    public async Task A_code_of_a_register_that_is_not_connected_is_sent_to_the_window_with_the_form_kept(char register)
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        var first = register + organisation.Uscc[1..17];
        var before = await identity.CountAsync("Organisations");
        var refused = await Organisations.RegisterAsync(representative, first + UnifiedSocialCreditCode.CheckCharacter(first), organisation.Name);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var text = await Applicant.TextAsync(refused);
        Assert.Contains("登记机关尚未接入", text, StringComparison.Ordinal);
        Assert.Contains($"value=\"{organisation.Name}\"", text, StringComparison.Ordinal);
        Assert.Equal(before, await identity.CountAsync("Organisations"));
        Assert.Equal(HttpStatusCode.Found, (await Organisations.RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
    }

    [Fact]
    public async Task One_register_that_disagrees_is_enough_for_no()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        var before = await identity.CountAsync("Organisations");
        foreach (var source in (string[])["/quality", "/population", "/market"])
        {
            // Their checks, not their feeds of changes: the server reads those by itself.
            await identity.Sandbox.FailAsync(source + "/v1/checks", "disagreeing", 1);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Organisations.RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
            await identity.Sandbox.RecoverAsync();
            foreach (var fault in (string[])["forged", "contradicting"])
            {
                await identity.Sandbox.FailAsync(source + "/v1/checks", fault, 100);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Organisations.RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
                await identity.Sandbox.RecoverAsync();
            }
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Organisations.RegisterAsync(representative, organisation.Uscc, organisation.Name, "123")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Organisations.RegisterAsync(representative, organisation.Uscc, organisation.Name, "999999999999999")).StatusCode);
        Assert.Equal(before, await identity.CountAsync("Organisations"));
        Assert.Equal(HttpStatusCode.Found, (await Organisations.RegisterAsync(representative, organisation.Uscc, organisation.Name, organisation.RegistrationNumber)).StatusCode);
        Assert.Equal(before + 1, await identity.CountAsync("Organisations"));
    }

    [Fact]
    public async Task Of_many_forms_for_one_new_organisation_one_registers_it_and_none_fails()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Organisations.RegisterAsync(representative, organisation.Uscc, organisation.Name)));
        Assert.All(answers, a => Assert.True(a.StatusCode is HttpStatusCode.Found or HttpStatusCode.Conflict, $"{a.StatusCode}"));
        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.Found);
        Assert.Equal(1, await identity.RowsAsync($"\"Organisations\" WHERE \"Uscc\" = '{organisation.Uscc}'"));
    }

    [Fact]
    public async Task A_tax_account_raises_the_organisation_of_its_representative_alone()
    {
        var (representative, organisation, id) = await Organisations.RegisteredAsync(identity);
        using var stranger = await Applicant.RegisteredAsync(identity);
        var page = $"/account/organisations/tax-account?Organisation={id}&ReturnUrl=/account/organisations";
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Browser.GetAsync(page)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await representative.FillAsync(page, ("Account", "T000000000"))).StatusCode);
        foreach (var fault in (string[])["status=503", "forged", "contradicting"])
        {
            await identity.Sandbox.FailAsync("/tax", fault, 100);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await representative.FillAsync(page, ("Account", organisation.TaxAccount))).StatusCode);
            await identity.Sandbox.RecoverAsync();
        }

        var ways = await representative.ReadAsync($"/account/step-up?Organisation={id}&ReturnUrl=/account/organisations");
        Assert.Contains("税务申报账户", ways, StringComparison.Ordinal);
        Assert.Contains("企业数字证书", ways, StringComparison.Ordinal);
        Assert.Equal("/account/organisations", (await representative.FillAsync(page, ("Account", organisation.TaxAccount))).Headers.Location?.OriginalString);
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // The tax authority takes its answer back; nobody else can. Then a new one, which ends by itself.
        var receipt = await identity.ReadAsync($"SELECT \"ReferenceAtSource\" FROM \"Evidence\" WHERE \"Kind\" = 'tax-account' AND \"Result\" = 'Agreed' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'");
        Assert.Equal("nobody", await AuthorityEvents.WithdrawAsync(identity, "market", receipt));
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "tax", receipt));
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        await Browser.StayAsync(identity.Time, TimeSpan.FromMinutes(61), representative.Browser);
        Assert.Equal(HttpStatusCode.Found, (await representative.FillAsync(page, ("Account", organisation.TaxAccount))).StatusCode);
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        await Organisations.ExpireAsync(identity, id, "tax-account");
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        representative.Dispose();
    }
}

[Collection(OnSqlite.Name)]
public sealed class OrganisationsOnSqlite(SqliteIdentity identity) : OrganisationSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class OrganisationsOnPostgres(PostgresIdentity identity) : OrganisationSuite(identity);
