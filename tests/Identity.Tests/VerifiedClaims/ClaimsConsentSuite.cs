using System.Net;
using System.Text.RegularExpressions;
using System.Web;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.VerifiedClaims;

/// <summary>Verified claims are given by consent, for a purpose: once asked, declined, widened, taken back.</summary>
public abstract class ClaimsConsentSuite(IdentityFixture identity)
{
    [Fact]
    public async Task Who_asks_for_no_claim_gets_none_and_nobody_is_asked()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var stand = new ClaimsStand(person, party);
        var answer = await stand.AskAsync(ClaimsStand.Asking("userinfo", ClaimsStand.Any, "null"));
        Assert.Null(await stand.UserInfoAsync(await party.RedeemAsync(RelyingParty.Code(answer.Headers.Location!))));
    }

    [Fact]
    public async Task A_purpose_of_one_claim_is_shown_with_it_and_only_when_that_claim_can_be_given()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var stand = new ClaimsStand(person, new RelyingParty(identity));
        var asked = ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":null,"birthdate":{"purpose":"核对年龄 <b>"},"id_number":{"purpose":"核对号码"}}""");
        var page = await person.ReadAsync((await stand.AskAsync(asked)).Headers.Location!.OriginalString);
        Assert.Contains("出生日期：核对年龄", page, StringComparison.Ordinal);
        Assert.DoesNotContain("核对号码", page, StringComparison.Ordinal);
    }

    [Fact] // 46
    public async Task Consent_is_asked_once_for_a_purpose_and_again_for_more()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var stand = new ClaimsStand(person, new RelyingParty(identity));
        var name = ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":null}""");
        await stand.SignInAsync(name, "name");
        Assert.Null(HttpUtility.ParseQueryString(new Uri(new Uri(identity.Issuer), (await stand.AskAsync(name, ("prompt", "none"))).Headers.Location!).Query)["error"]);

        // More data, and another purpose.
        Assert.Equal("consent_required", Error(await stand.AskAsync(ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":null,"birthdate":null}"""), ("prompt", "none"))));
        Assert.Equal("consent_required", Error(await stand.AskAsync(ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":{"purpose":"Something else"}}"""), ("prompt", "none"))));
        Assert.Equal("consent_required", Error(await stand.AskAsync(ClaimsStand.Asking("userinfo", """{"verification":{"trust_framework":null},"claims":{"name":null},"purpose":"For the whole"}"""), ("prompt", "none"))));

        // Also when two differ only late.
        var lengthy = ClaimsStand.Asking("userinfo", ClaimsStand.Any, "{\"name\":{\"purpose\":\"" + new string('p', 299) + "1\"}}");
        await stand.SignInAsync(lengthy, "name");
        Assert.Null(Error(await stand.AskAsync(lengthy, ("prompt", "none"))));
        Assert.Equal("consent_required", Error(await stand.AskAsync(lengthy.Replace("p1", "p2", StringComparison.Ordinal), ("prompt", "none"))));

        // One left unticked is not given and not asked for again.
        var both = ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":null,"birthdate":null}""");
        var tokens = await stand.SignInAsync(both, "name");
        Assert.Equal(["name"], (await stand.UserInfoAsync(tokens))!.Value.GetProperty("claims").EnumerateObject().Select(c => c.Name));
        Assert.NotNull(HttpUtility.ParseQueryString((await stand.AskAsync(both)).Headers.Location!.Query)["code"]);

        // Another client is another matter.
        Assert.StartsWith("/account/consent", (await new ClaimsStand(person, new RelyingParty(identity, "confidential")).AskAsync(name)).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_declines_goes_on_without()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var stand = new ClaimsStand(person, party);
        var asked = ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":{"essential":true}}""");
        foreach (var answer in (string[])["decline", "agree"])
        {
            var page = (await stand.AskAsync(asked)).Headers.Location!.OriginalString;
            var onwards = await person.Browser.GetAsync((await stand.ConsentAsync(page, answer)).Headers.Location!.OriginalString);
            Assert.Null(await stand.UserInfoAsync(await party.RedeemAsync(RelyingParty.Code(onwards.Headers.Location!))));
        }
    }

    [Fact] // 46
    public async Task Whoever_declines_more_gives_this_answer_nothing_and_keeps_what_was_given_for_less()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var stand = new ClaimsStand(person, party);
        var name = ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":null}""");
        var earlier = await stand.SignInAsync(name, "name");
        Assert.NotNull(await stand.UserInfoAsync(earlier));

        var wider = await stand.AskAsync(ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":null,"birthdate":null}"""));
        var onwards = await person.Browser.GetAsync((await stand.ConsentAsync(wider.Headers.Location!.OriginalString, "decline")).Headers.Location!.OriginalString);
        Assert.Null(await stand.UserInfoAsync(await party.RedeemAsync(RelyingParty.Code(onwards.Headers.Location!))));

        // The older consent stands: for its own tokens, and for the next request that asks for no more.
        Assert.NotNull(await stand.UserInfoAsync(earlier));
        var again = await party.RedeemAsync(RelyingParty.Code((await stand.AskAsync(name, ("prompt", "none"))).Headers.Location!));
        Assert.NotNull(await stand.UserInfoAsync(again));
    }

    [Fact]
    public async Task Taken_back_it_ends_at_once_and_is_asked_for_again()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        var stand = new ClaimsStand(person, new RelyingParty(identity));
        var asked = ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":null}""");
        var tokens = await stand.SignInAsync(asked, "name");
        Assert.NotNull(await stand.UserInfoAsync(tokens));
        var page = await person.ReadAsync("/account/applications");
        Assert.Contains("停止提供", page, StringComparison.Ordinal);
        Assert.Contains("最近提供", page, StringComparison.Ordinal);
        var id = Regex.Match(page, "name=\"id\" value=\"(?<id>[0-9a-f-]{36})\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["id"].Value;

        // Not by somebody else.
        await other.FillAsync("/account/applications", "/account/applications?handler=Consent", ("id", id));
        await Mandates.Company.SendAsync(other, "/account/applications?handler=Consent", ("id", id));
        Assert.NotNull(await stand.UserInfoAsync(tokens));

        await person.FillAsync("/account/applications", "/account/applications?handler=Consent", ("id", id));
        Assert.Null(await stand.UserInfoAsync(tokens));
        Assert.StartsWith("/account/consent", (await stand.AskAsync(asked)).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact] // 46, 48
    public async Task A_consent_sent_twice_is_one_and_nothing_of_it_is_left_when_it_is_taken_back()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var stand = new ClaimsStand(person, party);
        var asked = ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":null}""");
        var page = (await stand.AskAsync(asked)).Headers.Location!.OriginalString;
        Assert.Equal(HttpStatusCode.BadRequest, (await person.Browser.PostAsync(page, [new("answer", "agree"), new("given", "name")])).StatusCode);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => stand.ConsentAsync(page, "agree", "name")));
        var tokens = await party.RedeemAsync(RelyingParty.Code((await person.Browser.GetAsync(answers[0].Headers.Location!.OriginalString)).Headers.Location!));

        // Once more from the history: what was given stays given, under the tokens that are there.
        await stand.ConsentAsync(page, "agree", "name");
        Assert.NotNull(await stand.UserInfoAsync(tokens));
        Assert.Equal(1, await identity.RowsAsync($"\"ClaimConsents\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(person.Person.IdNumber)}'"));

        var id = Regex.Match(await person.ReadAsync("/account/applications"), "name=\"id\" value=\"(?<id>[0-9a-f-]{36})\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["id"].Value;
        await person.FillAsync("/account/applications", "/account/applications?handler=Consent", ("id", id));
        Assert.Null(await stand.UserInfoAsync(tokens));
        Assert.StartsWith("/account/consent", (await stand.AskAsync(asked)).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    private static string? Error(HttpResponseMessage response) => HttpUtility.ParseQueryString(response.Headers.Location!.Query)["error"];
}

[Collection(OnSqlite.Name)]
public sealed class ClaimsConsentOnSqlite(SqliteIdentity identity) : ClaimsConsentSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class ClaimsConsentOnPostgres(PostgresIdentity identity) : ClaimsConsentSuite(identity);
