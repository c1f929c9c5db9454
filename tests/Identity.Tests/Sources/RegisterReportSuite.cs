using System.Net;
using System.Net.Http.Json;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>What the registers of organisations report of their own accord, each of them, also while they are asked: an answer taken back, a new name, another representative, the end.</summary>
public abstract class RegisterReportSuite(IdentityFixture identity)
{
    /// <summary>Places in the sandbox's list of institutions that no other suite takes; even: staffing, odd: civil affairs.</summary>
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
        Assert.Equal(HttpStatusCode.Found, (await Organisations.RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
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
        Assert.Equal(HttpStatusCode.Found, (await Organisations.RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
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
        Assert.Equal(HttpStatusCode.Found, (await Organisations.RegisterAsync(representative, institution.Uscc, institution.Name)).StatusCode);
        var name = institution.Name + "（更名）";

        // By the sandbox, which must know whose institution it is.
        await Organisations.RenameAsync(identity, institution, name, push: true);
        await Messages.UntilAsync(async () => (await representative.ReadAsync("/account/organisations")).Contains(name, StringComparison.Ordinal));
        Assert.Contains("初级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // Another register has no say.
        var stranger = Guid.NewGuid().ToString("N");
        var statement = AuthorityEvents.Signed(identity, "market", AuthorityKeyring.Key("market"), stranger, new { id = stranger, number = 1, kind = "dissolved", uscc = institution.Uscc });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await AuthorityEvents.PushAsync(identity.Http, statement)).StatusCode);

        (await identity.Sandbox.Http.PostAsJsonAsync("/changes/v1/samples", new { kind = "representative-changed", uscc = institution.Uscc, representativeIdNumber = successor.Person.IdNumber })).EnsureSuccessStatusCode();
        await Messages.UntilAsync(async () => (await successor.ReadAsync("/account/organisations")).Contains(name, StringComparison.Ordinal));
        Assert.DoesNotContain(name, await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal("ended", await AuthorityEvents.HappenAsync(identity, authority, id => new { id, number = 1000, kind = "dissolved", uscc = institution.Uscc }));
        Assert.DoesNotContain("初级", await successor.ReadAsync("/account/organisations"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_represents_several_organisations_is_told_which_one_he_lost()
    {
        var (representative, organisation, _) = await Organisations.RegisteredAsync(identity);
        using var successor = await Applicant.RegisteredAsync(identity);
        var key = await identity.KeyOfAsync(representative.Person.IdNumber);

        // Without a phone nothing but the page tells.
        await identity.ExecuteAsync($"UPDATE \"Persons\" SET \"PhoneIndex\" = 'none:{key}' WHERE \"Id\" = '{key}'");
        Assert.Equal("succeeded", await AuthorityEvents.HappenAsync(
            identity, "market", change => new { id = change, number = 1, kind = "representative-changed", uscc = organisation.Uscc, representativeIdNumber = successor.Person.IdNumber }));
        Assert.Contains($"您所代表组织“{organisation.Name}”的法定代表人", await representative.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Contains($"登记为组织“{organisation.Name}”的法定代表人", await successor.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Equal("ended", await AuthorityEvents.HappenAsync(identity, "market", change => new { id = change, number = 2, kind = "dissolved", uscc = organisation.Uscc }));
        Assert.Contains($"组织“{organisation.Name}”已在登记机关注销", await successor.ReadAsync("/account/notices"), StringComparison.Ordinal);
        representative.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_register_reports_while_it_is_asked_outweighs_its_answer(bool late)
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        using var successor = await Applicant.NewAsync(identity);
        var before = await identity.CountAsync("Organisations");
        if (late)
        {
            // A change with a higher place was reported before: what comes now comes late, and is news all the same.
            await AuthorityEvents.HappenAsync(
                identity, "market", change => new { id = change, number = 1000, kind = "representative-changed", uscc = organisation.Uscc, representativeIdNumber = representative.Person.IdNumber });
        }

        await identity.Sandbox.FailAsync("/market/v1/checks", "delay=2s", 1);
        var registering = Organisations.RegisterAsync(representative, organisation.Uscc, organisation.Name);
        for (var number = 1; !registering.IsCompleted; number++)
        {
            var place = number;
            await AuthorityEvents.HappenAsync(identity, "market", change => new { id = change, number = place, kind = "representative-changed", uscc = organisation.Uscc, representativeIdNumber = successor.Person.IdNumber });
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        var answer = await registering;
        await identity.Sandbox.RecoverAsync();
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains(organisation.Name, await Applicant.TextAsync(answer), StringComparison.Ordinal);
        Assert.Equal(before, await identity.CountAsync("Organisations"));
    }

    [Fact]
    public async Task What_is_reported_of_the_representative_while_the_registers_are_asked_outweighs_their_answers()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        await identity.Sandbox.FailAsync("/market/v1/checks", "delay=2s", 1);
        var registering = Organisations.RegisterAsync(representative, organisation.Uscc, organisation.Name);
        for (var number = 1; !registering.IsCompleted; number++)
        {
            // Each one is news, even where it changes nothing.
            var place = number;
            Assert.Equal("unchanged", await AuthorityEvents.HappenAsync(
                identity, "population", change => new { id = change, number = place, kind = "name-changed", idNumber = representative.Person.IdNumber, name = representative.Person.Name }));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        var answer = await registering;
        await identity.Sandbox.RecoverAsync();
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(0, await identity.RowsAsync($"\"Organisations\" WHERE \"Uscc\" = '{organisation.Uscc}'"));
    }
}

[Collection(OnSqlite.Name)]
public sealed class RegisterReportsOnSqlite(SqliteIdentity identity) : RegisterReportSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class RegisterReportsOnPostgres(PostgresIdentity identity) : RegisterReportSuite(identity);
