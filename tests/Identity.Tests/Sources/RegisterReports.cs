using System.Net;
using System.Net.Http.Json;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>What the registers of organisations report of their own accord, each of them: an answer taken back, a new name, another representative, the end.</summary>
public abstract partial class OrganisationSuite
{
    /// <summary>Places in the sandbox's list of institutions that no other test of this suite takes; even: staffing, odd: civil affairs.</summary>
    private const int Withdrawing = 2;

    private const int Reporting = 4;

    [Theory]
    [InlineData(-1, "market", "market-registry-match")]
    [InlineData(Withdrawing, "staffing", "staffing-registry-match")]
    [InlineData(Withdrawing + 1, "civil-affairs", "civil-affairs-registry-match")]
    [InlineData(-1, "quality", "organisation-code-match")]
    public async Task What_a_register_takes_back_carries_the_organisation_no_more(int place, string authority, string kind)
    {
        var organisation = place < 0 ? await identity.Sandbox.NextOrganisationAsync() : await identity.Sandbox.InstitutionAsync(place);
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        Assert.Equal(HttpStatusCode.Found, (await RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
        var id = (await identity.ReadAsync($"SELECT \"Id\" FROM \"Organisations\" WHERE \"Uscc\" = '{organisation.Uscc}'")).ToLowerInvariant();
        var ways = $"/account/step-up/ways?organisation={id}";
        Assert.Contains("\"level\":\"primary\"", await representative.ReadAsync(ways), StringComparison.Ordinal);
        var receipt = await identity.ReadAsync($"SELECT \"ReferenceAtSource\" FROM \"Evidence\" WHERE \"Kind\" = '{kind}' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'");

        Assert.Equal("nobody", await AuthorityEvents.WithdrawAsync(identity, "tax", receipt));
        Assert.Contains("\"level\":\"primary\"", await representative.ReadAsync(ways), StringComparison.Ordinal);
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, authority, receipt));
        Assert.Contains("\"level\":\"none\"", await representative.ReadAsync(ways), StringComparison.Ordinal);
        Assert.Contains($"为您所代表组织“{organisation.Name}”的认证等级作证", await representative.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Equal("unchanged", await AuthorityEvents.WithdrawAsync(identity, authority, receipt));

        // Asked anew it answers anew.
        Assert.Equal(HttpStatusCode.Found, (await RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
        Assert.Contains("\"level\":\"primary\"", await representative.ReadAsync(ways), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Reporting, "staffing")]
    [InlineData(Reporting + 1, "civil-affairs")]
    public async Task An_institution_follows_what_its_own_register_pushes(int place, string authority)
    {
        var institution = await identity.Sandbox.InstitutionAsync(place);
        using var representative = await Applicant.RegisteredAsync(identity, institution.LegalRepresentative);
        using var successor = await Applicant.RegisteredAsync(identity);
        Assert.Equal(HttpStatusCode.Found, (await RegisterAsync(representative, institution.Uscc, institution.Name)).StatusCode);
        var name = institution.Name + "（更名）";

        // By the sandbox, which must know whose institution it is.
        await RenameAsync(institution, name, push: true);
        await UntilAsync(async () => (await representative.ReadAsync("/account/organisations")).Contains(name, StringComparison.Ordinal));
        Assert.Contains("初级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // Another register has no say.
        var stranger = Guid.NewGuid().ToString("N");
        var statement = AuthorityEvents.Signed(identity, "market", AuthorityKeyring.Key("market"), stranger, new { id = stranger, number = 1, kind = "dissolved", uscc = institution.Uscc });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await AuthorityEvents.PushAsync(identity.Http, statement)).StatusCode);

        (await identity.Sandbox.Http.PostAsJsonAsync("/changes/v1/samples", new { kind = "representative-changed", uscc = institution.Uscc, representativeIdNumber = successor.Person.IdNumber })).EnsureSuccessStatusCode();
        await UntilAsync(async () => (await successor.ReadAsync("/account/organisations")).Contains(name, StringComparison.Ordinal));
        Assert.DoesNotContain(name, await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal("ended", await AuthorityEvents.HappenAsync(identity, authority, id => new { id, number = 1000, kind = "dissolved", uscc = institution.Uscc }));
        Assert.DoesNotContain("初级", await successor.ReadAsync("/account/organisations"), StringComparison.Ordinal);
    }
}
