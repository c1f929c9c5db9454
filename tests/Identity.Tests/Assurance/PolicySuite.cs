using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using NJsonSchema;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>How a policy is changed: proposed, tried on everybody, put in force by another official, and what that does to accounts. On servers of its own, since it changes everybody's level.</summary>
public abstract class PolicySuite(IdentityFixture identity)
{
    private const string Scope = "identity.policy identity.grade";

    [Fact]
    public async Task A_policy_is_tried_on_everybody_before_a_second_official_puts_it_in_force()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard));
        var (proposer, second, auditor) = (await Official.SignInAsync(identity, "security", Scope), await Official.SignInAsync(identity, "security-second", Scope), await Official.SignInAsync(identity, "auditor", Scope));
        var subject = await SubjectAsync("unionpay-card");
        Assert.Equal("intermediate", (await auditor.GetAsync($"/api/accounts/{subject}/grade"))["level"]);
        var before = identity.Time.GetUtcNow();
        identity.Time.Advance(TimeSpan.FromSeconds(2));
        await AddGradesAsync(1200);

        var policy = await CurrentAsync();
        policy["name"] = "试行";
        policy["person"]!["intermediate"]![0] = new JsonArray("counter", "real-person");
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
        Assert.Equal(1200, run.Body.GetProperty("changes").GetProperty("organisation:primary>none").GetInt32());
        Assert.Equal(100, run.Body.GetProperty("examples").GetArrayLength());
        Assert.Equal("intermediate", (await auditor.GetAsync($"/api/accounts/{subject}/grade"))["level"]);
        Assert.Equal(1200, await CountAsync("Primary"));

        var activated = await second.PostAsync(path + "/activation");
        Assert.Equal(HttpStatusCode.Accepted, activated.Status);
        Assert.Equal("identity.policy.notWaiting", (await second.PostAsync(path + "/activation"))["code"]);
        var now = await auditor.GetAsync($"/api/accounts/{subject}/grade");
        Assert.Equal(("primary", proposed["version"], "whole"), (now["level"], now["policyVersion"], now["chain"]));
        Assert.Equal(["counter", "real-person"], now.Body.GetProperty("missing").GetProperty("anyOf")[0].EnumerateArray().Select(k => k.GetString()));
        var inEarnest = await FinishAsync(auditor, activated);
        Assert.Equal(("1201", "False"), (inEarnest["lowered"], inEarnest["dryRun"]));
        Assert.Equal(0, await CountAsync("Primary"));

        // Years later: the moment before still has the level and the policy that it had.
        var then = await auditor.GetAsync($"/api/accounts/{subject}/grade?at={Uri.EscapeDataString(before.ToString("O", CultureInfo.InvariantCulture))}");
        Assert.Equal(("intermediate", "1"), (then["level"], then["policyVersion"]));
        Assert.Equal("retired", (await auditor.GetAsync("/api/assurance-policies/1"))["state"]);
        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
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
            Assert.True(refused["reason"]!.Length > 5);
            Assert.True(member == "person.primary[0][0]" || schema.Validate(policy.ToJsonString()).Count > 0, $"The published schema accepts what is refused at {member}.");
        }

        Assert.Equal("identity.policy.note", (await proposer.PostAsync("/api/assurance-policies", new { policy = await CurrentAsync(), note = " " }))["code"]);
        Assert.Equal("identity.policy.unchanged", (await proposer.PostAsync("/api/assurance-policies", new { policy = JsonSerializer.Deserialize<JsonElement>(await identity.Http.GetStringAsync("/assurance-policy")), note = "样例" }))["code"]);
        Assert.Equal("identity.policy.invalid", (await proposer.PostAsync("/api/assurance-policies", new { note = "样例" }))["code"]);
        Assert.Equal(count, await identity.CountAsync("AssurancePolicyVersions"));
        Assert.Empty(schema.Validate(await identity.Http.GetStringAsync("/assurance-policy")));
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

    /// <summary>Subjects whose shadow says primary although nothing carries it.</summary>
    private Task AddGradesAsync(int count) => identity.ExecuteAsync(
        "INSERT INTO \"Grades\" (\"SubjectId\", \"Kind\", \"Level\", \"PolicyVersion\", \"GradedAt\") VALUES " + string.Join(',', Enumerable.Range(0, count).Select(_ =>
            $"('{Guid.NewGuid().ToString().ToUpperInvariant()}', 'Organisation', 'Primary', 1, '2026-01-01 00:00:00')")));

    /// <summary>Those of <see cref="AddGradesAsync"/> that still say so.</summary>
    private async Task<int> CountAsync(string level) => int.Parse(
        await identity.ReadAsync($"SELECT COUNT(*) FROM \"Grades\" g WHERE \"Level\" = '{level}' AND NOT EXISTS (SELECT 1 FROM \"Evidence\" e WHERE e.\"SubjectId\" = g.\"SubjectId\")"),
        CultureInfo.InvariantCulture);

    private Task<string> SubjectAsync(string kind) => identity.ReadAsync($"SELECT \"SubjectId\" FROM \"Evidence\" WHERE \"Kind\" = '{kind}' ORDER BY \"VerifiedAt\" DESC LIMIT 1");
}

public sealed class PolicyOnSqlite(SqliteIdentity identity) : PolicySuite(identity), IClassFixture<SqliteIdentity>;

public sealed class PolicyOnPostgres(PostgresIdentity identity) : PolicySuite(identity), IClassFixture<PostgresIdentity>;
