using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Features.Console.FourEyes;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.Sources;

namespace Yinxin.Identity.Tests.Console;

/// <summary>An organisation is frozen and unfrozen by four eyes: nobody acts for it meanwhile, and what its register reports is followed all the same.</summary>
public abstract class OrganisationFreezeSuite(IdentityFixture identity)
{
    private const string Scope = "openid profile offline_access license.read";

    [Fact]
    public async Task While_it_is_frozen_nobody_acts_for_it_and_mandates_rest_until_it_is_lifted()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var invited = await Applicant.RegisteredAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var mandate = await company.EmpowerAsync(agent);
        var paused = await company.EmpowerAsync(agent, ("Powers", "pay"));
        Company.Expect(await Company.ActAsync(company.Representative, paused, "Suspend"));
        var waiting = await company.InviteAsync(invited.Person);
        var party = new RelyingParty(identity, "confidential");
        var agents = await Company.SignInAsync(agent, $"mandate-{mandate}", party);

        // In a session of its own, which ends with the freeze.
        using var atWork = await AgainAsync(company);
        var own = await Company.SignInAsync(atWork, $"{company.Id}", party);
        foreach (var tokens in (Answer[])[agents, own])
        {
            Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(tokens.AccessToken));
        }

        var code = await CodeAsync(agent, $"mandate-{mandate}", party);
        await FreezeAsync(first, second, company);
        Assert.Equal(HttpStatusCode.Found, (await atWork.Browser.GetAsync("/account")).StatusCode);
        foreach (var tokens in (Answer[])[agents, own])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await party.UserInfoAsync(tokens.AccessToken)).Status);
            Assert.Equal("False", (await party.PostAsync("/connect/introspect", ("token", tokens.AccessToken)))["active"]);
            await api.UntilRefusedAsync(tokens.AccessToken);
            Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
        }

        Assert.Equal("invalid_grant", (await party.RedeemAsync(code))["error"]);

        // Said to the agent, without why; not to be chosen, however it is asked for.
        foreach (var page in (string[])["/account/mandates", $"/account/mandates/{mandate}", "/account/acting"])
        {
            var text = await agent.ReadAsync(page);
            Assert.Contains("该单位已冻结，此授权暂不能使用", text, StringComparison.Ordinal);
            Assert.DoesNotContain("冒用", text, StringComparison.Ordinal);
            Assert.Contains("The organisation is frozen, so this mandate cannot be used", await agent.ReadAsync(page + "?lang=en"), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await Company.SendAsync(agent, "/account/acting", ("Organisation", $"mandate-{mandate}"))).StatusCode);
        var representative = company.Representative;
        var choice = await representative.ReadAsync("/account/acting");
        Assert.Contains("该单位已冻结，暂时无人可以代表其办事", choice, StringComparison.Ordinal);
        Assert.DoesNotContain($"value=\"{company.Id}\"", choice, StringComparison.Ordinal);
        Assert.Contains("The organisation is frozen; nobody can act for it meanwhile", await representative.ReadAsync("/account/acting?lang=en"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await Company.SendAsync(representative, "/account/acting", ("Organisation", $"{company.Id}"))).StatusCode);
        Assert.Contains("已冻结（自", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Contains("frozen (since", await representative.ReadAsync("/account/organisations?lang=en"), StringComparison.Ordinal);

        // No power is given or taken for it, and nothing raises it or registers it anew.
        Assert.Equal(HttpStatusCode.Conflict, (await Company.AcceptAsync(invited, waiting)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Company.ActAsync(representative, paused, "Resume")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Company.PostAsync(representative, company.Agents + "/new", company.Form(invited.Person, ("Powers", "receive")))).StatusCode);
        Assert.DoesNotContain("/agents/new\"", await representative.ReadAsync(company.Agents), StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await representative.FillAsync("/account/organisations/new", ("Uscc", company.Organisation.Uscc), ("Name", company.Organisation.Name))).StatusCode);
        var window = await Official.SignInAsync(identity, "counter-one", "identity.counter");
        var seen = await window.PostAsync("/api/counter-verifications/organisations", new
        {
            company.Representative.Person.IdNumber,
            company.Representative.Person.Name,
            hall = "样例政务服务大厅",
            window = "3",
            documentChecked = true,
            uscc = company.Organisation.Uscc,
        });
        Assert.Equal("identity.organisation.frozen", seen["code"]);

        await LiftAsync(first, second, company);
        using var back = await AgainAsync(company);
        Assert.DoesNotContain("暂不能使用", await agent.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync((await Company.SignInAsync(agent, $"mandate-{mandate}", party)).AccessToken));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync((await Company.SignInAsync(back, $"{company.Id}", party)).AccessToken));
        Company.Expect(await Company.AcceptAsync(invited, waiting));
        foreach (var tokens in (Answer[])[agents, own])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusAsync(tokens.AccessToken));
            Assert.Equal("False", (await party.PostAsync("/connect/introspect", ("token", tokens.AccessToken)))["active"]);
        }

        Assert.Equal(["invite", "accept", "organisationFrozen", "organisationFreed"], await (await Records.DownloadAsync(agent, mandate)).VerifyAsync(identity));
        Assert.Contains("单位已解冻", await agent.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_official_decides_and_only_who_may_proposes()
    {
        using var company = await Company.NewAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        using var counter = await Officer.SignInAsync(identity, "window");
        var page = Page(company);
        foreach (var name in (string[])["auditor", "audit-administrator"])
        {
            using var reader = await Officer.SignInAsync(identity, name);
            Assert.DoesNotContain("提出冻结", await reader.ReadAsync($"/console/organisations/{company.Id}"), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync(page)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await reader.ForgeAsync(page, ("Reason", "misused"), ("Explanation", "样例：岗位不符"))).StatusCode);
        }

        Assert.Contains($"href=\"{page}\"", await counter.ReadAsync($"/console/organisations/{company.Id}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await counter.ForgeAsync(page, ("Reason", "misused"), ("Explanation", "样例：岗位不符"), ("Emergency", "true"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await first.FillAsync(page, "", ("Reason", "stolen"), ("Explanation", "样例：理由只适用于账号"))).StatusCode);
        var proposal = await ProposeAsync(first, company, "misused");
        Assert.Equal(HttpStatusCode.Forbidden, (await first.ForgeAsync(proposal, ("Decision", "approve"), ("Note", "样例：自行批准"))).StatusCode);
        var again = await second.FillAsync(page, "", ("Reason", "fraud"), ("Explanation", "样例：再次提出"));
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains("已有一项申请等待复核", await Officer.TextAsync(again), StringComparison.Ordinal);
        Assert.Contains("正常", await first.ReadAsync($"/console/organisations/{company.Id}"), StringComparison.Ordinal);
        foreach (var address in (string[])[proposal, "/console/proposals"])
        {
            var text = await second.ReadAsync(address);
            Assert.Contains("冻结组织", text, StringComparison.Ordinal);
            Assert.Contains(company.Organisation.Name, text, StringComparison.Ordinal);
            Assert.Contains(company.Organisation.Uscc, text, StringComparison.Ordinal);
            Assert.Contains("Freeze the organisation", await second.ReadAsync(address + "?lang=en"), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(proposal, "approve")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await second.ForgeAsync(proposal, ("Decision", "approve"), ("Note", "样例：再次批准"))).StatusCode);
        var shown = await second.ReadAsync($"/console/organisations/{company.Id}");
        Assert.Contains("已冻结（自", shown, StringComparison.Ordinal);
        Assert.Contains("组织被他人冒用", shown, StringComparison.Ordinal);
        Assert.Contains("提出解冻或另行冻结", shown, StringComparison.Ordinal);
        var english = await second.ReadAsync($"/console/organisations/{company.Id}?lang=en");
        Assert.Contains("frozen (since", english, StringComparison.Ordinal);
        Assert.Contains("Somebody misuses the organisation", english, StringComparison.Ordinal);

        // For each reason once; a lifting is proposed and decided by two as well.
        Assert.Equal(HttpStatusCode.Conflict, (await first.FillAsync(page, "", ("Reason", "besides:misused"), ("Explanation", "样例：再次提出"))).StatusCode);
        await LiftAsync(first, second, company);
        Assert.Contains("正常", await second.ReadAsync($"/console/organisations/{company.Id}"), StringComparison.Ordinal);
        foreach (var action in (string[])["organisation.freeze", "organisation.unfreeze"])
        {
            Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = '{action}' AND \"SubjectId\" = '{company.Id}'"));
        }

        Assert.Equal(2, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'proposal.approved' AND \"SubjectId\" = '{company.Id}'"));
        Assert.Equal(HttpStatusCode.NotFound, (await first.GetAsync($"/console/organisations/{Guid.NewGuid()}/freeze")).StatusCode);
    }

    [Theory]
    [InlineData("confirmed")]
    [InlineData("refused")]
    [InlineData("withdrawn")]
    [InlineData("expired")]
    public async Task An_emergency_freeze_works_at_once_and_stays_only_when_another_confirms_it(string end)
    {
        using var company = await Company.NewAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var proposal = await ProposeAsync(first, company, "misused", emergency: true);
        Assert.DoesNotContain($"value=\"{company.Id}\"", await company.Representative.ReadAsync("/account/acting"), StringComparison.Ordinal);
        if (end == "expired")
        {
            await ExpireAsync(company);
        }
        else
        {
            Assert.Equal(HttpStatusCode.Found, (end switch
            {
                "confirmed" => await second.DecideAsync(proposal, "approve"),
                "refused" => await second.DecideAsync(proposal, "refuse"),
                _ => await first.FillAsync(proposal, "Withdraw"),
            }).StatusCode);
        }

        Assert.Equal(end != "confirmed", (await company.Representative.ReadAsync("/account/acting")).Contains($"value=\"{company.Id}\"", StringComparison.Ordinal));
        if (end != "confirmed")
        {
            var refused = await second.FillAsync(Page(company), "", ("Reason", "misused"), ("Explanation", "样例：再次紧急"), ("Emergency", "true"));
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Contains("30 天内不能再次紧急冻结", await Officer.TextAsync(refused), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("misused", 1)]
    [InlineData("court-order", 0)]
    [InlineData("fraud", 0)]
    public async Task Representative_and_agents_are_told_unless_it_is_for_a_court_or_the_police_to_speak_of(string reason, int told)
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var mandate = await company.EmpowerAsync(agent);
        var messages = $"\"OutboxMessages\" WHERE \"IdempotencyKey\" LIKE '{mandate}:%'";
        var notices = $"\"Notices\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(company.Representative.Person.IdNumber)}' AND \"Kind\" IN ('organisation-frozen', 'organisation-unfrozen')";
        var before = await identity.RowsAsync(messages);
        await FreezeAsync(first, second, company, reason);
        Assert.Equal(told, await identity.RowsAsync(notices));
        Assert.Equal(before + told, await identity.RowsAsync(messages));
        await LiftAsync(first, second, company);
        Assert.Equal(2 * told, await identity.RowsAsync(notices));
        Assert.Equal(before + (2 * told), await identity.RowsAsync(messages));
        if (told > 0)
        {
            Assert.Contains($"您担任法定代表人的组织（{company.Organisation.Name}）已被冻结", await company.Representative.ReadAsync("/account/notices"), StringComparison.Ordinal);
            Assert.Contains($"An organisation that you represent ({company.Organisation.Name}) is no longer frozen", await company.Representative.ReadAsync("/account/notices?lang=en"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Its_register_is_followed_while_it_is_frozen_and_lifts_nothing()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var successor = await Applicant.RegisteredAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var mandate = await company.EmpowerAsync(agent);
        var uscc = company.Organisation.Uscc;
        var page = $"/console/organisations/{company.Id}";
        await FreezeAsync(first, second, company);
        Assert.Equal("succeeded", await AuthorityEvents.HappenAsync(
            identity, "market", id => new { id, number = 1, kind = "representative-changed", uscc, representativeIdNumber = successor.Person.IdNumber }));
        Assert.Contains("已冻结（自", await first.ReadAsync(page), StringComparison.Ordinal);
        Assert.Contains("该单位已冻结，暂时无人可以代表其办事", await successor.ReadAsync("/account/acting"), StringComparison.Ordinal);
        Assert.DoesNotContain(company.Organisation.Name, await company.Representative.ReadAsync("/account/acting"), StringComparison.Ordinal);

        // The mandate waits for the new representative, as after every change; freed, it does still.
        await LiftAsync(first, second, company);
        Assert.Contains($"value=\"{company.Id}\"", await successor.ReadAsync("/account/acting"), StringComparison.Ordinal);
        Assert.Contains("已暂停", await agent.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);

        await FreezeAsync(first, second, company, "court-order");
        var besides = await ProposeAsync(first, company, "besides:misused");
        Assert.Equal("ended", await AuthorityEvents.HappenAsync(identity, "market", id => new { id, number = 2, kind = "dissolved", uscc }));
        Assert.Contains("注销", await first.ReadAsync(page), StringComparison.Ordinal);
        var late = await second.DecideAsync(besides, "approve");
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Contains("该组织已注销", await Officer.TextAsync(late), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(besides, "refuse")).StatusCode);
        await LiftAsync(first, second, company);
        var dissolved = await first.FillAsync(Page(company), "", ("Reason", "misused"), ("Explanation", "样例：已注销"));
        Assert.Equal(HttpStatusCode.Conflict, dissolved.StatusCode);
        Assert.DoesNotContain("提出冻结", await first.ReadAsync(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_organisation_and_its_representatives_account_are_frozen_side_by_side_and_each_counts()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var mandate = await company.EmpowerAsync(agent);
        var messages = $"\"OutboxMessages\" WHERE \"IdempotencyKey\" LIKE '{mandate}:%'";
        var account = await first.FindAsync("IdNumber", company.Representative.Person.IdNumber);

        // One proposal about each may wait.
        var persons = await first.ProposeAsync(account);
        var organisations = await ProposeAsync(first, company, "misused");
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(persons, "approve")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(organisations, "approve")).StatusCode);
        var before = await identity.RowsAsync(messages);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeLiftingAsync(account), "approve")).StatusCode);
        Assert.Contains("该单位已冻结，此授权暂不能使用", await agent.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
        Assert.Equal(before, await identity.RowsAsync(messages));
        await LiftAsync(first, second, company);
        Assert.DoesNotContain("暂不能使用", await agent.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
        Assert.Equal(before + 1, await identity.RowsAsync(messages));
        await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity));
    }

    private static string Page(Company company) => $"/console/organisations/{company.Id}/freeze";

    private static async Task<string> ProposeAsync(Officer officer, Company company, string reason, bool emergency = false)
    {
        (string, string)[] fields = [("Reason", reason), ("Explanation", "样例：窗口接到报告"), .. emergency ? [("Emergency", "true")] : Array.Empty<(string, string)>()];
        var made = await officer.FillAsync(Page(company), "", fields);
        Assert.True(made.StatusCode == HttpStatusCode.Found, await Officer.TextAsync(made));
        return made.Headers.Location!.OriginalString;
    }

    private static async Task FreezeAsync(Officer first, Officer second, Company company, string reason = "misused") =>
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await ProposeAsync(first, company, reason), "approve")).StatusCode);

    private static async Task LiftAsync(Officer first, Officer second, Company company) =>
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await ProposeAsync(first, company, "settled"), "approve")).StatusCode);

    /// <summary>Nobody confirms what was proposed in time.</summary>
    private async Task ExpireAsync(Company company)
    {
        var key = identity is SqliteIdentity ? company.Id.ToString().ToUpperInvariant() : company.Id.ToString();
        await identity.ExecuteAsync($"UPDATE \"Proposals\" SET \"ExpiresAt\" = '2026-01-01 00:00:00' WHERE \"SubjectId\" = '{key}'");
        await using var scope = identity.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Proposals>().ExpireAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The code of a sign-in that is not redeemed yet.</summary>
    private static async Task<string> CodeAsync(Applicant who, string choice, RelyingParty party)
    {
        var first = await who.Browser.GetAsync(party.AuthorizeUrl(("prompt", "select_account"), ("scope", Scope)));
        var choose = first.Headers.Location!.OriginalString;
        var chosen = await who.Browser.SubmitAsync(choose, await (await who.Browser.GetAsync(choose)).Content.ReadAsStringAsync(), ("Organisation", choice));
        return RelyingParty.Code((await who.Browser.GetAsync(chosen.Headers.Location!.OriginalString)).Headers.Location!);
    }

    /// <summary>The representative, signed in anew: the session that acted for the organisation ended.</summary>
    private async Task<Applicant> AgainAsync(Company company)
    {
        var representative = new Applicant(identity, company.Representative.Person);
        Assert.Equal(HttpStatusCode.Found, (await representative.Browser.SignInAsync(company.Representative.Person.IdNumber, Applicant.Password)).StatusCode);
        return representative;
    }
}

[Collection(OnSqlite.Name)]
public sealed class OrganisationFreezesOnSqlite(SqliteIdentity identity) : OrganisationFreezeSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class OrganisationFreezesOnPostgres(PostgresIdentity identity) : OrganisationFreezeSuite(identity);
