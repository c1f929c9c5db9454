using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.VerifiedClaims;

/// <summary>OpenID Connect for Identity Assurance: what is given of what was asked for and agreed to, with the evidence that bears it, and no more.</summary>
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
    public async Task Times_are_told_to_the_minute_so_that_no_two_sectors_compare_their_seconds()
    {
        // In the middle of a minute, so that none of its moments is a whole one by chance.
        identity.Time.Advance(TimeSpan.FromSeconds(90 - identity.Time.GetUtcNow().Second));
        var before = identity.Time.GetUtcNow();
        using var person = await Applicant.RegisteredAsync(identity);
        var stand = new ClaimsStand(person, new RelyingParty(identity));
        var verification = (await stand.UserInfoAsync(await stand.SignInAsync(ClaimsStand.Asking("userinfo", Full, """{"name":null,"phone_number":null}"""), "name", "phone_number")))!.Value.GetProperty("verification");
        var checks = verification.GetProperty("evidence").EnumerateArray().Select(e => e.GetProperty("check_details")[0].GetProperty("time"));
        List<string> times = [.. checks.Append(verification.GetProperty("time")).Select(t => t.GetString()!)];
        Assert.Equal(3, times.Count);
        Assert.All(times, text =>
        {
            Assert.EndsWith(":00Z", text, StringComparison.Ordinal);
            Assert.InRange(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture), before.AddMinutes(-1), identity.Time.GetUtcNow());
        });
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
        Assert.Equal(JsonValueKind.String, export.GetProperty("consents")[0].GetProperty("purposeEnglish").ValueKind);

        // Nobody's page without a request.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync("/account/consent")).StatusCode);
    }
}

[Collection(OnSqlite.Name)]
public sealed class VerifiedClaimsOnSqlite(SqliteIdentity identity) : VerifiedClaimsSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class VerifiedClaimsOnPostgres(PostgresIdentity identity) : VerifiedClaimsSuite(identity);
