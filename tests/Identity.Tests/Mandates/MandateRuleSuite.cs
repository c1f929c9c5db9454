using System.Globalization;
using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>What must be so before anybody acts for an organisation: proven persons, a term that has begun, a right to pass on that was given.</summary>
public abstract class MandateRuleSuite(IdentityFixture identity)
{
    [Fact]
    public async Task Whose_own_proof_has_run_out_registers_no_organisation()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        await UnproveAsync(representative);
        (string, string)[] form = [("Uscc", organisation.Uscc), ("Name", organisation.Name)];
        var refused = await Company.SendAsync(representative, "/account/organisations/new", form);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("请先完成本人实名认证", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal(0, await identity.RowsAsync($"\"Organisations\" WHERE \"Uscc\" = '{organisation.Uscc}'"));
        await ProveAsync(representative);
        Assert.Equal(HttpStatusCode.Found, (await Company.SendAsync(representative, "/account/organisations/new", form)).StatusCode);
    }

    [Fact]
    public async Task Whose_own_proof_has_run_out_accepts_no_mandate()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.InviteAsync(agent.Person);
        await UnproveAsync(agent);
        Assert.Equal(HttpStatusCode.Forbidden, (await Company.AcceptAsync(agent, mandate)).StatusCode);
        Assert.Contains("待接受", await company.Representative.ReadAsync(company.Agents), StringComparison.Ordinal);
        await ProveAsync(agent);
        Company.Expect(await Company.AcceptAsync(agent, mandate));
    }

    [Fact]
    public async Task Whose_own_proof_was_taken_back_passes_nothing_on()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent, ("SubDelegate", "true"));
        var address = $"/account/mandates/{mandate}/pass-on";
        var stop = $"/account/step-up?ReturnUrl={Uri.EscapeDataString(address)}&level=primary";
        (string, string)[] form = [.. company.Form(await identity.Sandbox.NextPersonAsync()).Select(f => (f.Key, f.Value))];
        Assert.Equal(HttpStatusCode.OK, (await agent.Browser.GetAsync(address)).StatusCode);
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "population", await AuthorityEvents.ReceiptAsync(identity, agent.Person.IdNumber, "population-match")));

        // He sees his mandate still; nothing of it goes further, whether or not the form was open before.
        Assert.Equal(HttpStatusCode.OK, (await agent.Browser.GetAsync($"/account/mandates/{mandate}")).StatusCode);
        Assert.Equal(stop, (await agent.Browser.GetAsync(address)).Headers.Location?.OriginalString);
        Assert.Equal(stop, (await Company.SendAsync(agent, address, form)).Headers.Location?.OriginalString);
        Assert.Equal(0, await PartsAsync());

        var person = agent.Person;
        Company.Expect(await agent.FillAsync("/account/raise/population", ("IdNumber", person.IdNumber), ("Name", person.Name), ("Sex", person.Sex), ("Ethnicity", person.Ethnicity)));
        Company.Created(await Company.SendAsync(agent, address, form));
        Assert.Equal(1, await PartsAsync());

        async Task<long> PartsAsync() => await identity.RowsAsync($"\"Mandates\" WHERE upper(CAST(\"ParentId\" AS TEXT)) = '{mandate.ToString().ToUpperInvariant()}'");
    }

    [Fact]
    public async Task Without_the_right_to_pass_on_nothing_is_passed_on()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var address = $"/account/mandates/{mandate}/pass-on";
        Assert.DoesNotContain(address, await agent.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await agent.Browser.GetAsync(address)).StatusCode);
        (string, string)[] form = [.. company.Form(await identity.Sandbox.NextPersonAsync()).Select(f => (f.Key, f.Value))];
        Assert.Equal(HttpStatusCode.NotFound, (await Company.SendAsync(agent, address, form)).StatusCode);
        Assert.Equal(1, await identity.RowsAsync($"\"Mandates\" WHERE upper(CAST(\"OrganisationId\" AS TEXT)) = '{company.Id.ToString().ToUpperInvariant()}'"));
    }

    [Fact]
    public async Task A_mandate_whose_first_day_has_not_come_has_no_power_yet()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent, ("ValidFrom", identity.Time.GetUtcNow().AddDays(5).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
        Assert.DoesNotContain(company.Organisation.Name, await agent.ReadAsync("/account/acting"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await Company.SendAsync(agent, "/account/acting", ("Organisation", $"mandate-{mandate}"))).StatusCode);
        identity.Time.Advance(TimeSpan.FromDays(6));
        using var later = new Applicant(identity, agent.Person);
        Assert.Equal(HttpStatusCode.Found, (await later.Browser.SignInAsync(agent.Person.IdNumber, Applicant.Password)).StatusCode);
        Assert.Contains(company.Organisation.Name, await later.ReadAsync("/account/acting"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await Company.SendAsync(later, "/account/acting", ("Organisation", $"mandate-{mandate}"))).StatusCode);
    }

    [Fact]
    public async Task A_part_says_that_it_cannot_be_used_while_the_mandate_above_is_suspended()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var helper = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent, ("SubDelegate", "true"));
        var part = Company.Created(await Company.PostAsync(agent, $"/account/mandates/{mandate}/pass-on", company.Form(helper.Person)));
        Company.Expect(await Company.AcceptAsync(helper, part));
        await SaidAsync(rests: false);
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Suspend"));
        await SaidAsync(rests: true);
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Resume"));
        await SaidAsync(rests: false);
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Suspend"));
        Assert.Contains("is suspended, so this one cannot be used", await helper.ReadAsync($"/account/mandates/{part}?lang=en"), StringComparison.Ordinal);

        async Task SaidAsync(bool rests)
        {
            foreach (var page in (string[])[$"/account/mandates/{part}", "/account/mandates"])
            {
                Assert.Equal(rests, (await helper.ReadAsync(page)).Contains("转授权人自己的授权已暂停", StringComparison.Ordinal));
            }
        }
    }

    // As time would, and back: the population library's match carries every level of a person.
    private async Task UnproveAsync(Applicant person) => await EndAsync(person, "'2026-01-01 00:00:00'");

    private async Task ProveAsync(Applicant person) => await EndAsync(person, "NULL");

    private async Task EndAsync(Applicant person, string end) =>
        await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"ValidUntil\" = {end} WHERE \"Kind\" = 'population-match' AND \"SubjectId\" = '{await identity.KeyOfAsync(person.Person.IdNumber)}'");
}

[Collection(OnSqlite.Name)]
public sealed class MandateRulesOnSqlite(SqliteIdentity identity) : MandateRuleSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class MandateRulesOnPostgres(PostgresIdentity identity) : MandateRuleSuite(identity);
