using System.Net;
using Xunit;
using Yinxin.Identity.Server;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>
/// Whoever writes to the tables of mandates gains nothing: what is not as its signed records left it is refused where it is used, before anybody runs <c>yinxin audit verify</c>, and is noted once. On servers of
/// its own, for it counts what the verification finds.
/// </summary>
public abstract class EditedMandateSuite(IdentityFixture identity)
{
    private const string Unverified = "identity.mandate.unverified";

    /// <summary>What somebody who wants more would write into the row.</summary>
    private static readonly Dictionary<string, Action<Mandate>> Edits = new(StringComparer.Ordinal)
    {
        ["powers"] = m => m.Powers = [.. m.Powers, "pay"],
        ["matters"] = m => m.Matters = [.. m.Matters, "10"],
        ["reach"] = m =>
        {
            m.Reach = MandateReach.All;
            m.Matters = [];
        },
        ["end"] = m => m.ValidTo = m.ValidTo.AddYears(1),
        ["passing on"] = m => m.MaySubDelegate = true,
    };

    [Theory]
    [InlineData("powers")]
    [InlineData("matters")]
    [InlineData("reach")]
    [InlineData("end")]
    [InlineData("passing on")]
    public async Task A_widened_row_gives_neither_choice_nor_token_and_the_person_goes_on_for_himself(string what)
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent, ("Reach", "categories"), ("Categories", "01"));
        var untouched = await company.EmpowerAsync(agent);
        var party = new RelyingParty(identity);

        // Believed a moment ago, and still it is looked at.
        var tokens = await party.RefreshAsync((await Company.SignInAsync(agent, $"mandate-{mandate}", party)).RefreshToken);
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        await MandateForger.EditAsync(identity, mandate, Edits[what]);

        Assert.Equal(HttpStatusCode.Unauthorized, (await party.UserInfoAsync(tokens.AccessToken)).Status);
        Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);

        // The session stood for the mandate: it is asked anew for whom, and gets no code meanwhile.
        var asked = await agent.Browser.GetAsync(new RelyingParty(identity).AuthorizeUrl());
        Assert.StartsWith("/account/acting?", asked.Headers.Location!.OriginalString, StringComparison.Ordinal);
        await RefusedAsync(agent, mandate);
        await RefusedAsync(agent, mandate);
        Assert.False(Answer.Claims((await Company.SignInAsync(agent, "", new RelyingParty(identity))).AccessToken).TryGetProperty("act_for", out _));
        Assert.Equal(untouched, MandateIn(await Company.SignInAsync(agent, $"mandate-{untouched}", new RelyingParty(identity))));

        Assert.Equal(1, await NotedAsync(mandate, "row"));
        Assert.Equal(0, await NotedAsync(untouched, ""));
        Assert.Contains((mandate, 2, "row"), await FaultsAsync());
    }

    [Fact]
    public async Task What_is_said_of_it_is_clear_in_both_languages_and_tells_no_details()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        await MandateForger.EditAsync(identity, mandate, Edits["powers"]);
        var chinese = await ChooseAsync("zh-CN");
        Assert.Equal((HttpStatusCode.Forbidden, Unverified), (chinese.Status, chinese["code"]));
        Assert.StartsWith("该授权未通过核验，不能使用。", chinese["title"], StringComparison.Ordinal);
        var english = await ChooseAsync("en");
        Assert.StartsWith("This mandate does not verify and cannot be used.", english["title"], StringComparison.Ordinal);
        Assert.DoesNotContain("row", english.Body.ToString(), StringComparison.Ordinal);

        // Put right, it is what it was.
        await MandateForger.EditAsync(identity, mandate, m => m.Powers = [.. m.Powers.Where(p => p != "pay")]);
        Assert.Equal(mandate, MandateIn(await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity))));

        async Task<Answer> ChooseAsync(string language) =>
            await Answer.FromAsync(await Company.SendAsync(agent, "/account/acting?lang=" + language, ("Organisation", $"mandate-{mandate}")));
    }

    [Fact]
    public async Task A_row_that_is_given_to_somebody_else_is_of_use_to_nobody()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var party = new RelyingParty(identity);
        var tokens = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        var others = Guid.Parse(await identity.KeyOfAsync(other.Person.IdNumber));
        await MandateForger.EditAsync(identity, mandate, m => m.AgentId = others);

        Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
        Assert.Equal(HttpStatusCode.Forbidden, (await Company.SendAsync(agent, "/account/acting", ("Organisation", $"mandate-{mandate}"))).StatusCode);
        await RefusedAsync(other, mandate);
        Assert.Equal(1, await NotedAsync(mandate, "row"));
        Assert.Contains((mandate, 2, "row"), await FaultsAsync());
    }

    [Fact]
    public async Task A_part_is_refused_while_the_whole_above_it_is_edited()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var helper = await Applicant.RegisteredAsync(identity);
        using var third = await Applicant.RegisteredAsync(identity);
        var whole = await company.EmpowerAsync(agent, ("SubDelegate", "true"));
        var address = $"/account/mandates/{whole}/pass-on";
        var part = Company.Created(await Company.PostAsync(agent, address, Company.Form(identity.Time.GetUtcNow(), helper.Person, ("Powers", "apply"))));
        Company.Expect(await Company.AcceptAsync(helper, part));
        var party = new RelyingParty(identity);
        var tokens = await Company.SignInAsync(helper, $"mandate-{part}", party);
        await MandateForger.EditAsync(identity, whole, Edits["powers"]);

        Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
        await RefusedAsync(helper, part);
        await RefusedAsync(agent, whole);
        Assert.Equal((1L, 0L), (await NotedAsync(whole, "row"), await NotedAsync(part, "")));

        // Nor is more of it passed on.
        (string, string)[] form = [.. Company.Form(identity.Time.GetUtcNow(), third.Person, ("Powers", "pay")).Select(f => (f.Key, f.Value))];
        Assert.Equal(HttpStatusCode.Forbidden, (await agent.Browser.GetAsync(address)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Company.SendAsync(agent, address, form)).StatusCode);
        Assert.Equal(1, await identity.RowsAsync($"\"Mandates\" WHERE upper(CAST(\"ParentId\" AS TEXT)) = '{whole.ToString().ToUpperInvariant()}'"));

        await MandateForger.EditAsync(identity, whole, m => m.Powers = [.. m.Powers.Where(p => p != "pay")]);
        Assert.Equal(part, MandateIn(await Company.SignInAsync(helper, $"mandate-{part}", new RelyingParty(identity))));
    }

    [Fact]
    public async Task A_revocation_that_was_taken_out_again_is_not_forgotten_although_the_state_before_it_was_believed()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity));
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Revoke"));
        await MandateForger.RemoveStepAsync(identity, mandate, 3);
        await MandateForger.EditAsync(identity, mandate, m => (m.State, m.Version) = (MandateState.Active, 2));

        await RefusedAsync(agent, mandate);
        Assert.Equal(1, await NotedAsync(mandate, "removed"));
        Assert.Contains((mandate, 3, "removed"), await FaultsAsync());
    }

    /// <summary>The server signs what it finds: a step that follows an edit must not make it good.</summary>
    [Fact]
    public async Task What_was_ended_or_suspended_is_not_given_back_by_the_next_honest_step()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var (ended, rests) = (await company.EmpowerAsync(agent), await company.EmpowerAsync(agent));
        Company.Expect(await Company.ActAsync(company.Representative, ended, "Revoke"));
        await MandateForger.EditAsync(identity, ended, m => (m.State, m.AgentId) = (MandateState.Invited, null));
        Company.Expect(await Company.AcceptAsync(agent, ended));
        Company.Expect(await Company.ActAsync(company.Representative, rests, "Suspend"));
        await MandateForger.EditAsync(identity, rests, m => m.State = MandateState.Active);
        Company.Expect(await Company.ActAsync(company.Representative, rests, "Suspend"));
        Company.Expect(await Company.ActAsync(company.Representative, rests, "Resume"));

        await RefusedAsync(agent, ended);
        await RefusedAsync(agent, rests);
        var faults = await FaultsAsync();
        Assert.Contains((ended, 4, "row"), faults);
        Assert.Contains((rests, 4, "row"), faults);
    }

    [Fact]
    public async Task An_invitation_that_was_redirected_is_nobodys_but_the_invited_persons()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        var (mandate, others) = (await company.InviteAsync(agent.Person), await company.InviteAsync(other.Person));
        var key = Guid.Parse(await identity.KeyOfAsync(other.Person.IdNumber));
        await MandateForger.EditAsync(identity, mandate, m => m.AgentId = key);
        Assert.Equal(HttpStatusCode.NotFound, (await Company.AcceptAsync(other, mandate)).StatusCode);

        var (number, name) = ("", "");
        await MandateForger.EditAsync(identity, others, m => (number, name) = (m.InvitedIndex, m.InvitedNameIndex));
        var (honestNumber, honestName) = ("", "");
        await MandateForger.EditAsync(identity, mandate, m =>
        {
            (honestNumber, honestName) = (m.InvitedIndex, m.InvitedNameIndex);
            (m.AgentId, m.InvitedIndex, m.InvitedNameIndex) = (null, number, name);
        });
        Assert.Equal(HttpStatusCode.NotFound, (await Company.AcceptAsync(other, mandate)).StatusCode);

        await MandateForger.EditAsync(identity, mandate, m => (m.InvitedIndex, m.InvitedNameIndex) = (honestNumber, honestName));
        Company.Expect(await Company.AcceptAsync(agent, mandate));
        Assert.Equal(mandate, MandateIn(await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity))));
    }

    [Fact]
    public async Task A_record_whose_signature_does_not_hold_and_a_mandate_that_nobody_signed_carry_nothing()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var (swapped, kept) = (await company.EmpowerAsync(agent), await company.EmpowerAsync(agent));
        await MandateForger.SwapRecordAsync(identity, swapped, 1, 2);
        var invented = Assert.Single(await MandateForger.CopyAsync(identity, kept, 1));

        await RefusedAsync(agent, swapped);
        await RefusedAsync(agent, invented);
        Assert.Equal((1L, 1L), (await NotedAsync(swapped, "signature"), await NotedAsync(invented, "unrecorded")));
        Assert.Equal(kept, MandateIn(await Company.SignInAsync(agent, $"mandate-{kept}", new RelyingParty(identity))));
    }

    [Fact]
    public async Task What_was_believed_is_not_opened_again_at_each_renewal_and_each_step_is_looked_at_anew()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var party = new RelyingParty(identity);
        var tokens = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        var (renewed, statements) = await identity.Statements.WatchAsync(async () => (await party.RefreshAsync(tokens.RefreshToken)).Response);
        Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);

        // The newest record, to see that it is the one that was believed; the check would read all of them.
        Assert.Single(statements, s => s.Contains("\"MandateEvents\"", StringComparison.Ordinal));

        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Suspend"));
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Resume"));
        Assert.Equal(mandate, MandateIn(await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity))));
        Assert.Equal(0, await NotedAsync(mandate, ""));
    }

    private static Guid MandateIn(Answer tokens) => Answer.Claims(tokens.AccessToken).GetProperty("act_for").GetProperty("mandate").GetProperty("id").GetGuid();

    private static async Task RefusedAsync(Applicant who, Guid mandate)
    {
        var refused = await Company.SendAsync(who, "/account/acting", ("Organisation", $"mandate-{mandate}"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains(Unverified, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>Notes of a refusal, with the fault that they name; of any where it is empty.</summary>
    private Task<long> NotedAsync(Guid mandate, string fault) => identity.RowsAsync(
        $"\"AuditRecords\" WHERE \"Action\" = 'mandate.refused' AND \"SubjectId\" = '{mandate}' AND \"Result\" = '{Unverified}' AND \"ActorId\" IS NOT NULL AND \"Details\" LIKE '%\"fault\":\"{fault}%'");

    private async Task<IReadOnlyList<(Guid Mandate, int Place, string Kind)>> FaultsAsync() =>
        (await IdentityServerApp.VerifyMandatesAsync(identity.Database.Provider, identity.Database.Source, TestContext.Current.CancellationToken)).Faults;
}

public sealed class EditedMandatesOnSqlite(SqliteIdentity identity) : EditedMandateSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class EditedMandatesOnPostgres(PostgresIdentity identity) : EditedMandateSuite(identity), IClassFixture<PostgresIdentity>;
