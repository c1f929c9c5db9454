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
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new PolicyJournal(node.Services.GetRequiredService<IServiceScopeFactory>(), changed, time).StartAsync(Cancellation)));

        var tls = (await PoliciesAsync(node)).Single(p => p.GetProperty("name").GetString() == "profiles/tls.json");
        Assert.Equal(2, tls.GetProperty("version").GetInt32());
        Assert.InRange(tls.GetProperty("since").GetDateTimeOffset(), later.AddSeconds(-1), time.GetUtcNow());
        var logged = await LoggedAsync(node, before.Count + 1);
        Assert.Equal(before.Count + 1, logged.Count);
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
        var policy = NotePolicy.Of([.. (await node.Public.GetStringAsync("log/keys", Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(NoteVerifier.Parse)]);
        var source = new HttpLogSource(node.Public, new Uri(node.Address, "log"), TimeSpan.FromSeconds(10));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        var (follower, found) = (new LogFollower(source), new List<LogEntry>());
        while (found.Count < count)
        {
            var head = policy.Open(await source.ReadAsync("checkpoint", SignedNote.Largest, limit.Token)).Head;
            await follower.AdvanceAsync(head.Size, head.Size, (_, bytes, _) =>
            {
                var entry = LogEntry.Decode(bytes.Span);
                if (entry.Kind == PolicyJournal.Kind)
                {
                    found.Add(entry);
                }

                return ValueTask.CompletedTask;
            }, limit.Token);
            await Task.Delay(found.Count < count ? 50 : 0, limit.Token);
        }

        return found;
    }
}

public sealed class SqlitePolicyTests(SqliteTrust databases) : PolicySuite(databases), IClassFixture<SqliteTrust>;

public sealed class PostgresPolicyTests(PostgresTrust databases) : PolicySuite(databases), IClassFixture<PostgresTrust>;
