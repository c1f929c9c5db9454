using System.Net;
using System.Text.RegularExpressions;
using System.Web;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Presence;

/// <summary>What a client may ask for together with presence, what must be met before the person is asked, and what is refused before any page.</summary>
public abstract class PresenceRequestSuite(IdentityFixture identity)
{
    [Fact]
    public async Task The_person_may_decline_and_a_silent_request_shows_no_page()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var page = await person.ReadAsync(await ceremony.PageAsync(Ceremony.Detail("transfer:14")));
        var decline = Regex.Match(page, "id=\"decline\" href=\"(?<link>[^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["link"].Value;
        Assert.Equal("access_denied", Error(await person.Browser.GetAsync(decline)));
        Assert.Equal("interaction_required", Error(await person.Browser.GetAsync(ceremony.Url(Ceremony.Detail("transfer:14"), ("prompt", "none")))));

        // Without details, advanced cannot be reached: as a condition it is an error.
        const string essential = """{"id_token":{"acr":{"essential":true,"values":["urn:yinxin:assurance:advanced"]}}}""";
        Assert.Equal("unmet_authentication_requirements", Error(await person.Browser.GetAsync(party.AuthorizeUrl(("claims", essential)))));

        // Pages without a request.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync("/presence")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync("/presence?ReturnUrl=https://evil.example/")).StatusCode);
        using var stranger = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await stranger.GetAsync("/presence")).StatusCode);
    }

    [Fact] // 49
    public async Task What_is_asked_of_the_person_is_met_before_they_confirm_and_not_by_it()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await Company.RaiseAsync(owner);
        using var person = new Applicant(identity, owner.Person);
        await person.Browser.SignInAsync(person.Person.IdNumber, Applicant.Password);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        const string condition = """{"id_token":{"person_acr":{"essential":true,"values":["urn:yinxin:assurance:intermediate"]}}}""";
        var details = Ceremony.Detail("transfer:20");
        Assert.Equal("unmet_authentication_requirements", Error(await person.Browser.GetAsync(ceremony.Url(details, ("claims", condition), ("prompt", "none")))));
        var stepUp = (await person.Browser.GetAsync(ceremony.Url(details, ("claims", condition)))).Headers.Location!.OriginalString;
        Assert.StartsWith("/account/step-up?", stepUp, StringComparison.Ordinal);
        var onwards = stepUp.ReturnUrl();
        Assert.Equal("unmet_authentication_requirements", Error(await person.Browser.GetAsync(onwards + "&step_up=declined")));
        await person.Browser.StrengthenAsync(identity, person.Person.Phone, onwards);
        var page = (await person.Browser.GetAsync(onwards)).Headers.Location!.OriginalString;
        Assert.StartsWith("/presence?", page, StringComparison.Ordinal);
        var claims = Answer.Claims((await party.RedeemAsync(await ceremony.CodeAsync(await ceremony.ShowAsync(page)))).AccessToken);
        Assert.Equal(Ceremony.Advanced, claims.GetProperty("acr").GetString());
        Assert.Equal("urn:yinxin:assurance:intermediate", claims.GetProperty("session_acr").GetString());
    }

    [Theory] // 49
    [InlineData("urn:yinxin:assurance:intermediate")]
    [InlineData("urn:other")]
    public async Task A_condition_that_leaves_advanced_out_is_refused_before_any_page_and_one_that_names_it_is_met(string value)
    {
        using var person = await Applicant.RegisteredAsync(identity);
        await Company.RaiseAsync(person);
        await person.Browser.StrengthenAsync(identity, person.Person.Phone);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        foreach (var prompt in (string?[])[null, "none"])
        {
            var url = ceremony.Url(Ceremony.Detail("transfer:21"), ("claims", Strengthening.Essential(value)), ("prompt", prompt));
            Assert.Equal("unmet_authentication_requirements", Error(await person.Browser.GetAsync(url)));
        }

        var tokens = await ceremony.ConfirmAsync(Ceremony.Detail("transfer:21"), ("claims", Strengthening.Essential(value, Ceremony.Advanced)));
        Assert.Equal(Ceremony.Advanced, tokens.Acr());
    }

    [Fact] // 49
    public async Task Nobody_confirms_for_an_account_that_nothing_proves_nor_for_one_that_fell_in_between()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:22"));
        var onwards = (await person.Browser.GetAsync(await ceremony.ShowAsync(page))).Headers.Location!.OriginalString;
        await identity.ExpireEvidenceAsync(person.Person.Phone, "population-match");
        Assert.Equal("unmet_authentication_requirements", Error(await person.Browser.GetAsync(onwards)));
        foreach (var prompt in (string?[])[null, "none"])
        {
            Assert.Equal("unmet_authentication_requirements", Error(await person.Browser.GetAsync(ceremony.Url(Ceremony.Detail("transfer:23"), ("prompt", prompt)))));
        }
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("""[{"type":"\ud800"}]""")]
    [InlineData("""[{"\ud800":"urn:yinxin:presence"}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"\ud800","en":"a"}}]""")]
    [InlineData("""[{"type":"urn:other","transaction":"t","purpose":{"zh":"甲","en":"a"}}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","purpose":{"zh":"甲","en":"a"}}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"a b","purpose":{"zh":"甲","en":"a"}}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲"}}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"\u202Ea"}}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"a"},"digest":"short"}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"a"},"proof":"mine"}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"a"},"methods":"face"}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"a"},"methods":null}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"a"},"methods":[]}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"a"},"methods":["iris"]}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"a"},"methods":["face","face"]}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"a"},"methods":["face",1]}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"a"},"methods":["voice","video"]}]""")] // neither is offered here
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","transaction":"u","purpose":{"zh":"甲","en":"a"}}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"a"}},{"type":"urn:yinxin:presence","transaction":"u","purpose":{"zh":"甲","en":"a"}}]""")]
    public async Task Malformed_details_are_refused_at_both_doors(string details)
    {
        using var browser = identity.NewBrowser();
        var party = new RelyingParty(identity);
        await AssertRefusedAsync(browser, party.AuthorizeUrl(("authorization_details", details)));
        var pushed = await party.PostAsync("/connect/par", [.. party.Request(("authorization_details", details)).Select(p => (p.Key, (string?)p.Value))]);
        Assert.Equal(HttpStatusCode.BadRequest, pushed.Status);
        Assert.Equal("invalid_authorization_details", pushed["error"]);
    }

    [Fact]
    public async Task Too_long_details_and_a_client_without_the_type_are_refused()
    {
        using var browser = identity.NewBrowser();
        var party = new RelyingParty(identity);
        await AssertRefusedAsync(browser, party.AuthorizeUrl(("authorization_details", Ceremony.Detail(new string('t', 101)))));
        await AssertRefusedAsync(browser, party.AuthorizeUrl(("authorization_details", Ceremony.Detail("t", chinese: new string('长', 201)))));
        var stranger = new RelyingParty(identity, "other", "https://other.example/callback");
        await AssertRefusedAsync(browser, stranger.AuthorizeUrl(("authorization_details", Ceremony.Detail("t"))));
        var metadata = await Answer.FromAsync(await identity.Http.GetAsync(new Uri("/.well-known/openid-configuration", UriKind.Relative)));
        Assert.Equal("urn:yinxin:presence", metadata.Body.GetProperty("authorization_details_types_supported")[0].GetString());
    }

    /// <summary>On a page: who has not acted yet is not sent to the client by a bad request (RFC 9700 §4.11.2).</summary>
    private static async Task AssertRefusedAsync(Browser browser, string url)
    {
        var refused = await browser.GetAsync(url);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("invalid_authorization_details", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static string? Error(HttpResponseMessage response) => HttpUtility.ParseQueryString(response.Headers.Location!.Query)["error"];
}

[Collection(OnSqlite.Name)]
public sealed class PresenceRequestsOnSqlite(SqliteIdentity identity) : PresenceRequestSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class PresenceRequestsOnPostgres(PostgresIdentity identity) : PresenceRequestSuite(identity);
