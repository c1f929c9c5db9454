using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.VerifiedClaims;

/// <summary>OpenID Connect for Identity Assurance: asked for by the claims parameter, given by consent, for a purpose, and no more than asked.</summary>
public abstract class VerifiedClaimsSuite(IdentityFixture identity)
{
    private const string Full = """{"trust_framework":null,"assurance_level":null,"time":null,"verification_process":null,"assurance_process":{"policy":null,"assurance_details":[{"assurance_type":{"value":"any"}}]},"evidence":[{"type":{"value":"electronic_record"},"check_details":[{"check_method":null,"organization":null,"time":null}],"record":{"type":null,"source":{"name":null,"country_code":null}}}]}""";

    [Fact]
    public async Task What_is_asked_for_and_agreed_to_is_given_with_the_evidence_that_bears_it()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var stand = new ClaimsStand(person, new RelyingParty(identity));
        var asked = ClaimsStand.Asking("userinfo", Full, """{"name":null,"birthdate":{"essential":true},"phone_number":null}""");
        var first = await stand.AskAsync(asked);
        var page = first.Headers.Location!.OriginalString;
        var text = await person.ReadAsync(page);
        Assert.Contains("办理样例业务时核对身份", text, StringComparison.Ordinal);
        Assert.Contains("出生日期", text, StringComparison.Ordinal);
        Assert.DoesNotContain("身份证号码", text, StringComparison.Ordinal);
        Assert.DoesNotContain(person.Person.IdNumber, text, StringComparison.Ordinal);

