using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using static Yinxin.Identity.Tests.StepUp.Strengthening;

namespace Yinxin.Identity.Tests.StepUp;

/// <summary>What a client may ask of a sign-in: how recent (<c>max_age</c>), how strong (<c>acr_values</c>, <c>claims</c>), and what it is told.</summary>
public abstract class AuthenticationRequestSuite(IdentityFixture identity)
{
    [Fact] // 49
    public async Task Max_age_asks_a_session_of_two_factors_for_a_second_one_again_and_auth_time_says_when()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var _ = owner;
        using var __ = browser;
        var party = new RelyingParty(identity);
        await browser.StrengthenAsync(identity, owner.Person.Phone);
        var first = await browser.TokensAsync(party);
        identity.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("login_required", Error(await browser.AskAsync(party, ("max_age", "300"), ("prompt", "none"))));
        Assert.Null(Error(await browser.AskAsync(party, ("max_age", "3000"), ("prompt", "none"))));

        var confirm = await browser.AskAsync(party, ("max_age", "300"));
        Assert.StartsWith("/account/confirm?ReturnUrl=", confirm, StringComparison.Ordinal);
        var page = await browser.ReadAsync(confirm);
        Assert.DoesNotContain("name=\"Password\"", page, StringComparison.Ordinal);
        Assert.Contains("data-way=\"sms\"", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync(confirm, await browser.ReadAsync("/account/freeze"), ("Password", Applicant.Password))).StatusCode);

        // Looking at the request again does not help: nothing was proved.
        Assert.StartsWith("/account/confirm", (await browser.GetAsync(confirm.ReturnUrl())).Headers.Location!.OriginalString, StringComparison.Ordinal);
        var done = await browser.StrengthenAsync(identity, owner.Person.Phone, confirm.ReturnUrl());
        var tokens = await party.RedeemAsync(RelyingParty.Code((await browser.GetAsync(done.Headers.Location!.OriginalString)).Headers.Location!));

        // The session stays what it was: a factor shown again takes nothing from it.
        Assert.Equal(Intermediate, tokens.Acr());
        Assert.Equal(Answer.Claims(first.IdToken).GetProperty("sid").GetString(), Answer.Claims(tokens.IdToken).GetProperty("sid").GetString());
        Assert.InRange(tokens.AuthTime() - first.AuthTime(), 590, 700);
    }

    [Fact]
    public async Task Who_needs_a_recent_proof_and_a_stronger_one_is_asked_once()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var _ = owner;
        using var __ = browser;
        var party = new RelyingParty(identity);
        identity.Time.Advance(TimeSpan.FromMinutes(10));
        var stepUp = await browser.AskAsync(party, ("max_age", "300"), ("claims", Essential(Intermediate)));
        Assert.StartsWith("/account/step-up", stepUp, StringComparison.Ordinal);
        await browser.StrengthenAsync(identity, owner.Person.Phone, stepUp.ReturnUrl());
        var tokens = await party.RedeemAsync(RelyingParty.Code((await browser.GetAsync(stepUp.ReturnUrl())).Headers.Location!));
        Assert.Equal(Intermediate, tokens.Acr());
    }

    [Fact] // 49
    public async Task A_refresh_moves_neither_auth_time_nor_level_and_a_step_up_moves_both()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var _ = owner;
        using var __ = browser;
        var party = new RelyingParty(identity);
        var first = await browser.TokensAsync(party);
        identity.Time.Advance(TimeSpan.FromMinutes(10));
        var refreshed = await party.RefreshAsync(first.RefreshToken);
        Assert.Equal((first.AuthTime(), Primary), (refreshed.AuthTime(), refreshed.Acr()));
        Assert.Equal(first.AuthTime(), Answer.Claims(refreshed.AccessToken).GetProperty("auth_time").GetInt64());
        await browser.StrengthenAsync(identity, owner.Person.Phone);
        var after = await party.RefreshAsync(refreshed.RefreshToken);
        Assert.Equal(Intermediate, after.Acr());
        Assert.True(after.AuthTime() > first.AuthTime());
        Assert.Contains("sms", after.Amr());
    }

    [Fact]
    public async Task Of_a_list_of_essential_levels_any_one_will_do_and_the_answer_is_of_the_list()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var _ = owner;
        using var __ = browser;
        var party = new RelyingParty(identity);

        // A weak session is at Primary, and that is on the list: nobody is asked for more.
        Assert.Equal(Primary, (await browser.TokensAsync(party, ("claims", Essential(Intermediate, Primary)))).Acr());
        Assert.Equal(Primary, (await browser.TokensAsync(party, ("claims", Essential(Advanced, Primary)))).Acr());
        await browser.StrengthenAsync(identity, owner.Person.Phone);

        // A strong one says the highest of the list that it includes, also after a refresh.
        Assert.Equal(Intermediate, (await browser.TokensAsync(party, ("claims", Essential(Primary, Intermediate, Advanced)))).Acr());
        var lower = await browser.TokensAsync(party, ("claims", Essential(Primary)));
        Assert.Equal((Primary, Primary), (lower.Acr(), Answer.Claims(lower.AccessToken).GetProperty("acr").GetString()));
        Assert.False(Answer.Claims(lower.AccessToken).TryGetProperty("acc", out var carried), carried.ToString());
        Assert.Equal(Primary, (await party.RefreshAsync(lower.RefreshToken)).Acr());
        Assert.Equal(Primary, (await browser.TokensAsync(party, ("claims", Essential("urn:other", Primary)))).Acr());
        Assert.Equal(Intermediate, (await browser.TokensAsync(party, ("claims", """{"id_token":{"acr":{"essential":true,"value":"urn:yinxin:assurance:intermediate"}}}"""))).Acr());
        Assert.Equal("unmet_authentication_requirements", Error(await browser.AskAsync(party, ("claims", Essential("urn:other")))));
        Assert.Equal("unmet_authentication_requirements", Error(await browser.AskAsync(party, ("claims", Essential(Advanced)))));

        // Without «essential», and in acr_values, it is a wish: the answer is what is true.
        Assert.Equal(Intermediate, (await browser.TokensAsync(party, ("claims", Essential(Primary).Replace("true", "false", StringComparison.Ordinal)))).Acr());
        Assert.Equal(Intermediate, (await browser.TokensAsync(party, ("acr_values", Primary))).Acr());
    }

    [Theory] // 36, 49
    [InlineData("acr_values", "urn:yinxin:assurance:advanced")]
    [InlineData("acr_values", "urn:yinxin:assurance:Intermediate \u0130ntermediate 2 999999999999")]
    [InlineData("claims", """{"id_token":{"acr":{"essential":true}}}""")]
    [InlineData("claims", """{"id_token":{"acr":null}}""")]
    [InlineData("claims", """{"id_token":null,"userinfo":{"acr":{"essential":true,"values":["urn:yinxin:assurance:advanced"]}}}""")]
    public async Task Forged_requests_and_those_that_ask_for_no_level_raise_nothing(string name, string value)
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var _ = owner;
        using var __ = browser;
        var party = new RelyingParty(identity);
        var location = await browser.AskAsync(party, (name, value), ("prompt", "none"));
        Assert.Equal(Primary, (await party.RedeemAsync(RelyingParty.Code(new Uri(location)))).Acr());
    }

    [Theory] // 29, 49
    [InlineData("claims", """{"id_token":{"acr":{"essential":"true","values":["urn:yinxin:assurance:advanced"]}}}""")]
    [InlineData("claims", """{"id_token":{"acr":{"essential":true,"values":"urn:yinxin:assurance:advanced"}}}""")]
    [InlineData("claims", """{"id_token":{"acr":{"essential":true,"values":[]}}}""")]
    [InlineData("claims", """{"id_token":{"acr":{"essential":true,"values":[null,1,{}]}}}""")]
    [InlineData("claims", """{"id_token":{"acr":{"essential":true,"value":"urn:yinxin:assurance:advanced","values":["urn:yinxin:assurance:primary"]}}}""")]
    [InlineData("claims", """{"id_token":{"acr":["urn:yinxin:assurance:advanced"]}}""")]
    [InlineData("claims", """{"id_token":{"acr":{"essential":true,"values":["urn:yinxin:assurance:advanced"]},"acr":{"essential":false}}}""")]
    [InlineData("claims", """{"id_token":{"person_acr":"urn:yinxin:assurance:intermediate"}}""")]
    [InlineData("claims", """{"id_token":{"acr":{"values":["\ud800"]}}}""")]
    [InlineData("claims", """{"id_token":{"acr":{"essential":true,"values":["urn:yinxin:assurance:advanced"]}}""")]
    [InlineData("claims", """{"id_token":[]}""")]
    [InlineData("claims", """["acr"]""")]
    [InlineData("max_age", "+0")]
    [InlineData("max_age", "-1")]
    [InlineData("max_age", "1.5")]
    [InlineData("max_age", " 0")]
    public async Task What_cannot_be_read_is_refused_at_both_doors_and_not_dropped(string name, string value)
    {
        using var browser = identity.NewBrowser();
        var party = new RelyingParty(identity);
        var refused = await browser.GetAsync(party.AuthorizeUrl((name, value)));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("invalid_request", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("invalid_request", (await party.PostAsync("/connect/par", [.. party.Request((name, value)).Select(p => (p.Key, (string?)p.Value))]))["error"]);
    }

    [Fact]
    public async Task Of_two_conditions_neither_stands_in_for_the_other()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var _ = owner;
        using var __ = browser;
        var party = new RelyingParty(identity);
        const string both = """{"id_token":{"acr":{"essential":true,"values":["urn:yinxin:assurance:primary"]},"person_acr":{"essential":true,"values":["urn:yinxin:assurance:intermediate"]}}}""";
        Assert.Equal("unmet_authentication_requirements", Error(await browser.AskAsync(party, ("claims", both), ("prompt", "none"))));
        Assert.StartsWith("/account/step-up", await browser.AskAsync(party, ("claims", both)), StringComparison.Ordinal);
        await browser.StrengthenAsync(identity, owner.Person.Phone);
        Assert.Equal(Primary, (await browser.TokensAsync(party, ("claims", both))).Acr());
    }

    [Fact] // 49
    public async Task Silence_raises_nothing_and_a_declined_step_up_is_an_error_only_where_it_was_a_condition()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var _ = owner;
        using var __ = browser;
        var party = new RelyingParty(identity);
        Assert.Equal("unmet_authentication_requirements", Error(await browser.AskAsync(party, ("claims", Essential(Intermediate)), ("prompt", "none"))));
        var wish = (await browser.AskAsync(party, ("acr_values", Intermediate))).ReturnUrl();
        var answer = (await browser.GetAsync(wish + "&step_up=declined")).Headers.Location!;
        Assert.Equal(Primary, (await party.RedeemAsync(RelyingParty.Code(answer))).Acr());
        var condition = (await browser.AskAsync(party, ("claims", Essential(Intermediate)))).ReturnUrl();
        Assert.Equal("unmet_authentication_requirements", Error((await browser.GetAsync(condition + "&step_up=declined")).Headers.Location!.OriginalString));
    }
}

[Collection(OnSqlite.Name)]
public sealed class AuthenticationRequestsOnSqlite(SqliteIdentity identity) : AuthenticationRequestSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class AuthenticationRequestsOnPostgres(PostgresIdentity identity) : AuthenticationRequestSuite(identity);
