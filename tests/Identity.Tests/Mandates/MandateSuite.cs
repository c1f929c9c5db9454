using System.Net;
using System.Text.Json;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>A mandate from the invitation to its end: what both sides see, what the agent can do, and who may not.</summary>
public abstract class MandateSuite(IdentityFixture identity)
{
    private const string Bookshop = "11349900MB0000051U3000199006000";

    [Fact]
    public async Task The_token_names_person_organisation_mandate_and_scope_and_stays_below_the_cap()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        await Company.RaiseAsync(agent);
        var mandate = await company.EmpowerAsync(agent, ("Reach", "matters"), ("Codes", Bookshop));
        var party = new RelyingParty(identity, "confidential");
        var tokens = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        var (id, access) = (Answer.Claims(tokens.IdToken), Answer.Claims(tokens.AccessToken));

        Assert.Equal("urn:yinxin:assurance:primary", id.GetProperty("acr").GetString());
        foreach (var claims in (JsonElement[])[id, access])
        {
            var acting = claims.GetProperty("act_for");
            Assert.Equal(company.Organisation.Uscc, acting.GetProperty("organisation").GetProperty("uscc").GetString());
            Assert.Equal(("agent", "primary", "primary"), (acting.GetProperty("relation").GetString(), acting.GetProperty("assurance").GetString(), acting.GetProperty("ceiling").GetString()));
            Assert.Equal(mandate, acting.GetProperty("mandate").GetProperty("id").GetGuid());
            Assert.Equal(["apply", "receive"], acting.GetProperty("mandate").GetProperty("powers").EnumerateArray().Select(p => p.GetString()!));
            Assert.Equal(Bookshop, acting.GetProperty("mandate").GetProperty("scope").GetProperty("matters")[0].GetString());
            Assert.Equal(claims.GetProperty("sub").GetString(), claims.GetProperty("act").GetProperty("sub").GetString());
            Assert.Equal("urn:yinxin:assurance:intermediate", claims.GetProperty("act").GetProperty("acr").GetString());
            Assert.False(claims.GetProperty("act").TryGetProperty("act", out _));
            Assert.False(claims.TryGetProperty("true_until", out _));
        }

        var user = await party.UserInfoAsync(tokens.AccessToken);
        Assert.Equal(id.GetProperty("sub").GetString(), user["sub"]);
        Assert.Equal(mandate, user.Body.GetProperty("act_for").GetProperty("mandate").GetProperty("id").GetGuid());
        Assert.Equal(user["sub"], user.Body.GetProperty("act").GetProperty("sub").GetString());
        var asked = await party.PostAsync("/connect/introspect", ("token", tokens.AccessToken));
        Assert.Equal(mandate, asked.Body.GetProperty("act_for").GetProperty("mandate").GetProperty("id").GetGuid());
        Assert.Equal(("primary", "primary"), (user.Body.GetProperty("act_for").GetProperty("ceiling").GetString(), asked.Body.GetProperty("act_for").GetProperty("ceiling").GetString()));
        Assert.Equal(user["sub"], asked.Body.GetProperty("act").GetProperty("sub").GetString());
        Assert.Equal("agent", Answer.Claims((await party.RefreshAsync(tokens.RefreshToken)).IdToken).GetProperty("act_for").GetProperty("relation").GetString());

