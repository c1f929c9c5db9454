using System.Globalization;
using System.Net;
using System.Text.Json;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.Sources;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>The grade of an organisation as services and officials are told it: level, what carries it, what is missing, the ways to that.</summary>
public abstract class OrganisationGradeSuite(IdentityFixture identity)
{
    private static readonly string[] Registered = ["legal-representative-match", "market-registry-match", "organisation-code-match"];

    [Fact]
    public async Task It_rises_with_evidence_and_falls_with_it_and_says_each_time_what_carries_it_and_what_would_raise_it()
    {
        using var company = await Company.NewAsync(identity);
        var auditor = await Official.SignInAsync(identity, "auditor", "identity.grade");
        var address = $"/api/organisations/{company.Id}/grade";
        var primary = await auditor.GetAsync(address);
        var told = $"您担任法定代表人的组织“{company.Organisation.Name}”的认证等级由";
        Assert.DoesNotContain(told, await company.Representative.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Equal(("organisation", "primary", "urn:yinxin:assurance:primary", "whole"), (primary["kind"], primary["level"], primary["acr"], primary["chain"]));
        Assert.Equal(company.Id.ToString(), primary["subjectId"]);
        Assert.Equal(Registered, Carrying(primary));
        Assert.Equal("intermediate", primary.Body.GetProperty("missing").GetProperty("level").GetString());
        string[] lacking = ["counter", "enterprise-certificate", "tax-account"];
        Assert.Equal(lacking, Assert.Single(primary.Body.GetProperty("missing").GetProperty("anyOf").EnumerateArray()).EnumerateArray().Select(k => k.GetString()).Order(StringComparer.Ordinal));
        var ways = primary.Body.GetProperty("ways").EnumerateArray().ToDictionary(w => w.GetProperty("kind").GetString()!, StringComparer.Ordinal);
        Assert.Equal(lacking, ways.Keys.Order(StringComparer.Ordinal));
        Assert.All(ways.Values, w => Assert.True(w.GetProperty("open").GetBoolean() && w.GetProperty("minutes").GetInt32() > 0));
        Assert.Equal(("税务申报账户", "Tax-filing account"), (ways["tax-account"].GetProperty("title").GetProperty("zh").GetString(), ways["tax-account"].GetProperty("title").GetProperty("en").GetString()));
        Assert.Equal(JsonValueKind.Null, ways["counter"].GetProperty("path").ValueKind);

        // The way that it names leads there.
        var moment = identity.Time.GetUtcNow();
        identity.Time.Advance(TimeSpan.FromSeconds(2));
        var page = ways["tax-account"].GetProperty("path").GetString()!;
        Assert.Equal(HttpStatusCode.Found, (await company.Representative.FillAsync(page, ("Account", company.Organisation.TaxAccount))).StatusCode);
        var raised = await auditor.GetAsync(address);
        Assert.Equal(("intermediate", "whole"), (raised["level"], raised["chain"]));
        Assert.Equal([.. Registered, "tax-account"], Carrying(raised));
        Assert.InRange(DateTimeOffset.Parse(raised["changesAt"]!, CultureInfo.InvariantCulture), moment.AddDays(364), moment.AddDays(367));
        Assert.True(string.IsNullOrEmpty(raised["missing"]), raised["missing"]);
        Assert.Equal(0, raised.Body.GetProperty("ways").GetArrayLength());

        Assert.Contains(told + "“初级”变为“中级”。", await company.Representative.ReadAsync("/account/notices"), StringComparison.Ordinal);

        // The moment before, as it was; nothing raises the past.
        var then = await auditor.GetAsync($"{address}?at={Uri.EscapeDataString(moment.ToString("O", CultureInfo.InvariantCulture))}");
        Assert.Equal(("primary", "0"), (then["level"], then.Body.GetProperty("ways").GetArrayLength().ToString(CultureInfo.InvariantCulture)));

        var receipt = await identity.ReadAsync($"SELECT \"ReferenceAtSource\" FROM \"Evidence\" WHERE \"Kind\" = 'tax-account' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{company.Id}' AND \"ReferenceAtSource\" IS NOT NULL");
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "tax", receipt));
        var fallen = await auditor.GetAsync(address);
        Assert.Equal(("primary", "whole"), (fallen["level"], fallen["chain"]));
        Assert.Equal(Registered, Carrying(fallen));

