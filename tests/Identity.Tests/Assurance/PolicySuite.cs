using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using NJsonSchema;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.Sources;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>How a policy is changed: proposed, tried on everybody, put in force by another official, and what that does to accounts. On servers of its own, since it changes everybody's level.</summary>
public abstract class PolicySuite(IdentityFixture identity)
{
    private const string Scope = "identity.policy identity.grade";
    private const string Bulk = "样例-批量";

    [Fact]
    public async Task A_policy_is_tried_on_everybody_before_a_second_official_puts_it_in_force()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard));
        var (proposer, second, auditor) = (await Official.SignInAsync(identity, "security", Scope), await Official.SignInAsync(identity, "security-second", Scope), await Official.SignInAsync(identity, "auditor", Scope));
        var subject = await SubjectAsync("unionpay-card");
        var (representative, organisation, id) = await Organisations.RegisteredAsync(identity);
        using var head = representative;
        Assert.Equal(HttpStatusCode.Found, (await head.FillAsync($"/account/organisations/tax-account?Organisation={id}&ReturnUrl=/account/organisations", ("Account", organisation.TaxAccount))).StatusCode);
        Assert.Equal("intermediate", (await auditor.GetAsync($"/api/accounts/{subject}/grade"))["level"]);
        var before = identity.Time.GetUtcNow();
        identity.Time.Advance(TimeSpan.FromSeconds(2));
        await AddOrganisationsAsync(1200, 7);

        // Proposed before, and waiting.
        var early = await CurrentAsync();
        early["name"] = "早试";
        var waiting = await proposer.PostAsync("/api/assurance-policies", new { policy = early, note = "样例：先提出" });
        Assert.Equal(HttpStatusCode.Created, waiting.Status);

        var policy = await CurrentAsync();
        policy["name"] = "试行";
        policy["person"]!["intermediate"]![0] = new JsonArray("counter", "real-person");
        policy["organisation"]!["intermediate"]![0] = new JsonArray("counter");
        var proposed = await proposer.PostAsync("/api/assurance-policies", new { policy, note = "样例：银行卡不再提升等级" });
        Assert.Equal(HttpStatusCode.Created, proposed.Status);
        Assert.Equal("proposed", proposed["state"]);
        var path = $"/api/assurance-policies/{proposed["version"]}";
        Assert.Equal("identity.policy.ownProposal", (await proposer.PostAsync(path + "/activation"))["code"]);
        Assert.Equal("identity.policy.noDryRun", (await second.PostAsync(path + "/activation"))["code"]);

        var run = await FinishAsync(auditor, await proposer.PostAsync(path + "/dry-runs"));
        Assert.Equal(("100", "True"), (run["percent"], run["dryRun"]));
        Assert.Equal(run["total"], run["seen"]);
        Assert.Equal("0", run["raised"]);
        Assert.Equal(1, run.Body.GetProperty("changes").GetProperty("person:intermediate>primary").GetInt32());
        Assert.Equal(1201, run.Body.GetProperty("changes").GetProperty("organisation:intermediate>primary").GetInt32());

        // Against what is in force, not against a shadow that is behind.
        Assert.False(run.Body.GetProperty("changes").TryGetProperty("organisation:primary>none", out _));
        Assert.Equal(("1202", "1"), (run["lowered"], run["againstVersion"]));
        Assert.Equal(100, run.Body.GetProperty("examples").GetArrayLength());
        Assert.Equal("intermediate", (await auditor.GetAsync($"/api/accounts/{subject}/grade"))["level"]);
        Assert.Equal(1200, await CountAsync("Intermediate"));

        await using var api = await SampleApi.StartAsync(identity);
        var party = new RelyingParty(identity);
        var held = await applicant.Browser.TokensAsync(party, ("scope", "openid profile offline_access license.read"));
        Assert.Equal(Strengthening.Intermediate, held.Acr());
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(held.AccessToken));
        var twin = await applicant.Browser.TokensAsync(new RelyingParty(identity), ("scope", "openid profile offline_access license.read"));
        Answer activated, elsewhere;
        await using (await identity.StartSecondAsync(5, ("Addresses:Identity", identity.Issuer)))
        {
            // Another node, which remembers the policy of before, makes tokens by the one in force all the same.
            using var node = new HttpClient { BaseAddress = new Uri($"http://localhost:{identity.BasePort + 5}") };
            await node.GetStringAsync(new Uri("/assurance-policy", UriKind.Relative), TestContext.Current.CancellationToken);
            activated = await second.PostAsync(path + "/activation");
            using var asked = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", twin.RefreshToken), new("client_id", "public")]);
            elsewhere = await Answer.FromAsync(await node.PostAsync(new Uri("/connect/token", UriKind.Relative), asked, TestContext.Current.CancellationToken));
        }

        Assert.Equal(HttpStatusCode.Accepted, activated.Status);
        Assert.StartsWith(proposed["version"] + ".", Answer.Claims(elsewhere.AccessToken).GetProperty("acr_basis").GetString(), StringComparison.Ordinal);
        Assert.Equal("identity.policy.notWaiting", (await second.PostAsync(path + "/activation"))["code"]);

        // Tokens made by the former policy run out, whomever it lowers, by one word to every API; the officials' own too.
        await api.UntilOutdatedAsync(held.AccessToken);
        var honest = await party.RefreshAsync(held.RefreshToken);
        Assert.Equal(Strengthening.Primary, Answer.Claims(honest.AccessToken).GetProperty("acr").GetString());
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(honest.AccessToken));
        auditor = await Official.SignInAsync(identity, "auditor", Scope);
        var now = await auditor.GetAsync($"/api/accounts/{subject}/grade");
        Assert.Equal(("primary", proposed["version"], "whole"), (now["level"], now["policyVersion"], now["chain"]));
        Assert.Equal(["counter", "real-person"], now.Body.GetProperty("missing").GetProperty("anyOf")[0].EnumerateArray().Select(k => k.GetString()));
        var inEarnest = await FinishAsync(auditor, activated);
        Assert.Equal(("1209", "False"), (inEarnest["lowered"], inEarnest["dryRun"]));
        Assert.Equal((1L, 0L), (await identity.RowsAsync("\"Endings\" WHERE \"Kind\" = 'policy'"), await identity.RowsAsync("\"Endings\" WHERE \"Kind\" = 'level'")));
        Assert.Equal((0, 1200), (await CountAsync("Intermediate"), await CountAsync("Primary")));

        // Years later: the moment before still has the level and the policy that it had.
        var then = await auditor.GetAsync($"/api/accounts/{subject}/grade?at={Uri.EscapeDataString(before.ToString("O", CultureInfo.InvariantCulture))}");
        Assert.Equal(("intermediate", "1"), (then["level"], then["policyVersion"]));
        Assert.Equal("retired", (await auditor.GetAsync("/api/assurance-policies/1"))["state"]);
        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Contains("您的认证等级变为“初级”", await applicant.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Contains($"您担任法定代表人的组织“{organisation.Name}”的认证等级由“中级”变为“初级”", await head.ReadAsync("/account/notices"), StringComparison.Ordinal);

        // The one that waits has a lower number: tokens made by it would count as older than those of before it.
        (proposer, second) = (await Official.SignInAsync(identity, "security", Scope), await Official.SignInAsync(identity, "security-second", Scope));
        var passed = $"/api/assurance-policies/{waiting["version"]}";
        await FinishAsync(auditor, await proposer.PostAsync(passed + "/dry-runs"));
        var refused = await second.PostAsync(passed + "/activation");
        Assert.Equal((HttpStatusCode.Conflict, "identity.policy.passed"), (refused.Status, refused["code"]));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync((await party.RefreshAsync(honest.RefreshToken)).AccessToken));
        Assert.Equal(HttpStatusCode.Created, (await proposer.PostAsync("/api/assurance-policies", new { policy = early, note = "样例：重新提出" })).Status);
    }

    [Fact] // 63
    public async Task Activation_asks_for_another_person_who_proved_themselves_a_moment_ago_by_API_and_page_alike()
    {
        var proposer = await Official.SignInAsync(identity, "security", Scope);
        var policy = await CurrentAsync();
        policy["name"] = "再试";
        var proposed = await proposer.PostAsync("/api/assurance-policies", new { policy, note = "样例：改名" });
        var (path, page) = ($"/api/assurance-policies/{proposed["version"]}/activation", $"/console/policies/{proposed["version"]}");
        using var browser = identity.NewBrowser();
        await browser.SignInAsync("security-second");
        var party = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");

        // A second account of the proposer's name is the same person, as everywhere where four eyes decide.
        const string rename = "UPDATE \"StaffMembers\" SET \"Name\" = '{0}' WHERE \"Id\" = (SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = 'security-second')";
        await identity.ExecuteAsync(rename.Replace("{0}", "官样例", StringComparison.Ordinal));
        try
        {
            Assert.Equal("identity.policy.ownProposal", (await ActivateAsync())["code"]);
            Assert.Contains("不能启用自己提出的策略", WebUtility.HtmlDecode(await (await PressAsync()).Content.ReadAsStringAsync(TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        }
        finally
        {
            await identity.ExecuteAsync(rename.Replace("{0}", "管样例", StringComparison.Ordinal));
        }

        // A new token does not make an old proof young; what is missing then is only the dry run.
        Assert.Equal("identity.policy.noDryRun", (await ActivateAsync())["code"]);
        await Browser.StayAsync(identity.Time, TimeSpan.FromMinutes(16), browser);
        var late = await ActivateAsync();
        Assert.Equal((HttpStatusCode.Forbidden, "identity.policy.recent"), (late.Status, late["code"]));
        var confirm = "/account/confirm?ReturnUrl=" + Uri.EscapeDataString(page);
        Assert.Equal(confirm, (await PressAsync()).Headers.Location?.OriginalString);
        var form = await (await browser.GetAsync(confirm)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(page, (await browser.SubmitAsync(confirm, form, ("Password", "password-security-second"))).Headers.Location?.OriginalString);
        Assert.Equal("identity.policy.noDryRun", (await ActivateAsync())["code"]);
        Assert.Equal(HttpStatusCode.Conflict, (await PressAsync()).StatusCode);

        async Task<Answer> ActivateAsync() => await new Official(identity, (await browser.TokensAsync(party, ("scope", "openid profile " + Scope))).AccessToken).PostAsync(path);

        async Task<HttpResponseMessage> PressAsync() => await browser.SubmitAsync(page + "?handler=Activate", await (await browser.GetAsync(page)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_dry_run_tells_which_sign_ins_agents_and_officials_would_carry_more_or_less_and_how_many_are_signed_in()
    {
        var (proposer, auditor, window) = (await Official.SignInAsync(identity, "security", Scope), await Official.SignInAsync(identity, "auditor", Scope), await Official.SignInAsync(identity, "window", "identity.counter"));
        using var owner = await Applicant.RegisteredAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        foreach (var person in (SyntheticPerson[])[owner.Person, agent.Person])
        {
            Assert.Equal(HttpStatusCode.Created, (await window.PostAsync("/api/counter-verifications", new { person.IdNumber, person.Name, hall = "样例市政务服务中心", hallLevel = "city", window = "1", documentChecked = true })).Status);
        }

        // An agent of an organisation at Intermediate, and an official who showed two factors.
        await identity.ExecuteAsync(
            $"UPDATE \"Sessions\" SET \"ActingForId\" = (SELECT \"Id\" FROM \"Organisations\" WHERE \"Uscc\" = '91340100MA2N0000X1'), \"ActingMandateId\" = '{Guid.NewGuid().ToString().ToUpperInvariant()}' " +
            $"WHERE \"AccountId\" = '{await identity.KeyOfAsync(agent.Person.IdNumber)}'");
        using var official = await Officer.SignInAsync(identity, "system");
        var shown = identity is SqliteIdentity ? """["pwd","otp","mfa"]""" : "{pwd,otp,mfa}";
        await identity.ExecuteAsync(
            $"UPDATE \"Sessions\" SET \"Methods\" = '{shown}' WHERE \"AccountId\" IN (SELECT \"Id\" FROM \"StaffMembers\" WHERE \"Name\" = '统样例')");
        var policy = await CurrentAsync();
        policy["signIn"]![0]!["level"] = "intermediate";
        policy["agentCap"] = "intermediate";
        policy["staff"] = "primary";
        var proposed = await proposer.PostAsync("/api/assurance-policies", new { policy, note = "样例：只改登录方式" });
        Assert.Equal(HttpStatusCode.Created, proposed.Status);
        var path = $"/api/assurance-policies/{proposed["version"]}/dry-runs";

        var before = await FinishAsync(auditor, await proposer.PostAsync(path));
        Assert.Equal(("0", "0"), (before["raised"], before["lowered"]));
        var sessions = before.Body.GetProperty("sessions");
        var line = Assert.Single(sessions.GetProperty("signIn").EnumerateArray());
        Assert.Equal(("[\"pwd\"]", "primary", "intermediate"), (line.GetProperty("methods").GetRawText(), line.GetProperty("was").GetString(), line.GetProperty("level").GetString()));
        Assert.Equal(("primary", "intermediate", 1), Bound(sessions.GetProperty("agentCap")));
        Assert.Equal(("intermediate", "primary", 1), Bound(sessions.GetProperty("staff")));
        Assert.Equal(1, sessions.GetProperty("lowered").GetInt32());

        // One more who showed a password alone: of an account at Intermediate it would rise.
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        var after = (await FinishAsync(auditor, await proposer.PostAsync(path))).Body.GetProperty("sessions");
        Assert.Equal(line.GetProperty("sessions").GetInt32() + 1, after.GetProperty("signIn")[0].GetProperty("sessions").GetInt32());
        Assert.Equal(sessions.GetProperty("raised").GetInt32() + 1, after.GetProperty("raised").GetInt32());

        static (string?, string?, int) Bound(JsonElement bound) => (bound.GetProperty("was").GetString(), bound.GetProperty("level").GetString(), bound.GetProperty("sessions").GetInt32());
    }

    [Fact]
    public async Task What_cannot_be_a_policy_is_refused_with_its_place_and_changes_nothing()
    {
        var proposer = await Official.SignInAsync(identity, "security", Scope);
        var count = await identity.CountAsync("AssurancePolicyVersions");
        (string Member, Action<JsonObject> Change)[] faults =
        [
            ("person.primary[0][0]", p => p["person"]!["primary"]![0] = new JsonArray("no-such-kind")),
            ("person.intermediate", p => p["person"]!["intermediate"] = new JsonArray()),
            ("organisation.primary[1]", p => p["organisation"]!["primary"]![1] = new JsonArray()),
            ("signIn[0].level", p => p["signIn"]![0]!["level"] = "advanced"),
            ("signIn[0].methods[0]", p => p["signIn"]![0]!["methods"] = new JsonArray("telepathy")),
            ("evidence.counter.days", p => p["evidence"]!["counter"]!["days"] = 0),
            ("evidence.counter.days", p => p["evidence"]!["counter"]!["days"] = "ten"),
            ("agentCap", p => p["agentCap"] = 2),
            ("$", p => p.Remove("person")),
            ("extra", p => p["extra"] = true),
        ];
        var schema = await JsonSchema.FromJsonAsync(await identity.Http.GetStringAsync("/schemas/assurance-policy.json"), TestContext.Current.CancellationToken);
        foreach (var (member, change) in faults)
        {
            var policy = await CurrentAsync();
            change(policy);
            var refused = await proposer.PostAsync("/api/assurance-policies", new { policy, note = "样例" });
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "identity.policy.invalid", member), (refused.Status, refused["code"], refused["member"]));
            var (chinese, english) = (refused.Body.GetProperty("reason").GetProperty("zh").GetString()!, refused.Body.GetProperty("reason").GetProperty("en").GetString()!);
            Assert.True(chinese.Any(IsHan) && english.Length > 5 && !english.Any(IsHan), $"{chinese} {english}");
            Assert.True(member == "person.primary[0][0]" || schema.Validate(policy.ToJsonString()).Count > 0, $"The published schema accepts what is refused at {member}.");
        }

        // By the grammar JSON, and in no alphabet: as a name, as a name further in, as a text.
        foreach (var text in (string[])["""{"\ud800":1}""", """{"evidence":{"\udfff":{"days":1}}}""", """{"name":"\ud800"}"""])
        {
            var refused = await proposer.PostTextAsync("/api/assurance-policies", $$"""{"policy":{{text}},"note":"样例"}""");
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "identity.policy.invalid"), (refused.Status, refused["code"]));
        }

        Assert.Equal("identity.policy.note", (await proposer.PostAsync("/api/assurance-policies", new { policy = await CurrentAsync(), note = " " }))["code"]);
        Assert.Equal("identity.text.personal", (await proposer.PostAsync("/api/assurance-policies", new { policy = await CurrentAsync(), note = "样例：见 340102199001011232" }))["code"]);
        Assert.Equal("identity.policy.unchanged", (await proposer.PostAsync("/api/assurance-policies", new { policy = JsonSerializer.Deserialize<JsonElement>(await identity.Http.GetStringAsync("/assurance-policy")), note = "样例" }))["code"]);
        Assert.Equal("identity.policy.invalid", (await proposer.PostAsync("/api/assurance-policies", new { note = "样例" }))["code"]);
        Assert.Equal(count, await identity.CountAsync("AssurancePolicyVersions"));
        Assert.Empty(schema.Validate(await identity.Http.GetStringAsync("/assurance-policy")));
    }

    [Fact]
    public async Task The_published_schema_and_the_server_agree_on_the_sources_that_can_be_refused()
    {
        var proposer = await Official.SignInAsync(identity, "security", Scope);
        var schema = await JsonSchema.FromJsonAsync(await identity.Http.GetStringAsync("/schemas/assurance-policy.json"), TestContext.Current.CancellationToken);
        (string[] Sources, bool Taken)[] lists =
        [
            (["sample", "market-registry", "import:hefei"], true),
            (["import:h"], true),
            (["import:" + new string('a', 40)], true),
            ([""], false),
            ([new string('a', 61)], false),
            (["import:hefei", "import:hefei"], false),
        ];
        foreach (var (sources, taken) in lists)
        {
            var policy = await CurrentAsync();
            policy["refusedSources"] = new JsonArray(sources.Select(source => (JsonNode?)source).ToArray());
            var answer = await proposer.PostAsync("/api/assurance-policies", new { policy, note = "样例：不采信来源" });
            Assert.Equal((taken ? HttpStatusCode.Created : HttpStatusCode.UnprocessableEntity, taken), (answer.Status, schema.Validate(policy.ToJsonString()).Count == 0));
        }
    }

    [Fact]
    public async Task Only_security_administrators_change_policies_and_a_person_reads_only_the_own_grade()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var auditor = await Official.SignInAsync(identity, "auditor", Scope);
        Assert.Equal("identity.official.role", (await auditor.PostAsync("/api/assurance-policies", new { policy = await CurrentAsync(), note = "样例" }))["code"]);
        Assert.Equal("identity.official.role", (await auditor.PostAsync("/api/assurance-policies/1/dry-runs"))["code"]);
        Assert.Equal("identity.policy.unknown", (await auditor.GetAsync("/api/assurance-policies/999"))["code"]);
        Assert.Equal("identity.policy.page", (await auditor.GetAsync("/api/assurance-policies?limit=0"))["code"]);
        Assert.Equal("identity.grade.unknown", (await auditor.GetAsync($"/api/accounts/{Guid.NewGuid()}/grade"))["code"]);
        var citizen = await Official.SignInAsync(identity, "citizen", Scope);
        Assert.NotEqual(HttpStatusCode.OK, (await citizen.GetAsync("/api/assurance-policies")).Status);
        var own = await citizen.GetAsync("/api/grade");
        Assert.Equal(("primary", "intermediate"), (own["level"], own.Body.GetProperty("missing").GetProperty("level").GetString()));
        Assert.Equal(3, own.Body.GetProperty("evidence").GetArrayLength());
        var missing = own.Body.GetProperty("missing").GetProperty("anyOf")[0].EnumerateArray().Select(k => k.GetString()).Order(StringComparer.Ordinal);
        var ways = own.Body.GetProperty("ways").EnumerateArray().ToList();
        Assert.Equal(missing, ways.Select(w => w.GetProperty("kind").GetString()).Order(StringComparer.Ordinal));
        Assert.All(ways, w => Assert.True(w.GetProperty("title").GetProperty("zh").GetString()!.Any(IsHan) && !w.GetProperty("needs").GetProperty("en").GetString()!.Any(IsHan), w.ToString()));
        Assert.All(ways, w => Assert.Equal(w.GetProperty("kind").GetString() == "counter", w.GetProperty("path").ValueKind == JsonValueKind.Null));
        Assert.Equal("identity.official.role", (await citizen.GetAsync($"/api/accounts/{await SubjectAsync("population-match")}/grade"))["code"]);
        Assert.Equal("identity.grade.notPerson", (await auditor.GetAsync("/api/grade"))["code"]);
    }

    private async Task<JsonObject> CurrentAsync() => JsonNode.Parse(await identity.Http.GetStringAsync("/assurance-policy"))!.AsObject();

    private static async Task<Answer> FinishAsync(Official official, Answer accepted)
    {
        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var run = await official.GetAsync(accepted.Response.Headers.Location!.OriginalString);
            if (run["state"] != "running")
            {
                Assert.Equal("done", run["state"]);
                return run;
            }

            await Task.Delay(100, limit.Token);
        }
    }

    /// <summary>Organisations at Intermediate by their tax account, put beside the server; and some whose shadow says Primary although nothing carries it.</summary>
    private Task AddOrganisationsAsync(int count, int stale)
    {
        var now = identity.Time.GetUtcNow();
        var carried = Enumerable.Range(0, count).Select(_ => Guid.NewGuid()).ToList();
        var evidence = carried.SelectMany(id => ((string[])["market-registry-match", "organisation-code-match", "legal-representative-match", "tax-account"])
            .Select(kind => EvidenceRecords.New(id, kind, "sample", "sample", Bulk, now)));
        var grades = carried.Select(id => (Id: id, Level: AssuranceLevel.Intermediate)).Concat(Enumerable.Range(0, stale).Select(_ => (Id: Guid.NewGuid(), Level: AssuranceLevel.Primary)))
            .Select(g => new SubjectGrade { SubjectId = g.Id, Kind = SubjectKind.Organisation, Level = g.Level, PolicyVersion = 1, GradedAt = now });
        return Forger.AddRangeAsync(identity, [.. evidence, .. grades]);
    }

    /// <summary>Those of <see cref="AddOrganisationsAsync"/> whose evidence carries a level and whose shadow says this one.</summary>
    private async Task<int> CountAsync(string level) => int.Parse(
        await identity.ReadAsync($"SELECT COUNT(*) FROM \"Grades\" g WHERE \"Level\" = '{level}' AND EXISTS (SELECT 1 FROM \"Evidence\" e WHERE e.\"SubjectId\" = g.\"SubjectId\" AND e.\"AssuredBy\" = '{Bulk}')"),
        CultureInfo.InvariantCulture);

    private static bool IsHan(char c) => c is >= '\u4e00' and <= '\u9fff';

    private Task<string> SubjectAsync(string kind) => identity.ReadAsync($"SELECT \"SubjectId\" FROM \"Evidence\" WHERE \"Kind\" = '{kind}' ORDER BY \"VerifiedAt\" DESC LIMIT 1");
}

public sealed class PolicyOnSqlite(SqliteIdentity identity) : PolicySuite(identity), IClassFixture<SqliteIdentity>;

public sealed class PolicyOnPostgres(PostgresIdentity identity) : PolicySuite(identity), IClassFixture<PostgresIdentity>;
