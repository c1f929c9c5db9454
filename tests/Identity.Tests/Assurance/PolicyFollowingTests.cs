using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Xunit;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>An installation of an earlier release starts with this one.</summary>
public sealed class PolicyFollowingTests
{
    private static readonly string BuiltIn = Encoding.UTF8.GetString(AssurancePolicies.BuiltIn());

    /// <summary>As it came with the release before, to the byte.</summary>
    private static readonly string Former = BuiltIn
        .Replace("""{ "methods": ["pwd"], "level": "primary" },""", """{ "methods": ["pwd"], "level": "intermediate" },""", StringComparison.Ordinal)
        .Replace("    { \"methods\": [\"pwd\", \"mfa\"], \"level\": \"intermediate\" },\n", "", StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_unchanged_built_in_policy_gives_way_to_the_new_one_once_and_in_the_audit(bool postgres)
    {
        await using IdentityFixture identity = postgres ? new PostgresIdentity() : new SqliteIdentity();
        await identity.InitializeAsync();
        Assert.Contains(AssurancePolicies.DigestOf(Former), BuiltInPolicies.Earlier);
        Assert.Equal("Intermediate", new AssurancePolicy(AssurancePolicyReading.Read(Encoding.UTF8.GetBytes(Former))).OfSignIn(["pwd"]).ToString());
        await RewindAsync(identity, Former);
        for (var start = 0; start < 2; start++)
        {
            await using var next = await identity.StartSecondAsync(4);
        }

        Assert.Equal(1, await identity.RowsAsync($"\"AssurancePolicyVersions\" WHERE \"Version\" = 2 AND \"ActivatedBy\" = 'system' AND \"RetiredAt\" IS NULL AND \"Digest\" = '{AssurancePolicies.DigestOf(BuiltIn)}'"));
        Assert.Equal(1, await identity.RowsAsync("\"AssurancePolicyVersions\" WHERE \"Version\" = 1 AND \"RetiredAt\" IS NOT NULL"));
        Assert.Equal(1, await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'policy.activated' AND \"SubjectId\" = 'assurance-policy/2' AND \"ActorId\" = 'system'"));
        Assert.Equal(2, await identity.CountAsync("AssurancePolicyVersions"));
        identity.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("urn:yinxin:assurance:primary", await AcrAsync(identity));
    }

    [Fact]
    public async Task A_policy_of_the_installations_own_is_left_alone()
    {
        await using var identity = new SqliteIdentity();
        await identity.InitializeAsync();
        await RewindAsync(identity, Former.Replace("2026", "2026-own", StringComparison.Ordinal));
        await using var next = await identity.StartSecondAsync(4);
        Assert.Equal(1, await identity.CountAsync("AssurancePolicyVersions"));
    }

    [Fact]
    public void A_policy_that_grades_otherwise_is_not_alike()
    {
        var own = JsonNode.Parse(BuiltIn)!.AsObject();
        own["signIn"] = new JsonArray(new JsonObject { ["methods"] = new JsonArray("pwd"), ["level"] = "primary" });
        Assert.True(BuiltInPolicies.GradesAlike(Read(own), Read(JsonNode.Parse(BuiltIn)!.AsObject())));
        own["evidence"]!["counter"]!["days"] = 10;
        Assert.False(BuiltInPolicies.GradesAlike(Read(own), Read(JsonNode.Parse(BuiltIn)!.AsObject())));
    }

    private static AssurancePolicyDocument Read(JsonObject document) => AssurancePolicyReading.Read(Encoding.UTF8.GetBytes(document.ToJsonString()));

    private static Task RewindAsync(IdentityFixture identity, string document) => identity.ExecuteAsync(
        $"UPDATE \"AssurancePolicyVersions\" SET \"Document\" = '{document.Replace("'", "''", StringComparison.Ordinal)}', \"Digest\" = '{AssurancePolicies.DigestOf(document)}' WHERE \"Version\" = 1");

    private static async Task<string?> AcrAsync(IdentityFixture identity) =>
        Answer.Claims((await new RelyingParty(identity).SignInAsync("victim")).IdToken).GetProperty("acr").GetString();
}