        // The same person for himself is as high as he is.
        var own = await Company.SignInAsync(agent, "", new RelyingParty(identity, "confidential"));
        Assert.Equal("urn:yinxin:assurance:intermediate", Answer.Claims(own.IdToken).GetProperty("acr").GetString());
        Assert.False(Answer.Claims(own.IdToken).TryGetProperty("act", out _));
    }

    [Fact]
    public async Task A_level_above_the_cap_is_refused_and_not_sent_round_in_circles()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity));
        var wanted = """{"id_token":{"acr":{"essential":true,"values":["urn:yinxin:assurance:intermediate"]}}}""";
        var answer = await agent.Browser.GetAsync(new RelyingParty(identity).AuthorizeUrl(("claims", wanted)));
        Assert.Contains("error=unmet_authentication_requirements", answer.Headers.Location!.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_api_refuses_what_lies_outside_the_scope_and_says_what()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var narrow = await company.EmpowerAsync(agent, ("Powers", "receive"), ("Powers", "use-seal"), ("Seals", "seal-1"), ("Reach", "matters"), ("Codes", Bookshop));
        var token = (await Company.SignInAsync(agent, $"mandate-{narrow}", new RelyingParty(identity))).AccessToken;
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/receive", token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/matters/" + Bookshop, token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/seals/seal-1", token)).Status);
        Refused(await api.GetAsync("/pay", token), "power", "pay");
        Refused(await api.GetAsync("/matters/11349900MB000006XK3000199007000", token), "matter", "11349900MB000006XK3000199007000");
        Refused(await api.GetAsync("/seals/seal-2", token), "seal", "seal-2");

        var typed = await company.EmpowerAsync(agent, ("Reach", "categories"), ("Categories", "10"));
        token = (await Company.SignInAsync(agent, $"mandate-{typed}", new RelyingParty(identity))).AccessToken;
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/matters/11349900MB00000C9U3001099012000", token)).Status);
        Refused(await api.GetAsync("/matters/" + Bookshop, token), "matter", Bookshop);
        Refused(await api.GetAsync("/seals/seal-1", token), "power", "use-seal");

        // The legal representative is bounded by nothing.
        token = (await Company.SignInAsync(company.Representative, company.Id.ToString(), new RelyingParty(identity))).AccessToken;
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/pay", token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/matters/" + Bookshop, token)).Status);

        static void Refused(Answer answer, string what, string value)
        {
            Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
            Assert.Equal("mandate_scope_exceeded", answer["code"]);
            Assert.Equal(value, answer[what]);
        }
    }

    [Fact]
    public async Task Both_sides_see_the_list_and_the_same_history()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.InviteAsync(agent.Person);
        Assert.Contains("待接受", await company.Representative.ReadAsync(company.Agents), StringComparison.Ordinal);
        Assert.Contains(company.Organisation.Name, await agent.ReadAsync("/account/mandates"), StringComparison.Ordinal);
        Assert.DoesNotContain(company.Organisation.Name, await agent.ReadAsync("/account/acting"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await agent.FillAsync($"/account/mandates/{mandate}", ("act", "Accept"))).StatusCode);
        Company.Expect(await Company.AcceptAsync(agent, mandate));
        Assert.Contains(company.Organisation.Name, await agent.ReadAsync("/account/acting"), StringComparison.Ordinal);
        Assert.Contains(company.Organisation.Name, await agent.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Suspend"));
        Assert.DoesNotContain(company.Organisation.Name, await agent.ReadAsync("/account/acting"), StringComparison.Ordinal);
        foreach (var side in (Applicant[])[company.Representative, agent])
        {
            var page = await side.ReadAsync($"/account/mandates/{mandate}");
            Assert.All((string[])["发出邀请", "经办人接受", "暂停", company.Representative.Person.Name, agent.Person.Name], text => Assert.Contains(text, page, StringComparison.Ordinal));
            Assert.DoesNotContain(agent.Person.IdNumber, page, StringComparison.Ordinal);
        }

        var english = await (await agent.Browser.GetAsync($"/account/mandates/{mandate}?lang=en")).Content.ReadAsStringAsync();
        Assert.Contains("Accepted by the agent", english, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_other_side_is_told_by_message()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        await company.EmpowerAsync(agent);
        await ToldAsync(agent.Person.Phone, "待您确认");
        await ToldAsync(company.Representative.Person.Phone, "已接受授权");

        // The name in full on the page alone: a text message is read on whatever lies on the table.
        var name = company.Organisation.Name;
        Assert.Contains(name + "的经办授权等待您接受。", await agent.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Contains(name + "的经办授权已被接受。", await company.Representative.ReadAsync("/account/notices"), StringComparison.Ordinal);
        foreach (var phone in (string[])[agent.Person.Phone, company.Representative.Person.Phone])
        {
            var texts = (await identity.Sandbox.MessagesAsync(phone)).FindAll(m => m.Purpose == "mandate-notice");
            Assert.NotEmpty(texts);
            Assert.All(texts, m => Assert.Contains($"{name[..4]}***：", m.Text, StringComparison.Ordinal));
            Assert.All(texts, m => Assert.DoesNotContain(name, m.Text, StringComparison.Ordinal));

            // Where to sign in, and no more than two parts of 67 characters for all of it.
            Assert.All(texts, m => Assert.EndsWith($" {identity.Issuer}/account", m.Text, StringComparison.Ordinal));
            Assert.All(texts, m => Assert.InRange(m.Text.Length, 1, 2 * 67));
        }

        async Task ToldAsync(string phone, string text)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            while (!(await identity.Sandbox.MessagesAsync(phone)).Exists(m => m.Text.Contains(text, StringComparison.Ordinal)))
            {
                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), text);
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task Whether_the_invited_has_an_account_makes_no_difference_to_the_inviter()
    {
        using var company = await Company.NewAsync(identity);
        using var known = await Applicant.RegisteredAsync(identity);
        using var namesake = await Applicant.RegisteredAsync(identity);
        var stranger = await identity.Sandbox.NextPersonAsync();
        var first = await PageAsync(await company.InviteAsync(known.Person), known.Person);
        var second = await PageAsync(await company.InviteAsync(stranger), stranger);
        var third = await PageAsync(await company.InviteAsync(namesake.Person, ("Name", "别名样例")), namesake.Person with { Name = "别名样例" });
        Assert.Equal(first, second);
        Assert.Equal(first, third);

        async Task<string> PageAsync(Guid mandate, SyntheticPerson person)
        {
            var page = await company.Representative.ReadAsync($"/account/mandates/{mandate}");
            page = page.Replace(mandate.ToString(), "", StringComparison.Ordinal).Replace(person.Name, "", StringComparison.Ordinal);
            return Regexes.Changing().Replace(page, "");
        }
    }

    [Fact]
    public async Task An_invitation_waits_for_the_registration_and_not_for_ever()
    {
        using var company = await Company.NewAsync(identity);
        using var other = await Company.NewAsync(identity);
        var person = await identity.Sandbox.NextPersonAsync();
        var void_ = await company.InviteAsync(person);
        var otherName = await other.InviteAsync(person, ("Name", "别名样例"));
        await identity.ExecuteAsync($"UPDATE \"Mandates\" SET \"InvitationEndsAt\" = '2020-01-01 00:00:00' WHERE upper(CAST(\"Id\" AS TEXT)) = '{void_.ToString().ToUpperInvariant()}'");
        var waiting = await company.InviteAsync(person);
        using var agent = await Applicant.RegisteredAsync(identity, person);
        Assert.Equal(HttpStatusCode.NotFound, (await agent.Browser.GetAsync($"/account/mandates/{otherName}")).StatusCode);
        Assert.Contains("已到期", await agent.ReadAsync($"/account/mandates/{void_}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await Company.AcceptAsync(agent, void_)).StatusCode);
        Company.Expect(await Company.AcceptAsync(agent, waiting));
    }

    [Theory]
    [InlineData("Name", "")]
    [InlineData("IdNumber", "340102199001011233")]
    [InlineData("Powers", "everything")]
    [InlineData("Powers", "use-seal")]
    [InlineData("Codes", "not a code")]
    [InlineData("ValidTo", "2020-01-01")]
    [InlineData("ValidTo", "2099-01-01")]
    [InlineData("ValidTo", "tomorrow")]
    public async Task A_form_with_a_mistake_is_kept_and_the_field_is_named(string field, string value)
    {
        using var company = await Company.NewAsync(identity);
        var person = await identity.Sandbox.NextPersonAsync();
        List<(string, string)> changes = [(field, value)];
        if (field == "Codes")
        {
            changes.Add(("Reach", "matters"));
        }

        var answer = await company.TryInviteAsync(person, [.. changes]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Applicant.TextAsync(answer);
        Assert.Contains("error-summary", page, StringComparison.Ordinal);
        Assert.Contains(field == "Name" ? person.IdNumber : person.Name, page, StringComparison.Ordinal);
        Assert.Contains("没有授权记录", await company.Representative.ReadAsync(company.Agents), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_representative_below_intermediate_is_led_to_raise_his_level_first()
    {
        using var company = await Company.NewAsync(identity, proven: false);
        using var agent = await Applicant.NewAsync(identity);
        var answer = await company.TryInviteAsync(agent.Person);
        Assert.StartsWith("/account/step-up?", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        await Company.RaiseAsync(company.Representative);
        await company.InviteAsync(agent.Person);
    }

    [Fact]
    public async Task A_long_list_comes_in_pages_and_none_is_missing()
    {
        using var company = await Company.NewAsync(identity);
        var person = await identity.Sandbox.NextPersonAsync();
        HashSet<Guid> invited = [];
        for (var i = 0; i < 23; i++)
        {
            // One that waits at a time; what was taken back stays in the list.
            var mandate = await company.InviteAsync(person);
            invited.Add(mandate);
            Company.Expect(await Company.ActAsync(company.Representative, mandate, "Revoke"));
        }

        HashSet<Guid> seen = [];
        var pages = 0;
        for (string? next = company.Agents; next is not null; pages++)
        {
            var page = await company.Representative.ReadAsync(next);
            seen.UnionWith(Regexes.Links().Matches(page).Select(m => Guid.Parse(m.Groups["id"].Value)));
            next = Regexes.Next().Match(page) is { Success: true } more ? company.Agents + more.Groups["query"].Value : null;
        }

        Assert.Equal(2, pages);
        Assert.Equal(invited, seen);
    }
}

[Collection(OnSqlite.Name)]
public sealed class MandatesOnSqlite(SqliteIdentity identity) : MandateSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class MandatesOnPostgres(PostgresIdentity identity) : MandateSuite(identity);