        // Of what its source took back that notice tells, and no second one.
        var notices = await company.Representative.ReadAsync("/account/notices");
        Assert.Contains($"为您所代表组织“{company.Organisation.Name}”的认证等级作证", notices, StringComparison.Ordinal);
        Assert.DoesNotContain(told + "“中级”变为“初级”", notices, StringComparison.Ordinal);
        Assert.Contains(
            $"The assurance level of the organisation “{company.Organisation.Name}” that you represent changed from “Primary” to “Intermediate”.",
            await Applicant.TextAsync(await company.Representative.Browser.GetAsync("/account/notices?lang=en")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_told_of_an_organisation_that_there_is_not_and_no_citizen_of_any()
    {
        using var company = await Company.NewAsync(identity);
        var auditor = await Official.SignInAsync(identity, "auditor", "identity.grade");
        Assert.Equal("identity.grade.unknown", (await auditor.GetAsync($"/api/organisations/{Guid.NewGuid()}/grade"))["code"]);

        // The key of the other kind is as unknown as none at all, whatever evidence there is of it.
        var person = await identity.KeyOfAsync(company.Representative.Person.IdNumber);
        foreach (var address in (string[])[$"/api/accounts/{company.Id}/grade", $"/api/organisations/{person}/grade"])
        {
            var answer = await auditor.GetAsync(address);
            Assert.Equal((HttpStatusCode.NotFound, "identity.grade.unknown"), (answer.Status, answer["code"]));
        }

        Assert.Equal(HttpStatusCode.OK, (await auditor.GetAsync($"/api/accounts/{person}/grade")).Status);
        var citizen = await Official.SignInAsync(identity, "citizen", "identity.grade");
        Assert.Equal("identity.official.role", (await citizen.GetAsync($"/api/organisations/{company.Id}/grade"))["code"]);
        var ahead = identity.Time.GetUtcNow().AddDays(1).ToString("O", CultureInfo.InvariantCulture);
        Assert.Equal("identity.grade.later", (await auditor.GetAsync($"/api/organisations/{company.Id}/grade?at={Uri.EscapeDataString(ahead)}"))["code"]);
    }

    [Fact]
    public async Task Who_represents_it_is_told_by_a_token_that_acts_for_it_and_neither_agent_nor_stranger_is()
    {
        using var company = await Company.NewAsync(identity);
        using var other = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var address = $"/api/organisations/{company.Id}/grade";
        var representative = await ActingAsync(company.Representative, company.Id.ToString());

        // His own grade says where the organisation's stands.
        var own = await representative.GetAsync("/api/grade");
        Assert.Equal(("person", "intermediate", company.Id.ToString()), (own["kind"], own["level"], own["organisation"]));
        var grade = await representative.GetAsync($"/api/organisations/{own["organisation"]}/grade");
        Assert.Equal((HttpStatusCode.OK, "organisation", "primary"), (grade.Status, grade["kind"], grade["level"]));
        Assert.Equal(company.Id.ToString(), grade["subjectId"]);
        Assert.Equal(Registered, Carrying(grade));
        Assert.Equal(3, grade.Body.GetProperty("ways").GetArrayLength());
        Assert.True(string.IsNullOrEmpty(grade["chain"]), grade["chain"]);

        var agents = await ActingAsync(agent, $"mandate-{mandate}");
        Assert.True(string.IsNullOrEmpty((await agents.GetAsync("/api/grade"))["organisation"]));
        var himself = await ActingAsync(company.Representative, "");
        Assert.True(string.IsNullOrEmpty((await himself.GetAsync("/api/grade"))["organisation"]));
        foreach (var asker in (Official[])[agents, himself, await ActingAsync(other.Representative, other.Id.ToString())])
        {
            var refused = await asker.GetAsync(address);
            Assert.Equal((HttpStatusCode.Forbidden, "identity.official.role"), (refused.Status, refused["code"]));
        }

        // Nor by a token of before, once the register names another.
        using var newcomer = await Applicant.NewAsync(identity);
        Assert.Equal("resting", await AuthorityEvents.HappenAsync(
            identity, "market", id => new { id, number = 1, kind = "representative-changed", uscc = company.Organisation.Uscc, representativeIdNumber = newcomer.Person.IdNumber }));
        Assert.True((await representative.GetAsync(address)).Status is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized);
    }

    private async Task<Official> ActingAsync(Applicant who, string choice)
    {
        var party = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        return new Official(identity, (await Company.SignInAsync(who, choice, party, "openid profile identity.grade")).AccessToken);
    }

    private static IEnumerable<string?> Carrying(Answer grade) =>
        grade.Body.GetProperty("evidence").EnumerateArray().Select(e => e.GetProperty("kind").GetString()).Order(StringComparer.Ordinal);
}

[Collection(OnSqlite.Name)]
public sealed class OrganisationGradesOnSqlite(SqliteIdentity identity) : OrganisationGradeSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class OrganisationGradesOnPostgres(PostgresIdentity identity) : OrganisationGradeSuite(identity);
