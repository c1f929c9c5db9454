using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>How far an agent's session could be raised: the token says it, and up to there Identity leads him on. On servers of its own: it changes the policy.</summary>
public abstract class AgentCeilingSuite(IdentityFixture identity)
{
    [Fact]
    public async Task Who_signed_in_by_less_than_a_higher_cap_allows_is_led_to_raise()
    {
        await using var policy = await ChangedPolicy.OfAsync(identity, p => p["agentCap"] = "intermediate");
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        await Company.RaiseAsync(agent);
        var mandate = await company.EmpowerAsync(agent);
        using var later = new Applicant(identity, agent.Person);
        Assert.Equal(HttpStatusCode.Found, (await later.Browser.SignInAsync(agent.Person.IdNumber, Applicant.Password)).StatusCode);

        // The organisation stands at Primary, and no agent raises that.
        Assert.Equal(("urn:yinxin:assurance:primary", "primary"), Standing(await Company.SignInAsync(later, $"mandate-{mandate}", new RelyingParty(identity))));
        var refused = await later.Browser.GetAsync(new RelyingParty(identity).AuthorizeUrl(("claims", Wanted("intermediate"))));
        Assert.Contains("error=unmet_authentication_requirements", refused.Headers.Location!.Query, StringComparison.Ordinal);

        Company.Expect(await company.Representative.FillAsync(
            $"/account/organisations/tax-account?Organisation={company.Id}&ReturnUrl=/account/organisations", ("Account", company.Organisation.TaxAccount)));
        Assert.Equal(("urn:yinxin:assurance:primary", "intermediate"), Standing(await Company.SignInAsync(later, $"mandate-{mandate}", new RelyingParty(identity))));
        var led = await later.Browser.GetAsync(new RelyingParty(identity).AuthorizeUrl(("claims", Wanted("intermediate"))));
        Assert.StartsWith("/account/step-up?", led.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whose_own_account_fell_below_primary_is_led_to_what_is_missing()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var party = new RelyingParty(identity);
        var tokens = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        await identity.ExecuteAsync(
            $"UPDATE \"Evidence\" SET \"ValidUntil\" = '2026-01-01 00:00:00' WHERE \"Kind\" = 'population-match' AND \"SubjectId\" = '{await identity.KeyOfAsync(agent.Person.IdNumber)}'");
        Assert.Equal(("urn:yinxin:assurance:none", "primary"), Standing(await party.RefreshAsync(tokens.RefreshToken)));
        var led = await agent.Browser.GetAsync(party.AuthorizeUrl(("claims", Wanted("primary"))));
        Assert.StartsWith("/account/step-up?", led.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    private static string Wanted(string level) => $$$$"""{"id_token":{"acr":{"essential":true,"values":["urn:yinxin:assurance:{{{{level}}}}"]}}}""";

    private static (string? Acr, string? Ceiling) Standing(Answer tokens)
    {
        var claims = Answer.Claims(tokens.AccessToken);
        return (claims.GetProperty("acr").GetString(), claims.GetProperty("act_for").GetProperty("ceiling").GetString());
    }
}

public sealed class AgentCeilingOnSqlite(SqliteIdentity identity) : AgentCeilingSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class AgentCeilingOnPostgres(PostgresIdentity identity) : AgentCeilingSuite(identity), IClassFixture<PostgresIdentity>;
