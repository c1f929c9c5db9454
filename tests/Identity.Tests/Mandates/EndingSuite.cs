using System.Net;
using System.Net.Http.Headers;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;
using Yinxin.ServiceDefaults.Endings;
using static Yinxin.Identity.Tests.StepUp.Strengthening;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>What ended is refused: by Identity at once, by an API that only judges signatures as soon as the feed has told it, which is within five seconds.</summary>
public abstract class EndingSuite(IdentityFixture identity)
{
    [Theory] // 19, 58
    [InlineData("Revoke", false)]
    [InlineData("Suspend", false)]
    [InlineData("Resign", true)]
    public async Task When_a_mandate_ends_its_tokens_end_everywhere(string act, bool byAgent)
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var party = new RelyingParty(identity, "confidential");
        var tokens = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        var own = await Company.SignInAsync(agent, "", new RelyingParty(identity));
        await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(tokens.AccessToken));

        Company.Expect(await Company.ActAsync(byAgent ? agent : company.Representative, mandate, act));
        Assert.Equal(HttpStatusCode.Unauthorized, (await party.UserInfoAsync(tokens.AccessToken)).Status);
        Assert.Equal("False", (await party.PostAsync("/connect/introspect", ("token", tokens.AccessToken)))["active"]);
        Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
        await api.UntilRefusedAsync(tokens.AccessToken);

        // The person stays signed in, and is asked anew for whom.
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(own.AccessToken));
        Assert.Contains("本人", await agent.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.DoesNotContain(company.Organisation.Name, await agent.ReadAsync("/account/acting"), StringComparison.Ordinal);
        Assert.StartsWith("/account/acting", (await agent.Browser.GetAsync(new RelyingParty(identity).AuthorizeUrl())).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resumed_mandate_gives_new_tokens_and_does_not_revive_old_ones()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var party = new RelyingParty(identity, "confidential");
        var old = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Suspend"));
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Resume"));
        await api.UntilRefusedAsync(old.AccessToken);
        var fresh = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(fresh.AccessToken));
        Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusAsync(old.AccessToken));

        // Identity itself says of the old one what the feed says.
        foreach (var (token, active) in ((Answer, bool)[])[(fresh, true), (old, false)])
        {
            Assert.Equal(active ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, (await party.UserInfoAsync(token.AccessToken)).Status);
            Assert.Equal(active.ToString(), (await party.PostAsync("/connect/introspect", ("token", token.AccessToken)))["active"]);
        }
    }

    [Fact]
    public async Task No_token_outlives_its_mandate_by_a_second()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.InviteUntilAsync(agent.Person, identity.Time.GetUtcNow().AddMinutes(2));
        Company.Expect(await Company.AcceptAsync(agent, mandate));
        var party = new RelyingParty(identity);
        var tokens = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        Assert.InRange(int.Parse(tokens["expires_in"]!, System.Globalization.CultureInfo.InvariantCulture), 1, 120);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(tokens.AccessToken));
        identity.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusAsync(tokens.AccessToken));
        Assert.Equal(HttpStatusCode.Unauthorized, (await party.UserInfoAsync(tokens.AccessToken)).Status);
        Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
        Assert.Contains("已到期", await company.Representative.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_a_level_falls_the_token_that_names_it_runs_out_and_the_next_one_says_what_is_true()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var person = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        await Company.RaiseAsync(person);
        var party = new RelyingParty(identity);
        var scope = ("scope", (string?)"openid profile offline_access license.read");
        var tokens = await person.Browser.TokensAsync(party, scope);
        var others = await other.Browser.TokensAsync(new RelyingParty(identity), scope);

        // What the level was computed from is for the platform's own APIs: a client of somebody else that calls none of them is not told.
        Assert.True(Answer.Claims(tokens.AccessToken).TryGetProperty(LevelBasis.ClaimType, out _));
        var alone = await other.Browser.TokensAsync(new RelyingParty(identity), ("scope", "openid profile"));
        Assert.False(Answer.Claims(alone.AccessToken).TryGetProperty(LevelBasis.ClaimType, out _));
        Assert.Equal(Intermediate, tokens.Acr());
        Assert.False(Answer.Claims(tokens.IdToken).TryGetProperty(LevelBasis.ClaimType, out _));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(tokens.AccessToken));
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "bank-card", await AuthorityEvents.ReceiptAsync(identity, person.Person.IdNumber, "unionpay-card")));
        await api.UntilOutdatedAsync(tokens.AccessToken);

        // As one that ran out: the client renews it, and nobody is led to a page for it.
        var refusal = (await api.GetAsync("/plain", tokens.AccessToken)).Response.Headers.WwwAuthenticate.Single().Parameter!;
        Assert.Contains("error=\"invalid_token\"", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("insufficient_user_authentication", refusal, StringComparison.Ordinal);
        var honest = await party.RefreshAsync(tokens.RefreshToken);
        Assert.Equal(Primary, Answer.Claims(honest.AccessToken).GetProperty("acr").GetString());
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(honest.AccessToken));

        // Raised again it is another token; the one of before stays refused, and nobody else's ever was.
        await Company.RaiseAsync(person);
        var raised = await party.RefreshAsync(honest.RefreshToken);
        Assert.Equal(Intermediate, Answer.Claims(raised.AccessToken).GetProperty("acr").GetString());
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(raised.AccessToken));
        Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusAsync(tokens.AccessToken));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(others.AccessToken));
    }

    [Fact]
    public async Task When_an_organisations_level_falls_so_do_the_tokens_of_all_who_act_for_it()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        await Company.RaiseAsync(agent);
        var mandate = await company.EmpowerAsync(agent);
        var party = new RelyingParty(identity, "confidential");
        var tokens = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        var own = await Company.SignInAsync(agent, "", new RelyingParty(identity));
        Assert.Equal(Primary, Answer.Claims(tokens.AccessToken).GetProperty("acr").GetString());
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(tokens.AccessToken));

        // The library takes back its answer about the representative: the register cannot, for it was not its own.
        var receipt = await identity.ReadAsync(
            $"SELECT \"ReferenceAtSource\" FROM \"Evidence\" WHERE \"Kind\" = 'legal-representative-match' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{company.Id}' ORDER BY \"Place\" DESC LIMIT 1");
        Assert.Equal("nobody", await AuthorityEvents.WithdrawAsync(identity, "market", receipt));
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "population", receipt));
        await api.UntilOutdatedAsync(tokens.AccessToken);
        var seen = await party.PostAsync("/connect/introspect", ("token", tokens.AccessToken));
        Assert.Equal("urn:yinxin:assurance:none", seen["acr"]);
        Assert.Equal("none", seen.Body.GetProperty("act_for").GetProperty("assurance").GetString());
        var honest = await party.RefreshAsync(tokens.RefreshToken);
        Assert.Equal("urn:yinxin:assurance:none", Answer.Claims(honest.AccessToken).GetProperty("acr").GetString());
        Assert.DoesNotContain("license.read", Answer.Claims(honest.AccessToken).GetProperty("scope").ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(own.AccessToken));

        // Its representative has it compared anew, and the agent's next token has all of it back.
        Company.Expect(await company.Representative.FillAsync("/account/organisations/new", ("Uscc", company.Organisation.Uscc), ("Name", company.Organisation.Name)));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync((await party.RefreshAsync(honest.RefreshToken)).AccessToken));
    }

    [Fact]
    public async Task Introspection_says_of_the_acting_person_what_is_true_at_this_moment()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        await Company.RaiseAsync(agent);
        var mandate = await company.EmpowerAsync(agent);
        var party = new RelyingParty(identity, "confidential");
        var tokens = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        Assert.Equal(Intermediate, await PersonAsync());
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "bank-card", await AuthorityEvents.ReceiptAsync(identity, agent.Person.IdNumber, "unionpay-card")));
        Assert.Equal(Primary, await PersonAsync());

        async Task<string?> PersonAsync() =>
            (await party.PostAsync("/connect/introspect", ("token", tokens.AccessToken))).Body.GetProperty("act").GetProperty("acr").GetString();
    }

    [Fact]
    public async Task Introspection_opens_no_id_number_that_it_does_not_tell()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        var tokens = await person.Browser.TokensAsync(party, ("scope", "openid real_name case.apply"));
        Assert.Equal(person.Person.IdNumber, Answer.Claims(tokens.AccessToken).GetProperty("id_number").GetString());
        var key = await identity.KeyOfAsync(person.Person.IdNumber);
        var cipher = await identity.ReadAsync($"SELECT \"IdNumberCipher\" FROM \"Persons\" WHERE \"Id\" = '{key}'");
        await identity.ExecuteAsync($"UPDATE \"Persons\" SET \"IdNumberCipher\" = 'unreadable' WHERE \"Id\" = '{key}'");
        try
        {
            Assert.Equal("True", (await party.PostAsync("/connect/introspect", ("token", tokens.AccessToken)))["active"]);
        }
        finally
        {
            await identity.ExecuteAsync($"UPDATE \"Persons\" SET \"IdNumberCipher\" = '{cipher}' WHERE \"Id\" = '{key}'");
        }
    }

    [Fact]
    public async Task A_name_that_changed_stands_in_no_token_for_long_though_the_level_stays()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var tokens = await person.Browser.TokensAsync(party, ("scope", "openid profile offline_access license.read"));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(tokens.AccessToken));
        const string name = "样改姓";
        Assert.Equal("corrected", await AuthorityEvents.HappenAsync(identity, "population", id => new { id, number = 1, kind = "name-changed", idNumber = person.Person.IdNumber, name }));
        await api.UntilOutdatedAsync(tokens.AccessToken);
        var honest = await party.RefreshAsync(tokens.RefreshToken);
        Assert.Equal((name, Primary), (Answer.Claims(honest.AccessToken).GetProperty("name").GetString(), Answer.Claims(honest.AccessToken).GetProperty("acr").GetString()));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(honest.AccessToken));
    }

    [Fact]
    public async Task No_token_outlives_the_evidence_that_carries_its_level()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var person = await Applicant.RegisteredAsync(identity);
        await Company.RaiseAsync(person);
        var end = Spelled(identity.Time.GetUtcNow().AddMinutes(2));
        await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"ValidUntil\" = '{end}' WHERE \"Kind\" = 'unionpay-card' AND \"SubjectId\" = '{await identity.KeyOfAsync(person.Person.IdNumber)}'");
        var party = new RelyingParty(identity);
        var tokens = await person.Browser.TokensAsync(party, ("scope", "openid profile offline_access license.read"));
        Assert.Equal(Intermediate, tokens.Acr());
        Assert.InRange(int.Parse(tokens["expires_in"]!, System.Globalization.CultureInfo.InvariantCulture), 1, 120);
        Assert.False(Answer.Claims(tokens.AccessToken).TryGetProperty("true_until", out _));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(tokens.AccessToken));

        // Two clocks may differ by ten seconds.
        identity.Time.Advance(TimeSpan.FromSeconds(131));
        Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusAsync(tokens.AccessToken));
        var honest = await party.RefreshAsync(tokens.RefreshToken);
        Assert.Equal(Primary, Answer.Claims(honest.AccessToken).GetProperty("acr").GetString());
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(honest.AccessToken));

        // Nor the longest time of the sign-in.
        var last = Spelled(identity.Time.GetUtcNow().AddMinutes(1));
        await identity.ExecuteAsync($"UPDATE \"Sessions\" SET \"ExpiresAt\" = '{last}' WHERE \"AccountId\" = '{await identity.KeyOfAsync(person.Person.IdNumber)}'");
        Assert.InRange(int.Parse((await party.RefreshAsync(honest.RefreshToken))["expires_in"]!, System.Globalization.CultureInfo.InvariantCulture), 1, 60);
    }

    [Fact] // 19
    public async Task A_sign_out_and_a_replayed_refresh_reach_the_api()
    {
        await using var api = await SampleApi.StartAsync(identity);
        var party = new RelyingParty(identity);
        using var browser = identity.NewBrowser();
        var scope = ("scope", (string?)"openid profile offline_access license.read");
        var signedOut = await party.RedeemAsync(RelyingParty.Code(await browser.AuthorizeAsync(party.AuthorizeUrl(scope), "citizen")));
        var other = new RelyingParty(identity);
        var replayed = await other.SignInAsync("victim", false, scope);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(signedOut.AccessToken));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(replayed.AccessToken));

        await other.RefreshAsync(replayed.RefreshToken);
        await other.RefreshAsync(replayed.RefreshToken);
        var page = await (await browser.GetAsync("/sign-out")).Content.ReadAsStringAsync();
        await browser.SubmitAsync("/sign-out", page, ("everywhere", "false"));
        await api.UntilRefusedAsync(signedOut.AccessToken);
        await api.UntilRefusedAsync(replayed.AccessToken);

        // Memory is bounded: what no living token can name is forgotten.
        Assert.True(api.Ended.Count > 0);
        identity.Time.Advance(EndedTokens.Kept + TimeSpan.FromSeconds(1));
        api.Ended.Forget();
        Assert.Equal(0, api.Ended.Count);
    }

    [Fact] // 19
    public async Task Access_that_its_owner_takes_back_ends_at_the_api_too_and_at_no_other_application()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var owner = await Applicant.RegisteredAsync(identity);
        var scope = ("scope", (string?)"openid profile offline_access license.read");
        var party = new RelyingParty(identity);
        var other = new RelyingParty(identity, "confidential");
        var taken = await party.RedeemAsync(RelyingParty.Code((await owner.Browser.GetAsync(party.AuthorizeUrl(scope))).Headers.Location!));
        var kept = await other.RedeemAsync(RelyingParty.Code((await owner.Browser.GetAsync(other.AuthorizeUrl(scope))).Headers.Location!));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(taken.AccessToken));
        await owner.Browser.SubmitAsync("/account/applications", await owner.ReadAsync("/account/applications"), ("clientId", "public"));
        await api.UntilRefusedAsync(taken.AccessToken);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(kept.AccessToken));
        Assert.Equal("invalid_grant", (await party.RefreshAsync(taken.RefreshToken))["error"]);
    }

    [Fact]
    public async Task The_register_names_another_representative_and_the_mandates_wait_for_him()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var former = await Applicant.RegisteredAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        await Company.RaiseAsync(former);

        // As it was before the change: another person represents the organisation, gave its mandates and answers for them.
        var formerId = $"(SELECT \"Id\" FROM \"Persons\" WHERE \"Id\" = '{await identity.KeyOfAsync(former.Person.IdNumber)}')";
        await identity.ExecuteAsync($"UPDATE \"Organisations\" SET \"LegalRepresentativeId\" = {formerId} WHERE \"Uscc\" = '{company.Organisation.Uscc}'");
        var mandate = Company.Created(await Company.PostAsync(former, company.Agents + "/new", company.Form(agent.Person)));
        Company.Expect(await Company.AcceptAsync(agent, mandate));
        var invited = Company.Created(await Company.PostAsync(former, company.Agents + "/new", company.Form(agent.Person)));
        var party = new RelyingParty(identity);
        var agents = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        var formers = await Company.SignInAsync(former, company.Id.ToString(), party);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(agents.AccessToken));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(formers.AccessToken));

        Company.Expect(await company.Representative.FillAsync("/account/organisations/new", ("Uscc", company.Organisation.Uscc), ("Name", company.Organisation.Name)));
        Assert.Equal("invalid_grant", (await party.RefreshAsync(agents.RefreshToken))["error"]);
        Assert.Equal("invalid_grant", (await party.RefreshAsync(formers.RefreshToken))["error"]);
        await api.UntilRefusedAsync(agents.AccessToken);
        await api.UntilRefusedAsync(formers.AccessToken);
        Assert.Equal(HttpStatusCode.Found, (await former.Browser.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Company.AcceptAsync(agent, invited)).StatusCode);
        await identity.WaitForWordsAsync(company.Representative.Person.Phone, "1 份授权待您逐一确认");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Company.ActAsync(company.Representative, mandate, "Resume")).StatusCode);
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Confirm"));
        var again = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(again.AccessToken));
    }

    [Fact]
    public async Task The_feed_is_for_services_with_its_scope_and_sends_nothing_twice()
    {
        var token = (await new RelyingParty(identity, "api").PostAsync("/connect/token", ("grant_type", "client_credentials"), ("scope", "identity.endings"))).AccessToken;
        var citizens = await new RelyingParty(identity).SignInAsync("citizen", false, ("scope", "openid profile license.read"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(citizens.AccessToken)).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await new RelyingParty(identity, "confidential").PostAsync("/connect/token", ("grant_type", "client_credentials"), ("scope", "identity.endings"))).Status);
        foreach (var cursor in (string[])["-1", "x", "99999999999999999999", "9999999999999999999"])
        {
            var refused = await AskAsync(token, cursor);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("identity.endings.cursor", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var first = await AskAsync(token);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, (await AskAsync(token, tag: first.Headers.ETag)).StatusCode);

        async Task<HttpResponseMessage> AskAsync(string? bearer, string? after = null, EntityTagHeaderValue? tag = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/endings" + (after is null ? "" : "?after=" + after));
            request.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
            if (tag is not null)
            {
                request.Headers.IfNoneMatch.Add(tag);
            }

            return await identity.Http.SendAsync(request);
        }
    }

    /// <summary>A moment as this database reads it, whatever its own time zone is.</summary>
    private string Spelled(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture) + (identity is PostgresIdentity ? "+00" : "");
}

[Collection(OnSqlite.Name)]
public sealed class EndingsOnSqlite(SqliteIdentity identity) : EndingSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class EndingsOnPostgres(PostgresIdentity identity) : EndingSuite(identity);
