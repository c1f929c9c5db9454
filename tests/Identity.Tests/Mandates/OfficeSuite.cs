using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;
using Yinxin.Identity.Tests.StepUp;
using static Yinxin.Identity.Tests.StepUp.Strengthening;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>What becomes of mandates when a register reports a death, another legal representative, or the end of an organisation.</summary>
public abstract class OfficeSuite(IdentityFixture identity)
{
    private static readonly (string, string)[] Part = [("Powers", "apply")];

    [Fact]
    public async Task When_a_representative_dies_nobody_acts_for_the_organisation_until_the_register_names_another()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var helper = await Applicant.RegisteredAsync(identity);
        using var successor = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent, ("SubDelegate", "true"));
        var part = await PassOnAsync(agent, mandate, helper);
        var invited = await company.InviteAsync(successor.Person);
        var party = new RelyingParty(identity);
        var agents = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        var helpers = await Company.SignInAsync(helper, $"mandate-{part}", party);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(agents.AccessToken));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(helpers.AccessToken));

        Assert.Equal("frozen", await DieAsync(company.Representative));
        foreach (var tokens in (Answer[])[agents, helpers])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await party.UserInfoAsync(tokens.AccessToken)).Status);
            Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
            await api.UntilRefusedAsync(tokens.AccessToken);
        }

        Assert.DoesNotContain(company.Organisation.Name, await agent.ReadAsync("/account/acting"), StringComparison.Ordinal);
        Assert.Contains("已暂停", await agent.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await Company.AcceptAsync(successor, invited)).StatusCode);
        await ToldAsync(agent.Person, "mandate-notice", "一份授权已暂停");
        Assert.DoesNotContain(await identity.Sandbox.MessagesAsync(company.Representative.Person.Phone), m => m.Text.Contains("已暂停", StringComparison.Ordinal));

        // Once the register names somebody, it goes on with him.
        Assert.Equal("succeeded", await ChangeAsync(company, successor.Person, 1));
        await Company.RaiseAsync(successor);
        Company.Expect(await Company.ActAsync(successor, mandate, "Confirm"));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync((await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity))).AccessToken));
    }

    [Fact]
    public async Task When_an_agent_dies_his_mandate_and_what_he_passed_on_end_and_the_grantor_is_told()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var helper = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent, ("SubDelegate", "true"));
        var part = await PassOnAsync(agent, mandate, helper);
        var party = new RelyingParty(identity);
        var agents = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        var helpers = await Company.SignInAsync(helper, $"mandate-{part}", party);

        Assert.Equal("frozen", await DieAsync(agent));
        foreach (var tokens in (Answer[])[agents, helpers])
        {
            Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
            await api.UntilRefusedAsync(tokens.AccessToken);
        }

        Assert.Contains("已撤销", await company.Representative.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
        Assert.Contains("已撤销", await helper.ReadAsync($"/account/mandates/{part}"), StringComparison.Ordinal);
        await ToldAsync(company.Representative.Person, "mandate-notice", "一份授权已撤销");
        await ToldAsync(helper.Person, "mandate-notice", "一份授权已撤销");
        Assert.DoesNotContain(await identity.Sandbox.MessagesAsync(agent.Person.Phone), m => m.Text.Contains("已撤销", StringComparison.Ordinal));
        Assert.Contains(company.Organisation.Name, await company.Representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_successor_whom_the_register_reports_finds_the_mandates_waiting_and_living_agents_stop_at_once()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var successor = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var party = new RelyingParty(identity);
        var agents = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        Assert.Equal("succeeded", await ChangeAsync(company, successor.Person, 1));
        Assert.Equal("invalid_grant", (await party.RefreshAsync(agents.RefreshToken))["error"]);
        await api.UntilRefusedAsync(agents.AccessToken);
        Assert.Equal(HttpStatusCode.NotFound, (await company.Representative.Browser.GetAsync($"/account/mandates/{mandate}")).StatusCode);
        await Company.RaiseAsync(successor);
        Company.Expect(await Company.ActAsync(successor, mandate, "Confirm"));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync((await Company.SignInAsync(agent, $"mandate-{mandate}", party)).AccessToken));
    }

    [Fact]
    public async Task A_new_representative_is_told_once_how_many_mandates_wait_and_the_former_one_of_none()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        using var successor = await Applicant.RegisteredAsync(identity);
        Guid[] mandates = [await company.EmpowerAsync(agent), await company.EmpowerAsync(other)];
        Assert.DoesNotContain("待您逐一确认", await company.Representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal("succeeded", await ChangeAsync(company, successor.Person, 1));
        await ToldAsync(successor.Person, "mandate-notice", "2 份授权待您逐一确认");
        foreach (var mandate in mandates)
        {
            await Company.ToldAsync(identity, mandate);
        }

        var name = company.Organisation.Name;
        // The outbox delivers at least once: while the clock of the tests runs ahead of a slow machine it may send the same text again.
        var text = Assert.Single((await identity.Sandbox.MessagesAsync(successor.Person.Phone)).Where(m => m.Purpose == "mandate-notice").Select(m => m.Text).Distinct());
        Assert.Contains($"{name[..4]}***: 2 mandates wait for your confirmation.", text, StringComparison.Ordinal);
        Assert.EndsWith($" {identity.Issuer}/account", text, StringComparison.Ordinal);
        Assert.DoesNotContain(name, text, StringComparison.Ordinal);
        var notices = await successor.ReadAsync("/account/notices");
        Assert.Contains($"{name}的 2 份经办授权因法定代表人变更已暂停，待您逐一确认后恢复。", notices, StringComparison.Ordinal);
        Assert.DoesNotContain($"{name}的经办授权已暂停", notices, StringComparison.Ordinal);

        // To him none of them is there any more; to the agents they are.
        Assert.DoesNotContain(await identity.Sandbox.MessagesAsync(company.Representative.Person.Phone), m => m.Text.Contains("已暂停", StringComparison.Ordinal));
        Assert.DoesNotContain("已暂停", await company.Representative.ReadAsync("/account/notices"), StringComparison.Ordinal);
        await ToldAsync(agent.Person, "mandate-notice", "一份授权已暂停");
        await ToldAsync(other.Person, "mandate-notice", "一份授权已暂停");

        Assert.Contains($"{company.Agents}\">2 份授权待您逐一确认后恢复</a>", await successor.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        await Company.RaiseAsync(successor);
        Company.Expect(await Company.ActAsync(successor, mandates[0], "Confirm"));
        Assert.Contains("1 份授权待您逐一确认后恢复", await successor.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Contains("1 mandate waits for your confirmation", await successor.ReadAsync("/account/organisations?lang=en"), StringComparison.Ordinal);
        Company.Expect(await Company.ActAsync(successor, mandates[1], "Confirm"));
        Assert.DoesNotContain("for your confirmation", await successor.ReadAsync("/account/organisations?lang=en"), StringComparison.Ordinal);

        // What he suspends himself waits for nobody.
        Company.Expect(await Company.ActAsync(successor, mandates[1], "Suspend"));
        Assert.DoesNotContain("for your confirmation", await successor.ReadAsync("/account/organisations?lang=en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_organisation_at_rest_is_not_called_dissolved()
    {
        using var company = await Company.NewAsync(identity);
        using var newcomer = await Applicant.NewAsync(identity);
        using var officer = await Officer.SignInAsync(identity, "auditor");
        var page = $"/console/organisations/{company.Id}";
        Assert.Contains("id=\"state\">正常<", await officer.ReadAsync(page), StringComparison.Ordinal);
        Assert.Equal("resting", await ChangeAsync(company, newcomer.Person, 1));
        var resting = await officer.ReadAsync(page);
        Assert.Contains("id=\"state\">暂无法定代表人（自 ", resting, StringComparison.Ordinal);
        Assert.Contains("<dt>原法定代表人</dt>", resting, StringComparison.Ordinal);
        Assert.Contains("id=\"state\">without a legal representative (since ", await officer.ReadAsync(page + "?lang=en"), StringComparison.Ordinal);
        Assert.Contains("暂无法定代表人（自 ", await company.Representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal("ended", await HappenAsync(id => new { id, number = 2, kind = "dissolved", uscc = company.Organisation.Uscc }));
        var dissolved = await officer.ReadAsync(page);
        Assert.Matches("id=\"state\">[^<]* 注销<", dissolved);
        Assert.DoesNotContain("暂无法定代表人", dissolved, StringComparison.Ordinal);
        Assert.DoesNotContain("暂无法定代表人", await company.Representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_organisation_at_rest_wakes_with_the_next_representative_who_has_an_account()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var newcomer = await Applicant.NewAsync(identity);
        using var successor = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        Assert.Equal("resting", await ChangeAsync(company, newcomer.Person, 1));
        Assert.Equal("succeeded", await ChangeAsync(company, successor.Person, 2));
        Assert.Contains(company.Organisation.Name, await successor.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Contains("初级", await successor.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        await Company.RaiseAsync(successor);
        Company.Expect(await Company.ActAsync(successor, mandate, "Confirm"));
        Assert.True((await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity))).AccessToken.Length > 0);
        await ToldAsync(successor.Person, "source-notice", "登录后可以其名义办事");
        await ToldAsync(successor.Person, "mandate-notice", "1 份授权待您逐一确认");
        await ToldAsync(company.Representative.Person, "source-notice", "您不能再以其名义办事");
        Assert.Single(await identity.Sandbox.MessagesAsync(company.Representative.Person.Phone), m => m.Purpose == "source-notice");
    }

    [Fact]
    public async Task Whom_the_register_names_again_has_his_organisation_and_his_mandates_again()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var newcomer = await Applicant.NewAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        Assert.Equal("resting", await ChangeAsync(company, newcomer.Person, 1));
        Assert.DoesNotContain(company.Organisation.Name, await company.Representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // What he gave he still sees, and can do nothing.
        Assert.Contains("已暂停", await company.Representative.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Company.ActAsync(company.Representative, mandate, "Resume")).StatusCode);

        await ToldAsync(company.Representative.Person, "source-notice", "您不能再以其名义办事");
        Assert.Equal("succeeded", await ChangeAsync(company, company.Representative.Person, 2));
        await ToldAsync(company.Representative.Person, "source-notice", "登录后可以其名义办事");
        await ToldAsync(company.Representative.Person, "mandate-notice", "1 份授权待您逐一确认");
        Assert.Equal(2, (await identity.Sandbox.MessagesAsync(company.Representative.Person.Phone)).Count(m => m.Purpose == "source-notice"));
        Assert.Contains(company.Organisation.Name, await company.Representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Resume"));
        Assert.True((await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity))).AccessToken.Length > 0);
    }

    [Fact]
    public async Task An_organisation_that_is_dissolved_at_rest_is_dissolved_and_no_later_word_wakes_it()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var newcomer = await Applicant.NewAsync(identity);
        using var successor = await Applicant.RegisteredAsync(identity);
        using var stranger = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        Assert.Equal("resting", await ChangeAsync(company, newcomer.Person, 1));
        Assert.Equal("ended", await HappenAsync(id => new { id, number = 2, kind = "dissolved", uscc = company.Organisation.Uscc }));
        Assert.Contains("已撤销", await agent.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
        Assert.Equal(0, await identity.RowsAsync($"\"Grades\" WHERE \"Level\" <> 'None' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{company.Id}'"));
        Assert.True(await identity.RowsAsync($"\"Evidence\" WHERE \"Method\" = 'dissolved' AND \"State\" = 'Revoked' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{company.Id}'") >= 2);
        Assert.Equal("unchanged", await HappenAsync(id => new { id, number = 3, kind = "dissolved", uscc = company.Organisation.Uscc }));
        Assert.Equal("dissolved", await ChangeAsync(company, successor.Person, 4));
        Assert.DoesNotContain(company.Organisation.Name, await successor.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.DoesNotContain(await identity.Sandbox.MessagesAsync(successor.Person.Phone), m => m.Purpose == "source-notice");
        Assert.Equal(0, await identity.RowsAsync($"\"Grades\" WHERE \"Level\" <> 'None' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{company.Id}'"));

        // Both sides keep the history; whoever is neither has none.
        foreach (var address in (string[])[$"/account/mandates/{mandate}", $"/account/mandates/{mandate}/records", company.Agents])
        {
            Assert.Equal(HttpStatusCode.OK, (await company.Representative.Browser.GetAsync(address)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await stranger.Browser.GetAsync(address)).StatusCode);
        }

        Assert.Contains($"{company.Agents}\"", await company.Representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await agent.Browser.GetAsync($"/account/mandates/{mandate}/records")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await company.Representative.Browser.GetAsync(company.Agents + "/new")).StatusCode);
    }

    [Fact]
    public async Task When_the_register_takes_its_word_back_the_agent_is_told_that_it_cannot_be_and_the_representative_how_to_mend_it()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        await Company.RaiseAsync(agent);
        var mandate = await company.EmpowerAsync(agent);
        var party = new RelyingParty(identity);
        await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        await Company.SignInAsync(company.Representative, company.Id.ToString(), party);
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "market", await RegisterReceiptAsync(company)));

        // No page of the agent's could help; of the person's own level either.
        Assert.Equal("unmet_authentication_requirements", Error(await agent.Browser.AskAsync(party, ("claims", Essential(Primary, Intermediate)))));
        const string ofPerson = """{"id_token":{"person_acr":{"essential":true,"values":["urn:yinxin:assurance:intermediate"]}}}""";
        Assert.Equal("unmet_authentication_requirements", Error(await agent.Browser.AskAsync(party, ("claims", ofPerson))));

        var stepUp = await company.Representative.Browser.AskAsync(party, ("claims", Essential(Primary, Intermediate)));
        Assert.StartsWith("/account/step-up?", stepUp, StringComparison.Ordinal);
        var page = await company.Representative.ReadAsync(stepUp);
        Assert.Contains($"“{company.Organisation.Name}”目前不足初级", page, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page, "href=\"/account/organisations/new\\?", RegexOptions.None, TimeSpan.FromSeconds(1)));
        var form = "/account/organisations/new?ReturnUrl=" + Uri.EscapeDataString(stepUp.ReturnUrl());
        var done = await company.Representative.FillAsync(form, ("Uscc", company.Organisation.Uscc), ("Name", company.Organisation.Name));
        Assert.Equal(stepUp.ReturnUrl(), done.Headers.Location?.OriginalString);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await company.Representative.Browser.GetAsync(stepUp.ReturnUrl())).Headers.Location!));
        Assert.Equal(Primary, tokens.Acr());
        Assert.Equal(Primary, (await agent.Browser.TokensAsync(party, ("claims", Essential(Primary, Intermediate)))).Acr());
    }

    [Fact]
    public async Task An_organisation_that_lost_its_proof_at_rest_wakes_only_when_it_is_registered_anew()
    {
        using var company = await Company.NewAsync(identity);
        using var newcomer = await Applicant.NewAsync(identity);
        using var successor = await Applicant.RegisteredAsync(identity);
        Assert.Equal("resting", await ChangeAsync(company, newcomer.Person, 1));
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "market", await RegisterReceiptAsync(company)));
        Assert.Equal("resting", await ChangeAsync(company, successor.Person, 2));
        Assert.DoesNotContain(company.Organisation.Name, await successor.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.DoesNotContain(await identity.Sandbox.MessagesAsync(successor.Person.Phone), m => m.Purpose == "source-notice");
    }

    [Fact]
    public async Task Giving_power_asks_for_a_proof_of_oneself_from_just_now()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent, ("SubDelegate", "true"));
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Suspend"));
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        var page = company.Agents + "/new";
        Assert.Equal("/account/confirm?ReturnUrl=" + Uri.EscapeDataString(page), (await company.Representative.Browser.GetAsync(page)).Headers.Location?.OriginalString);
        Assert.StartsWith("/account/confirm", (await Company.ActAsync(company.Representative, mandate, "Resume")).Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Contains("已暂停", await agent.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
        Assert.Equal(page, (await company.Representative.Browser.StrengthenAsync(identity, company.Representative.Person.Phone, page)).Headers.Location?.OriginalString);
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Resume"));
        Assert.Equal(HttpStatusCode.OK, (await company.Representative.Browser.GetAsync(page)).StatusCode);
        Assert.StartsWith("/account/confirm", (await agent.Browser.GetAsync($"/account/mandates/{mandate}/pass-on")).Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Categories_that_are_empty_are_an_error_in_the_form()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.NewAsync(identity);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await company.TryInviteAsync(agent.Person, ("Reach", "categories"), ("Categories", ""))).StatusCode);
    }

    private async Task<Guid> PassOnAsync(Applicant agent, Guid mandate, Applicant helper)
    {
        var part = Company.Created(await Company.PostAsync(agent, $"/account/mandates/{mandate}/pass-on", Company.Form(identity.Time.GetUtcNow(), helper.Person, Part)));
        Company.Expect(await Company.AcceptAsync(helper, part));
        return part;
    }

    private Task<string> RegisterReceiptAsync(Company company) => identity.ReadAsync(
        $"SELECT \"ReferenceAtSource\" FROM \"Evidence\" WHERE \"Kind\" = 'market-registry-match' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{company.Id}' ORDER BY \"Place\" DESC LIMIT 1");

    private Task<string> DieAsync(Applicant person) =>
        AuthorityEvents.HappenAsync(identity, "population", id => new { id, number = 1, kind = "deceased", idNumber = person.Person.IdNumber });

    private Task<string> ChangeAsync(Company company, SyntheticPerson representative, int number) =>
        HappenAsync(id => new { id, number, kind = "representative-changed", uscc = company.Organisation.Uscc, representativeIdNumber = representative.IdNumber });

    private Task<string> HappenAsync(Func<string, object> change) => AuthorityEvents.HappenAsync(identity, "market", change);

    /// <summary>Messages leave a moment later; at most a minute.</summary>
    private async Task ToldAsync(SyntheticPerson person, string purpose, string words)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await identity.Sandbox.MessagesAsync(person.Phone)).Exists(m => m.Purpose == purpose && m.Text.Contains(words, StringComparison.Ordinal)))
        {
            await Task.Delay(100, limit.Token);
        }
    }
}

[Collection(OnSqlite.Name)]
public sealed class OfficesOnSqlite(SqliteIdentity identity) : OfficeSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class OfficesOnPostgres(PostgresIdentity identity) : OfficeSuite(identity);