        var tokens = await stand.SignInAsync(asked, "name", "birthdate", "phone_number");
        Assert.False(Answer.Claims(tokens.IdToken).TryGetProperty("verified_claims", out _));
        Assert.False(Answer.Claims(tokens.AccessToken).TryGetProperty("verified_claims", out _));
        var verified = (await stand.UserInfoAsync(tokens))!.Value;
        IdentityAssuranceSchema.Check(verified);
        var (verification, claims) = (verified.GetProperty("verification"), verified.GetProperty("claims"));
        Assert.Equal(["birthdate", "name", "phone_number"], claims.EnumerateObject().Select(c => c.Name).Order());
        Assert.Equal(person.Person.Name, claims.GetProperty("name").GetString());
        Assert.Equal(person.Person.IdNumber[6..14], claims.GetProperty("birthdate").GetString()!.Replace("-", "", StringComparison.Ordinal));
        Assert.Equal("cn_ah_gov_service", verification.GetProperty("trust_framework").GetString());
        Assert.Equal("primary", verification.GetProperty("assurance_level").GetString());
        Assert.Equal(["mobile_subscription", "population_register"], verification.GetProperty("evidence").EnumerateArray().Select(e => e.GetProperty("record").GetProperty("type").GetString()!).Order());
        Assert.StartsWith("cn_ah_gov_service:", verification.GetProperty("assurance_process").GetProperty("policy").GetString(), StringComparison.Ordinal);
        Assert.All(verification.GetProperty("evidence").EnumerateArray(), e => Assert.True(e.GetProperty("check_details")[0].TryGetProperty("time", out _)));
        Assert.DoesNotContain("check_id", verification.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"check_method":null,"check_id":null,"time":null}]""", """{"type":null}""", new[] { "check_method", "time" })]
    [InlineData("""[{"organization":null}]""", """{"source":{"name":null}}""", new[] { "check_method", "organization" })]
    [InlineData("""[{"nonsense":null}]""", """{"source":{"nonsense":null}}""", new[] { "check_method" })]
    public async Task A_part_comes_with_what_it_cannot_do_without(string checks, string record, string[] members)
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var stand = new ClaimsStand(person, new RelyingParty(identity));

        // Written out, since a client may ask for less than the schema wants.
        var set = "{\"verification\":{\"trust_framework\":null,\"evidence\":[{\"type\":null,\"check_details\":" + checks + ",\"record\":" + record + "}]},\"claims\":{\"name\":null}}";
        var verified = (await stand.UserInfoAsync(await stand.SignInAsync(ClaimsStand.Asking("userinfo", set), "name")))!.Value;
        IdentityAssuranceSchema.Check(verified);
        var evidence = Assert.Single(verified.GetProperty("verification").GetProperty("evidence").EnumerateArray().ToList());
        Assert.Equal(["check_details", "record", "type"], evidence.EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal("population_register", evidence.GetProperty("record").GetProperty("type").GetString());
        Assert.Equal(members, evidence.GetProperty("check_details")[0].EnumerateObject().Select(m => m.Name).Where(n => n != "check_id").Order());
    }

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

    [Fact]
    public async Task The_id_token_has_its_own_and_a_refresh_repeats_nothing()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var stand = new ClaimsStand(person, party);
        var tokens = await stand.SignInAsync(ClaimsStand.Asking("id_token", ClaimsStand.Any, """{"name":null}"""), "name");
        var verified = Answer.Claims(tokens.IdToken).GetProperty("verified_claims");
        IdentityAssuranceSchema.Check(verified);
        Assert.Equal(["trust_framework"], verified.GetProperty("verification").EnumerateObject().Select(m => m.Name));
        Assert.Null(await stand.UserInfoAsync(tokens));
        Assert.False(Answer.Claims((await party.RefreshAsync(tokens.RefreshToken)).IdToken).TryGetProperty("verified_claims", out _));
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

    [Fact]
    public async Task A_client_gets_no_more_than_its_registration_allows()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var stand = new ClaimsStand(person, new RelyingParty(identity));
        var tokens = await stand.SignInAsync(ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"id_number":{"essential":true},"id_number_masked":null,"ethnicity":null,"nonsense":null}"""), "id_number", "id_number_masked", "ethnicity");
        var claims = (await stand.UserInfoAsync(tokens))!.Value.GetProperty("claims");
        Assert.Equal(["id_number_masked"], claims.EnumerateObject().Select(c => c.Name));
        Assert.DoesNotContain(person.Person.IdNumber[6..14], claims.ToString(), StringComparison.Ordinal);

        // Nothing of it allowed: nobody is asked, nothing is given. A client without the right asks in vain.
        foreach (var party in (RelyingParty[])[new(identity), new(identity, "other", "https://other.example/callback")])
        {
            var wanted = party.Redirect.StartsWith("https", StringComparison.Ordinal) ? "name" : "id_number";
            var answer = await new ClaimsStand(person, party).AskAsync(ClaimsStand.Asking("userinfo", ClaimsStand.Any, "{\"" + wanted + "\":null}"));
            var signedIn = await party.RedeemAsync(RelyingParty.Code(answer.Headers.Location!));
            Assert.False((await party.UserInfoAsync(signedIn.AccessToken)).Body.TryGetProperty("verified_claims", out _));
        }
    }

    [Theory]
    [InlineData("""{"trust_framework":{"value":"cn_ah_gov_service"}}""", true)]
    [InlineData("""{"trust_framework":{"values":["eidas","cn_ah_gov_service"]}}""", true)]
    [InlineData("""{"trust_framework":{"value":"eidas"}}""", false)]
    [InlineData("""{"trust_framework":null,"assurance_level":{"value":"primary"}}""", true)]
    [InlineData("""{"trust_framework":null,"assurance_level":{"value":"intermediate"}}""", false)]
    [InlineData("""{"trust_framework":null,"time":{"max_age":3600}}""", true)]
    [InlineData("""{"trust_framework":null,"verification_process":{"value":"another"}}""", false)]
    [InlineData("""{"trust_framework":null,"assurance_process":{"procedure":null}}""", true)]
    [InlineData("""{"trust_framework":null,"assurance_process":{"procedure":{"value":"any"}}}""", false)]
    [InlineData("""{"trust_framework":null,"assurance_process":{"assurance_details":[{"assurance_type":{"value":"any"}}]}}""", true)]
    [InlineData("""{"trust_framework":null,"evidence":[{"type":{"value":"electronic_record"},"check_details":[{"check_method":null,"time":{"max_age":3600}}]}]}""", true)]
    [InlineData("""{"trust_framework":null,"evidence":[{"type":{"value":"electronic_record"},"document_details":{"type":null}}]}""", true)]
    [InlineData("""{"trust_framework":null,"evidence":[{"type":{"value":"electronic_record"},"document_details":{"type":{"value":"passport"}}}]}""", false)]
    [InlineData("""{"trust_framework":null,"evidence":[{"type":{"value":"electronic_record"},"record":{"date_of_expiry":{"max_age":60}}}]}""", false)]
    [InlineData("""{"trust_framework":null,"evidence":[{"type":{"value":"electronic_record"},"attachments":null}]}""", true)]
    [InlineData("""{"trust_framework":null,"evidence":[{"type":{"value":"electronic_record"}}]}""", true)]
    [InlineData("""{"trust_framework":null,"evidence":[{"type":{"value":"vouch"}},{"type":{"value":"electronic_record"},"check_details":[{"check_method":{"value":"data"}}]}]}""", true)]
    [InlineData("""{"trust_framework":null,"evidence":[{"type":{"value":"document"}}]}""", false)]
    [InlineData("""{"trust_framework":null,"evidence":[{"type":{"value":"electronic_record"},"check_details":[{"check_method":{"value":"pvp"}}]}]}""", false)]
    [InlineData("""{"trust_framework":null,"evidence":[{"type":{"value":"electronic_record"},"record":{"type":{"value":"passport_register"}}}]}""", false)]
    public async Task A_condition_that_is_not_met_leaves_the_whole_set_out(string verification, bool given)
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var stand = new ClaimsStand(person, new RelyingParty(identity));
        var verified = await stand.UserInfoAsync(await stand.SignInAsync(ClaimsStand.Asking("userinfo", verification, """{"name":null}"""), "name"));
        Assert.Equal(given, verified is not null);
        if (verified is { } set)
        {
            IdentityAssuranceSchema.Check(set);
        }
    }

    [Fact]
    public async Task A_value_that_differs_leaves_its_claim_out_and_several_sets_come_as_a_list()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var stand = new ClaimsStand(person, new RelyingParty(identity));
        var wrong = ClaimsStand.Set(ClaimsStand.Any, """{"name":{"value":"别人"},"birthdate":null}""");
        var phone = ClaimsStand.Set("""{"trust_framework":null,"evidence":[{"type":{"value":"electronic_record"},"record":{"type":null}}]}""", """{"phone_number":null}""");
        var never = ClaimsStand.Set(ClaimsStand.Any, """{"name":{"value":"别人"}}""");
        var tokens = await stand.SignInAsync("{\"userinfo\":{\"verified_claims\":[" + string.Join(',', wrong, phone, never) + "]}}", "name", "birthdate", "phone_number");
        var sets = (await stand.UserInfoAsync(tokens))!.Value;
        Assert.Equal(2, sets.GetArrayLength());
        Assert.Equal(["birthdate"], sets[0].GetProperty("claims").EnumerateObject().Select(c => c.Name));

        // Each set with the evidence that bears its own claims.
        Assert.Equal(["mobile_subscription"], sets[1].GetProperty("verification").GetProperty("evidence").EnumerateArray().Select(e => e.GetProperty("record").GetProperty("type").GetString()));
        IdentityAssuranceSchema.Check(sets);
    }

    [Fact]
    public async Task Without_evidence_in_force_there_is_no_verified_claim()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var stand = new ClaimsStand(person, new RelyingParty(identity));
        var tokens = await stand.SignInAsync(ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":null,"phone_number":null}"""), "name", "phone_number");
        await identity.ExpireEvidenceAsync(person.Person.Phone, "phone-otp");
        var left = await stand.UserInfoAsync(tokens);
        Assert.True(left is null || !left.Value.GetProperty("claims").TryGetProperty("phone_number", out _));
    }

    [Fact]
    public async Task Evidence_bears_only_what_it_compared_and_none_of_before_a_new_name_bears_the_name()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        await person.FillAsync("/account/raise/bank-card", ("CardNumber", person.Person.BankCard));
        var stand = new ClaimsStand(person, new RelyingParty(identity));
        const string verification = """{"trust_framework":null,"evidence":[{"type":{"value":"electronic_record"},"record":{"type":null}}]}""";
        var tokens = await stand.SignInAsync(ClaimsStand.Asking("userinfo", verification, """{"name":null,"gender":null}"""), "name", "gender");
        var before = (await stand.UserInfoAsync(tokens))!.Value;
        Assert.Equal(["gender", "name"], before.GetProperty("claims").EnumerateObject().Select(c => c.Name).Order());
        Assert.Equal(["bank_account", "population_register"], Records(before));

        const string name = "样新名";
        (await identity.Sandbox.Http.PostAsJsonAsync("/changes/v1/samples", new { kind = "name-changed", idNumber = person.Person.IdNumber, name })).EnsureSuccessStatusCode();
        var after = before;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (after.GetProperty("claims").GetProperty("name").GetString() != name)
        {
            await Task.Delay(100, limit.Token);
            after = (await stand.UserInfoAsync(tokens))!.Value;
        }

        // The notice compared number and name and nothing else; the card was held against the former name.
        Assert.Equal(["name"], after.GetProperty("claims").EnumerateObject().Select(c => c.Name));
        Assert.Equal(["population_register"], Records(after));

        // Whoever wants the rest to be given again has it compared with the new name.
        const string form = "/account/raise/population?ReturnUrl=%2Faccount";
        Assert.Contains(form, await person.ReadAsync("/account"), StringComparison.Ordinal);
        var compared = await person.FillAsync(form, ("IdNumber", person.Person.IdNumber), ("Name", name), ("Sex", person.Person.Sex), ("Ethnicity", person.Person.Ethnicity));
        Assert.Equal("/account", compared.Headers.Location?.OriginalString);
        Assert.DoesNotContain(form, await person.ReadAsync("/account"), StringComparison.Ordinal);
        after = (await stand.UserInfoAsync(tokens))!.Value;
        Assert.Equal(["gender", "name"], after.GetProperty("claims").EnumerateObject().Select(c => c.Name).Order());

        static IEnumerable<string> Records(JsonElement set) => set.GetProperty("verification").GetProperty("evidence").EnumerateArray().Select(e => e.GetProperty("record").GetProperty("type").GetString()!).Order();
    }

    [Theory]
    [InlineData("""{"userinfo":{"verified_claims":{}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":[]}}""")]
    [InlineData("""{"userinfo":{"verified_claims":"all"}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"claims":{"name":null}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{},"claims":{"name":null}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null}}}}""")]
    [InlineData("""{"id_token":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"name":"x"}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"name":null},"purpose":"a"}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"name":null,"name":null}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"name":{"purpose":"a"}}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"name":{"essential":"yes"}}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"name":{"values":"x"}}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"name":{"value":"\ud800"}}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"name":null},"purpose":"\ud800 and more"}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":"eidas"},"claims":{"name":null}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":{"value":7}},"claims":{"name":null}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":{"values":[]}},"claims":{"name":null}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null,"time":{"max_age":-1}},"claims":{"name":null}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null,"time":{"max_age":"long"}},"claims":{"name":null}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null,"evidence":null},"claims":{"name":null}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null,"evidence":[]},"claims":{"name":null}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null,"evidence":[null]},"claims":{"name":null}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null,"evidence":{"type":{"value":"document"}}},"claims":{"name":null}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":{"verification":{"trust_framework":null,"evidence":[{"type":{"value":"document"},"check_details":{"check_method":{"value":"bvr"}}}]},"claims":{"name":null}}}}""")]
    [InlineData("""{"userinfo":{"verified_claims":""")]
    public async Task A_malformed_request_is_refused_at_both_doors(string claims)
    {
        using var browser = identity.NewBrowser();
        var party = new RelyingParty(identity);
        var refused = await browser.GetAsync(party.AuthorizeUrl(("claims", claims)));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("invalid_request", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("invalid_request", (await party.PostAsync("/connect/par", [.. party.Request(("claims", claims)).Select(p => (p.Key, (string?)p.Value))]))["error"]);
    }

    [Fact]
    public async Task Words_of_members_that_nobody_here_knows_are_ignored()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var stand = new ClaimsStand(person, new RelyingParty(identity));
        const string set = """{"verification":{"trust_framework":null,"of_another_profile":"x","evidence":[{"type":null,"weight":7,"fresh":true}]},"claims":{"name":null}}""";
        var given = (await stand.UserInfoAsync(await stand.SignInAsync(ClaimsStand.Asking("userinfo", set), "name")))!.Value;
        Assert.Equal(["name"], given.GetProperty("claims").EnumerateObject().Select(c => c.Name));
        Assert.Equal(["evidence", "trust_framework"], given.GetProperty("verification").EnumerateObject().Select(c => c.Name).Order());
    }

    [Fact]
    public async Task A_pushed_request_asks_as_well_and_metadata_says_what_there_is()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity, "confidential");
        var stand = new ClaimsStand(person, party);
        var request = party.Request(("claims", ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":null}""")));
        var pushed = await party.PostAsync("/connect/par", [.. request.Select(p => (p.Key, (string?)p.Value))]);
        var page = (await person.Browser.GetAsync($"/connect/authorize?client_id=confidential&request_uri={Uri.EscapeDataString(pushed["request_uri"]!)}")).Headers.Location!.OriginalString;
        var onwards = await person.Browser.GetAsync((await stand.ConsentAsync(page, "agree", "name")).Headers.Location!.OriginalString);
        Assert.NotNull(await stand.UserInfoAsync(await party.RedeemAsync(RelyingParty.Code(onwards.Headers.Location!))));

        var metadata = (await Answer.FromAsync(await identity.Http.GetAsync(new Uri("/.well-known/openid-configuration", UriKind.Relative)))).Body;
        Assert.True(metadata.GetProperty("verified_claims_supported").GetBoolean());
        foreach (var name in (string[])["trust_frameworks_supported", "evidence_supported", "documents_supported", "documents_check_methods_supported", "electronic_records_supported", "claims_in_verified_claims_supported"])
        {
            Assert.NotEqual(0, metadata.GetProperty(name).GetArrayLength());
        }
    }

    [Fact]
    public async Task Each_release_is_on_record_by_names_and_never_by_values()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var stand = new ClaimsStand(person, new RelyingParty(identity));
        var tokens = await stand.SignInAsync(ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":null,"birthdate":null}"""), "name", "birthdate");
        await stand.UserInfoAsync(tokens);
        var mine = $"\"SubjectId\" = '{Answer.Claims(tokens.IdToken).GetProperty("sub").GetString()}'";
        var details = await identity.ReadAsync($"SELECT \"Details\" FROM \"AuditRecords\" WHERE {mine} AND \"Action\" = 'claims.release'");
        Assert.Contains("birthdate", details, StringComparison.Ordinal);
        Assert.DoesNotContain(person.Person.IdNumber[6..10], details, StringComparison.Ordinal);
        Assert.DoesNotContain(person.Person.Name, details, StringComparison.Ordinal);
        var export = JsonDocument.Parse(await (await person.FillAsync("/account/export")).Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(1, export.GetProperty("consents").GetArrayLength());

        // Nobody's page without a request.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync("/account/consent")).StatusCode);
    }

    private static string? Error(HttpResponseMessage response) => HttpUtility.ParseQueryString(response.Headers.Location!.Query)["error"];
}

[Collection(OnSqlite.Name)]
public sealed class VerifiedClaimsOnSqlite(SqliteIdentity identity) : VerifiedClaimsSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class VerifiedClaimsOnPostgres(PostgresIdentity identity) : VerifiedClaimsSuite(identity);
