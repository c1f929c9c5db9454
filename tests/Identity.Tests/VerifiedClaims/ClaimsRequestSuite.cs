using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.VerifiedClaims;

/// <summary>How verified claims are asked for: conditions on the verification and on values, a pushed request, and what is malformed.</summary>
public abstract class ClaimsRequestSuite(IdentityFixture identity)
{
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
}

[Collection(OnSqlite.Name)]
public sealed class ClaimsRequestsOnSqlite(SqliteIdentity identity) : ClaimsRequestSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class ClaimsRequestsOnPostgres(PostgresIdentity identity) : ClaimsRequestSuite(identity);
