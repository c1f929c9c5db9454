using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>Who wants more than was given: another company, more power, an act that is over, somebody else's invitation.</summary>
public abstract class MandateAttackSuite(IdentityFixture identity)
{
    [Fact] // 58
    public async Task A_mandate_of_one_company_never_yields_a_token_for_another()
    {
        using var one = await Company.NewAsync(identity);
        using var other = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var stranger = await Applicant.RegisteredAsync(identity);
        var mandate = await one.EmpowerAsync(agent);
        var strangers = await other.EmpowerAsync(stranger);
        foreach (var choice in (string[])[other.Id.ToString(), one.Id.ToString(), $"mandate-{strangers}", $"mandate-{other.Id}", $"mandate-{Guid.NewGuid()}", "mandate-", "mandate-x", "x", $"{mandate}"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await Company.SendAsync(agent, "/account/acting", ("Organisation", choice))).StatusCode);
        }

        var claims = Answer.Claims((await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity))).AccessToken);
        Assert.Equal(one.Organisation.Uscc, claims.GetProperty("act_for").GetProperty("organisation").GetProperty("uscc").GetString());

        // The row is turned to another organisation underneath: the family it was made for is dead.
        var party = new RelyingParty(identity);
        var tokens = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        await identity.ExecuteAsync($"UPDATE \"Grants\" SET \"ActingForId\" = (SELECT \"Id\" FROM \"Organisations\" WHERE \"Uscc\" = '{other.Organisation.Uscc}') WHERE \"Id\" IN (SELECT \"Id\" FROM \"Grants\" ORDER BY \"RedeemedAt\" DESC LIMIT 1)");
        Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
    }

    [Fact]
    public async Task Only_the_invited_accepts_and_only_the_two_sides_see_it()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var stranger = await Applicant.RegisteredAsync(identity);
        var mandate = await company.InviteAsync(agent.Person);
        var address = $"/account/mandates/{mandate}";
        foreach (var path in (string[])[address, address + "/records", address + "/records/1", address + "/pass-on", company.Agents, company.Agents + "/new"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await stranger.Browser.GetAsync(path)).StatusCode);
        }

        foreach (var act in (string[])["Accept", "Decline", "Revoke", "Suspend", "Expire"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await Company.SendAsync(stranger, address, ("act", act), ("Read", "true"))).StatusCode);
        }

        // Nor does the inviter accept in the invited's name, nor the invited give himself what only the other side may.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Company.AcceptAsync(company.Representative, mandate)).StatusCode);
        Company.Expect(await Company.AcceptAsync(agent, mandate));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Company.ActAsync(company.Representative, mandate, "Resign")).StatusCode);
        foreach (var act in (string[])["Suspend", "Resume", "Confirm", "Revoke", "Expire", "Invite", "99", "", "Active"])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Company.ActAsync(agent, mandate, act)).StatusCode);
        }
    }

    [Fact]
    public async Task What_is_over_cannot_be_accepted_again_nor_used()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var declined = await company.InviteAsync(agent.Person);
        Company.Expect(await Company.ActAsync(agent, declined, "Decline"));
        var withdrawn = await company.InviteAsync(agent.Person);
        Company.Expect(await Company.ActAsync(company.Representative, withdrawn, "Revoke"));
        var (ended, expired) = (await company.EmpowerAsync(agent), await company.EmpowerAsync(agent));
        Company.Expect(await Company.ActAsync(company.Representative, ended, "Revoke"));
        await identity.ExecuteAsync($"UPDATE \"Mandates\" SET \"ValidTo\" = '2020-01-01 00:00:00' WHERE upper(CAST(\"Id\" AS TEXT)) = '{expired.ToString().ToUpperInvariant()}'");
        foreach (var over in (Guid[])[declined, withdrawn, ended, expired])
        {
            Assert.Equal(HttpStatusCode.Conflict, (await Company.AcceptAsync(agent, over)).StatusCode);
            Assert.Equal(HttpStatusCode.Conflict, (await Company.ActAsync(company.Representative, over, "Resume")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await Company.SendAsync(agent, "/account/acting", ("Organisation", $"mandate-{over}"))).StatusCode);
        }
    }

    [Fact]
    public async Task Nobody_invites_himself_nor_for_an_organisation_that_is_not_his()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        await Company.RaiseAsync(agent);
        await company.EmpowerAsync(agent);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await company.TryInviteAsync(company.Representative.Person)).StatusCode);
        var form = company.Form(await identity.Sandbox.NextPersonAsync()).Select(f => (f.Key, f.Value)).ToArray();
        Assert.Equal(HttpStatusCode.NotFound, (await Company.SendAsync(agent, company.Agents + "/new", form)).StatusCode);
    }

    [Fact] // 58
    public async Task A_part_is_passed_on_once_within_its_bounds_and_ends_with_the_whole()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var helper = await Applicant.RegisteredAsync(identity);
        using var third = await Applicant.RegisteredAsync(identity);
        var whole = await company.EmpowerAsync(agent, ("SubDelegate", "true"), ("Reach", "categories"), ("Categories", "01"));
        var address = $"/account/mandates/{whole}/pass-on";
        (string, string)[] within = [("Reach", "categories"), ("Categories", "01"), ("Powers", "apply")];
        foreach (var beyond in (List<(string, string)>)[("Powers", "pay"), ("Categories", "10"), ("Reach", "all"), ("ValidTo", Day(60))])
        {
            List<(string, string)> terms = [.. within.Where(t => t.Item1 != beyond.Item1), beyond];
            if (beyond.Item1 == "Reach")
            {
                terms.RemoveAll(t => t.Item1 == "Categories");
            }

            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PassOnAsync(agent, address, helper.Person, [.. terms])).StatusCode);
        }

        var part = Company.Created(await PassOnAsync(agent, address, helper.Person, within));
        Company.Expect(await Company.AcceptAsync(helper, part));
        Assert.Equal(HttpStatusCode.NotFound, (await PassOnAsync(helper, $"/account/mandates/{part}/pass-on", third.Person, within)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PassOnAsync(helper, address, third.Person, within)).StatusCode);

        var party = new RelyingParty(identity);
        var tokens = await Company.SignInAsync(helper, $"mandate-{part}", party);
        var act = Answer.Claims(tokens.AccessToken).GetProperty("act");
        Assert.Equal(Answer.Claims(tokens.AccessToken).GetProperty("sub").GetString(), act.GetProperty("sub").GetString());
        Assert.Equal(Answer.Claims((await Company.SignInAsync(agent, "", new RelyingParty(identity))).IdToken).GetProperty("sub").GetString(), act.GetProperty("act").GetProperty("sub").GetString());
        Assert.False(act.GetProperty("act").TryGetProperty("act", out _));

        // Suspended with the whole, it has power again with it, but old tokens have not.
        Company.Expect(await Company.ActAsync(company.Representative, whole, "Suspend"));
        Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
        await api.UntilRefusedAsync(tokens.AccessToken);
        Company.Expect(await Company.ActAsync(company.Representative, whole, "Resume"));
        tokens = await Company.SignInAsync(helper, $"mandate-{part}", party);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(tokens.AccessToken));

        Company.Expect(await Company.ActAsync(agent, whole, "Resign"));
        Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
        await api.UntilRefusedAsync(tokens.AccessToken);
        Assert.Contains("已撤销", await helper.ReadAsync($"/account/mandates/{part}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await PassOnAsync(agent, address, third.Person, within)).StatusCode);
    }

    [Fact]
    public async Task Of_many_acts_at_once_one_wins_and_the_chain_has_no_fork()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Company.ActAsync(i % 2 == 0 ? agent : company.Representative, mandate, i % 2 == 0 ? "Resign" : "Revoke")));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Found);
        Assert.All(answers.Where(a => a.StatusCode != HttpStatusCode.Found), a => Assert.Equal(HttpStatusCode.Conflict, a.StatusCode));
        Assert.Equal(3, (await Records.DownloadAsync(agent, mandate)).Chain.Count);
    }

    [Fact]
    public async Task Records_verify_against_the_published_keys_and_a_changed_or_missing_one_does_not()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Suspend"));
        var records = await Records.DownloadAsync(company.Representative, mandate);
        Assert.Equal(records.Chain, (await Records.DownloadAsync(agent, mandate)).Chain);
        Assert.Equal(["invite", "accept", "suspend"], await records.VerifyAsync(identity));
        var single = await agent.Browser.GetAsync($"/account/mandates/{mandate}/records/2");
        Assert.Equal("application/jose", single.Content.Headers.ContentType!.MediaType);
        Assert.Equal(records.Chain[1], await single.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await agent.Browser.GetAsync($"/account/mandates/{mandate}/records/4")).StatusCode);

        var parts = records.Chain[1].Split('.');
        var forged = $"{parts[0]}.{records.Chain[2].Split('.')[1]}.{parts[2]}";
        await Assert.ThrowsAsync<InvalidOperationException>(() => new Records([records.Chain[0], forged]).VerifyAsync(identity));
        await Assert.ThrowsAsync<InvalidOperationException>(() => new Records([records.Chain[0], records.Chain[2]]).VerifyAsync(identity));
        await Assert.ThrowsAsync<InvalidOperationException>(() => new Records([records.Chain[1]]).VerifyAsync(identity));

        // A record is no token (21).
        await using var api = await SampleApi.StartAsync(identity);
        Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusAsync(records.Chain[1]));
        Assert.Equal(HttpStatusCode.Unauthorized, (await new RelyingParty(identity).UserInfoAsync(records.Chain[1])).Status);
    }

    private Task<HttpResponseMessage> PassOnAsync(Applicant who, string address, SyntheticPerson person, (string Name, string Value)[] terms) =>
        Company.PostAsync(who, address, Company.Form(identity.Time.GetUtcNow(), person, terms));

    private string Day(int days) => identity.Time.GetUtcNow().AddDays(days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}

[Collection(OnSqlite.Name)]
public sealed class MandateAttacksOnSqlite(SqliteIdentity identity) : MandateAttackSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class MandateAttacksOnPostgres(PostgresIdentity identity) : MandateAttackSuite(identity);
