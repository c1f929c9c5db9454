using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server.Features.Policies;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Policies;

/// <summary>No rule changes unseen.</summary>
public abstract class PolicySuite(TrustDatabases databases)
{
    private readonly AdjustableTime time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_policy_in_force_is_published_to_the_byte_and_logged_once()
    {
        await using var node = await databases.StartAsync(await databases.CreateAsync(), time);

        // As the next start does.
        await new PolicyJournal(node.Services.GetRequiredService<IServiceScopeFactory>(), PolicySources.All, time).StartAsync(Cancellation);
        var policies = await PoliciesAsync(node);
        Assert.Contains(policies, p => p.GetProperty("name").GetString() == "profiles/tls.json");
        Assert.Contains(policies, p => p.GetProperty("name").GetString() == "validation/algorithm-limits.json");
        foreach (var policy in policies)
        {
            var content = await node.Public.GetByteArrayAsync("policies/" + policy.GetProperty("name").GetString(), Cancellation);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), policy.GetProperty("digest").GetString());
            Assert.Equal(1, policy.GetProperty("version").GetInt32());
        }

        await node.Public.GetAsync("policies/profiles/none.json", Cancellation).RefusedAsync(HttpStatusCode.NotFound, "policy.unknown");
        var logged = await LoggedAsync(node, policies.Count);
        Assert.Equal(policies.Count, logged.Count);
        Assert.All(policies, policy => Assert.Single(logged, entry => IsFor(entry, policy)));
    }

    [Fact]
    public async Task A_changed_policy_is_told_once_by_whichever_node_starts_first()
    {
        await using var node = await databases.StartAsync(await databases.CreateAsync(), time);
        var before = await PoliciesAsync(node);
        await LoggedAsync(node, before.Count);
        time.Ahead += TimeSpan.FromDays(1);
        var later = time.GetUtcNow();
        var changed = PolicySources.All.Select(p => p.Name == "profiles/tls.json" ? p with { Content = [.. p.Content, (byte)'\n'] } : p).ToList();
        // Half of the nodes are of a release that has one policy more; whoever loses the race must not leave it out.
        IReadOnlyList<Policy>[] releases = [changed, [.. changed, new Policy("profiles/more.json", "{}"u8.ToArray())]];
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => new PolicyJournal(node.Services.GetRequiredService<IServiceScopeFactory>(), releases[i % 2], time).StartAsync(Cancellation)));

        Assert.Single(await PoliciesAsync(node), p => p.GetProperty("name").GetString() == "profiles/more.json" && p.GetProperty("version").GetInt32() == 1);
        var tls = (await PoliciesAsync(node)).Single(p => p.GetProperty("name").GetString() == "profiles/tls.json");
        Assert.Equal(2, tls.GetProperty("version").GetInt32());
        Assert.InRange(tls.GetProperty("since").GetDateTimeOffset(), later.AddSeconds(-1), time.GetUtcNow());
        var logged = await LoggedAsync(node, before.Count + 2);
        Assert.Equal(before.Count + 2, logged.Count);
        Assert.Single(logged, entry => IsFor(entry, tls));
        Assert.Single(logged, entry => IsFor(entry, before.Single(p => p.GetProperty("name").GetString() == "profiles/tls.json")));
    }

    /// <summary>By what is published about the policy anyone knows its entry.</summary>
    private static bool IsFor(LogEntry entry, JsonElement policy)
    {
        var subject = SHA256.HashData([.. Convert.FromHexString(policy.GetProperty("salt").GetString()!), .. Encoding.UTF8.GetBytes(policy.GetProperty("name").GetString()!)]);
        return entry.Subject.Span.SequenceEqual(subject) && Convert.ToHexStringLower(entry.ObjectDigest.Span) == policy.GetProperty("digest").GetString();
    }

    private static async Task<List<JsonElement>> PoliciesAsync(TrustNode node) =>
        [.. (await node.Public.GetAsync("policies", Cancellation).AnswerAsync(HttpStatusCode.OK)).GetProperty("items").EnumerateArray()];

    /// <summary>All entries of the kind, once there are so many.</summary>
    private static async Task<List<LogEntry>> LoggedAsync(TrustNode node, int count)
    {
        var found = new List<LogEntry>();
        await LoggedEntries.FollowAsync(
            node.Public, new Uri(node.Address, "log"),
            (_, entry) => found.AddRange(entry.Kind == PolicyJournal.Kind ? [entry] : []), () => found.Count >= count, Cancellation);
        return found;
    }
}

public sealed class SqlitePolicyTests(SqliteTrust databases) : PolicySuite(databases), IClassFixture<SqliteTrust>;

public sealed class PostgresPolicyTests(PostgresTrust databases) : PolicySuite(databases), IClassFixture<PostgresTrust>;
