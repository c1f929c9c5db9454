using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>A mandate gives no power while the account of one who answers for it is frozen, whoever froze it, and does again when that is lifted.</summary>
public abstract class GrantorFreezeSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData("own-wish")]
    [InlineData("officials")]
    public async Task What_a_representative_gave_has_no_power_while_the_account_is_frozen_and_has_it_again_without_being_confirmed(string kind)
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var helper = await Applicant.RegisteredAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var mandate = await company.EmpowerAsync(agent, ("SubDelegate", "true"));
        var part = await PassOnAsync(agent, mandate, helper);
        var party = new RelyingParty(identity, "confidential");
        var old = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        var passed = await Company.SignInAsync(helper, $"mandate-{part}", party);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(old.AccessToken));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(passed.AccessToken));
        var account = await first.FindAsync("IdNumber", company.Representative.Person.IdNumber);
        if (kind == "own-wish")
        {
            await company.Representative.FillAsync("/account/freeze");
        }
        else
        {
            Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeAsync(account), "approve")).StatusCode);
        }

        foreach (var tokens in (Answer[])[old, passed])
        {
            await DeadAsync(party, tokens);
            await api.UntilRefusedAsync(tokens.AccessToken);
        }

        // Said to the agents, without why; not to be chosen, however it is asked for.
        foreach (var (who, key) in new[] { (agent, mandate), (helper, part) })
        {
            foreach (var page in (string[])["/account/mandates", $"/account/mandates/{key}", "/account/acting"])
            {
                var text = await who.ReadAsync(page);
                Assert.Contains("账号已冻结，此授权暂不能使用", text, StringComparison.Ordinal);
                Assert.DoesNotContain("被盗", text, StringComparison.Ordinal);
                Assert.DoesNotContain("本人自行", text, StringComparison.Ordinal);
                Assert.Contains("is frozen, so this mandate cannot be used", await who.ReadAsync(page + "?lang=en"), StringComparison.Ordinal);
            }

            Assert.DoesNotContain($"value=\"mandate-{key}\"", await who.ReadAsync("/account/acting"), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Forbidden, (await Company.SendAsync(who, "/account/acting", ("Organisation", $"mandate-{key}"))).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await agent.Browser.GetAsync($"/account/mandates/{mandate}/pass-on")).StatusCode);
        Assert.Equal(["invite", "accept", "grantorFrozen"], await (await Records.DownloadAsync(agent, mandate)).VerifyAsync(identity));

        if (kind == "own-wish")
        {
            var window = await Official.SignInAsync(identity, "window", "identity.counter");
            Assert.Equal(HttpStatusCode.NoContent, (await window.PostAsync("/api/counter-unfreezings", Seen(company.Representative))).Status);
        }
        else
        {
            Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeLiftingAsync(account), "approve")).StatusCode);
        }

        Assert.DoesNotContain("暂不能使用", await agent.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync((await Company.SignInAsync(agent, $"mandate-{mandate}", party)).AccessToken));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync((await Company.SignInAsync(helper, $"mandate-{part}", party)).AccessToken));
        foreach (var tokens in (Answer[])[old, passed])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusAsync(tokens.AccessToken));
            Assert.Equal("False", (await party.PostAsync("/connect/introspect", ("token", tokens.AccessToken)))["active"]);
        }

        // Both sides have the same records of it.
        using var representative = new Applicant(identity, company.Representative.Person);
        await representative.Browser.SignInAsync(company.Representative.Person.IdNumber, Applicant.Password);
        foreach (var side in (Applicant[])[agent, representative])
        {
            Assert.Equal(["invite", "accept", "grantorFrozen", "grantorFreed"], await (await Records.DownloadAsync(side, mandate)).VerifyAsync(identity));
            Assert.Contains("授权人的账号已解冻", await side.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task When_whoever_passed_a_part_on_is_frozen_only_the_part_has_no_power()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        using var helper = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent, ("SubDelegate", "true"));
        var others = await company.EmpowerAsync(other);
        var part = await PassOnAsync(agent, mandate, helper);
        var party = new RelyingParty(identity, "confidential");
        var passed = await Company.SignInAsync(helper, $"mandate-{part}", party);
        var untouched = await Company.SignInAsync(other, $"mandate-{others}", party);
        await agent.FillAsync("/account/freeze");
        await DeadAsync(party, passed);
        await api.UntilRefusedAsync(passed.AccessToken);
        Assert.Contains("法定代表人或转授权人的账号已冻结", await helper.ReadAsync($"/account/mandates/{part}"), StringComparison.Ordinal);
        Assert.Contains("法定代表人或转授权人的账号已冻结", await company.Representative.ReadAsync(company.Agents), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(untouched.AccessToken));
        Assert.Equal("True", (await party.PostAsync("/connect/introspect", ("token", untouched.AccessToken)))["active"]);

        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        Assert.Equal(HttpStatusCode.NoContent, (await window.PostAsync("/api/counter-unfreezings", Seen(agent))).Status);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync((await Company.SignInAsync(helper, $"mandate-{part}", party)).AccessToken));
        Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusAsync(passed.AccessToken));
    }

    [Theory]
    [InlineData("stolen", 1)]
    [InlineData("court-order", 0)]
    [InlineData("fraud", 0)]
    public async Task Agents_get_a_message_of_it_unless_it_is_for_a_court_or_the_police_to_speak_of(string reason, int messages)
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var mandate = await company.EmpowerAsync(agent);
        var notes = $"\"OutboxMessages\" WHERE \"IdempotencyKey\" LIKE '{mandate}:%'";
        var before = await identity.RowsAsync(notes);
        var account = await first.FindAsync("IdNumber", company.Representative.Person.IdNumber);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeAsync(account, reason: reason), "approve")).StatusCode);
        Assert.Equal(before + messages, await identity.RowsAsync(notes));
        Assert.Contains("暂不能使用", await agent.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeLiftingAsync(account), "approve")).StatusCode);
        Assert.Equal(before + (2 * messages), await identity.RowsAsync(notes));
    }

    [Fact]
    public async Task The_former_phones_freeze_counts_like_every_other_and_a_second_reason_changes_nothing()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var mandate = await company.EmpowerAsync(agent);
        var party = new RelyingParty(identity, "confidential");
        var tokens = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        var link = await StopLink.AfterChangeAsync(identity, company.Representative);
        using var phone = identity.NewBrowser();
        Assert.Contains("账号已冻结", await Applicant.TextAsync(await phone.SubmitAsync(link, await phone.ReadAsync(link))), StringComparison.Ordinal);
        await DeadAsync(party, tokens);
        await api.UntilRefusedAsync(tokens.AccessToken);

        // Officials freeze it beside and lift theirs again: the mandate still waits for the other.
        var account = await first.FindAsync("IdNumber", company.Representative.Person.IdNumber);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeAsync(account, "besides:stolen"), "approve")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeLiftingAsync(account), "approve")).StatusCode);
        Assert.Equal("phone-disputed", await identity.StandingAsync(company.Representative.Person));
        Assert.Contains("法定代表人的账号已冻结", await agent.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
        Assert.Equal(["invite", "accept", "grantorFrozen"], await (await Records.DownloadAsync(agent, mandate)).VerifyAsync(identity));
    }

    [Fact]
    public async Task An_invitation_waits_while_its_grantor_is_frozen_and_the_agent_may_lay_a_mandate_down_all_the_same()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var invited = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var waiting = await company.InviteAsync(invited.Person);
        await company.Representative.FillAsync("/account/freeze");
        var refused = await Company.AcceptAsync(invited, waiting);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("解冻后可以接受", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Company.Expect(await Company.ActAsync(agent, mandate, "Resign"));

        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        Assert.Equal(HttpStatusCode.NoContent, (await window.PostAsync("/api/counter-unfreezings", Seen(company.Representative))).Status);
        Company.Expect(await Company.AcceptAsync(invited, waiting));
        await Company.SignInAsync(invited, $"mandate-{waiting}", new RelyingParty(identity));
        Assert.Equal(["invite", "accept", "grantorFrozen", "resign"], await (await Records.DownloadAsync(agent, mandate)).VerifyAsync(identity));
    }

    private static async Task DeadAsync(RelyingParty party, Answer tokens)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await party.UserInfoAsync(tokens.AccessToken)).Status);
        Assert.Equal("False", (await party.PostAsync("/connect/introspect", ("token", tokens.AccessToken)))["active"]);
    }

    private static object Seen(Applicant owner) => new { idNumber = owner.Person.IdNumber, name = owner.Person.Name, hall = "合肥市政务服务大厅", window = "12", documentChecked = true };

    private async Task<Guid> PassOnAsync(Applicant agent, Guid mandate, Applicant helper)
    {
        var part = Company.Created(await Company.PostAsync(agent, $"/account/mandates/{mandate}/pass-on", Company.Form(identity.Time.GetUtcNow(), helper.Person, ("Powers", "apply"))));
        Company.Expect(await Company.AcceptAsync(helper, part));
        return part;
    }
}

[Collection(OnSqlite.Name)]
public sealed class GrantorFreezesOnSqlite(SqliteIdentity identity) : GrantorFreezeSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class GrantorFreezesOnPostgres(PostgresIdentity identity) : GrantorFreezeSuite(identity);
