using System.Net;
using System.Net.Http.Headers;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>What ended is refused: by Identity at once, by an API that only judges signatures within five seconds.</summary>
public abstract class EndingSuite(IdentityFixture identity)
{
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(5);

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
        Assert.True(await api.UntilRefusedAsync(tokens.AccessToken) < Promise);

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
        var old = await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity));
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Suspend"));
        Company.Expect(await Company.ActAsync(company.Representative, mandate, "Resume"));
        Assert.True(await api.UntilRefusedAsync(old.AccessToken) < Promise);
        var fresh = await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(fresh.AccessToken));
        Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusAsync(old.AccessToken));
    }

    [Fact]
    public async Task No_token_outlives_its_mandate_by_a_second()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var end = identity.Time.GetUtcNow().AddMinutes(2).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        await identity.ExecuteAsync($"UPDATE \"Mandates\" SET \"ValidTo\" = '{end}' WHERE upper(CAST(\"Id\" AS TEXT)) = '{mandate.ToString().ToUpperInvariant()}'");
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
        Assert.True(await api.UntilRefusedAsync(signedOut.AccessToken) < Promise);
        Assert.True(await api.UntilRefusedAsync(replayed.AccessToken) < Promise);

        // Memory is bounded: what no living token can name is forgotten.
        Assert.True(api.Ended.Count > 0);
        identity.Time.Advance(EndedTokens.Kept + TimeSpan.FromSeconds(1));
        api.Ended.Forget();
        Assert.Equal(0, api.Ended.Count);
    }

    [Fact]
    public async Task The_register_names_another_representative_and_the_mandates_wait_for_him()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var company = await Company.NewAsync(identity);
        using var former = await Applicant.RegisteredAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var invited = await company.InviteAsync(agent.Person);

        // As it was before the change: another person represents the organisation and answers for its mandates.
        var formerId = $"(SELECT \"Id\" FROM \"Persons\" WHERE \"Id\" = '{await identity.KeyOfAsync(former.Person.IdNumber)}')";
        await identity.ExecuteAsync($"UPDATE \"Organisations\" SET \"LegalRepresentativeId\" = {formerId} WHERE \"Uscc\" = '{company.Organisation.Uscc}'");
        await identity.ExecuteAsync($"UPDATE \"Mandates\" SET \"AnsweredById\" = {formerId} WHERE upper(CAST(\"OrganisationId\" AS TEXT)) = '{company.Id.ToString().ToUpperInvariant()}'");
        var party = new RelyingParty(identity);
        var agents = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        var formers = await Company.SignInAsync(former, company.Id.ToString(), party);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(agents.AccessToken));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(formers.AccessToken));

        Company.Expect(await company.Representative.FillAsync("/account/organisations/new", ("Uscc", company.Organisation.Uscc), ("Name", company.Organisation.Name)));
        Assert.Equal("invalid_grant", (await party.RefreshAsync(agents.RefreshToken))["error"]);
        Assert.Equal("invalid_grant", (await party.RefreshAsync(formers.RefreshToken))["error"]);
        Assert.True(await api.UntilRefusedAsync(agents.AccessToken) < Promise);
        Assert.True(await api.UntilRefusedAsync(formers.AccessToken) < Promise);
        Assert.Equal(HttpStatusCode.Found, (await former.Browser.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Company.AcceptAsync(agent, invited)).StatusCode);
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
}

public sealed class EndingsOnSqlite(SqliteIdentity identity) : EndingSuite(identity), IClassFixture<SqliteIdentity>;

[Collection(OnPostgres.Name)]
public sealed class EndingsOnPostgres(PostgresIdentity identity) : EndingSuite(identity);
