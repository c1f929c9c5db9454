using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Testing;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Tests.Log.Following;

namespace Yinxin.Trust.Tests.Log.Monitoring;

/// <summary>A node follows its own log and another's, remembers what it verified, and alarms; seen through its public page, its health and its audit trail.</summary>
public sealed class MonitorTests
{
    private static readonly int[] Grown = [300, 600];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_follows_its_own_log_and_finds_it_in_order()
    {
        await using var node = await LogNode.StartAsync([new("Monitor:Interval", "00:00:00.100")]);
        var size = await node.AppendAsync(300);
        var seen = await UntilAsync(node, node.Keys.Origin, l => l.GetProperty("size").GetInt64() >= size);
        Assert.Equal(JsonValueKind.Null, seen.GetProperty("alarm").ValueKind);
        Assert.StartsWith(node.Keys.Origin, seen.GetProperty("checkpoint").GetString(), StringComparison.Ordinal);
        Assert.Equal("Healthy", await HealthAsync(node));
    }

    public static TheoryData<string, string> Lies => new() { { "fork", "Fork" }, { "longer fork", "Fork" }, { "shrunk", "Shrunk" }, { "gone", "Missing" }, { "unsigned", "Signature" }, { "no entry", "Entry" } };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task Another_s_log_that_lies_raises_an_alarm_with_its_evidence(string how, string fault)
    {
        using var honest = new SampleLog(Entry, Grown);
        using var lie = how switch
        {
            "fork" => new SampleLog(i => Entry(i < 599 ? i : i + 1), Grown),
            "longer fork" => new SampleLog(i => Entry(i + 1), [900]),
            "no entry" => new SampleLog(i => i < 600 ? Entry(i) : SampleLog.Entry(i), [600, 700]),
            _ => new SampleLog(Entry, [300]),
        };
        if (how == "gone")
        {
            File.Delete(lie.PathOf("checkpoint"));
        }
        else if (how == "unsigned")
        {
            await File.WriteAllBytesAsync(lie.PathOf("checkpoint"), SignedNote.Sign(new Checkpoint(SampleLog.Origin, 601, new byte[32]).Text, [SampleLog.Stranger]).Encode(), Cancellation);
        }

        await using var server = await LogFileServer.StartAsync(honest.Root);
        await using var node = await LogNode.StartAsync(Following(server));
        await UntilAsync(node, SampleLog.Origin, l => l.GetProperty("size").GetInt64() == 600);
        Assert.Equal("Healthy", await HealthAsync(node));

        server.Root = lie.Root;
        var seen = await UntilAsync(node, SampleLog.Origin, l => l.GetProperty("alarm").ValueKind == JsonValueKind.Object);
        Assert.Equal(fault, seen.GetProperty("alarm").GetProperty("fault").GetString());
        Assert.NotEmpty(seen.GetProperty("alarm").GetProperty("why").GetString()!);
        Assert.Equal(how == "no entry" ? 700 : 600, seen.GetProperty("size").GetInt64());
        if (how != "gone")
        {
            Assert.Equal(await File.ReadAllTextAsync(lie.PathOf("checkpoint"), Cancellation), seen.GetProperty("alarm").GetProperty("served").GetString());
        }

        Assert.Equal("Degraded", await HealthAsync(node));
        await using var scope = node.Services.CreateAsyncScope();
        var alarm = await scope.ServiceProvider.GetRequiredService<TrustContext>().Set<AuditRecord>().AsNoTracking().FirstAsync(a => a.Action == "trust.log.alarm", Cancellation);
        Assert.Equal(SampleLog.Origin, alarm.SubjectId);
        Assert.Contains(fault, alarm.Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_verified_outlives_a_restart_and_a_server_that_is_down_is_no_liar()
    {
        using var honest = new SampleLog(Entry, Grown);
        using var fork = new SampleLog(i => Entry(i + 1), [900]);
        await using var server = await LogFileServer.StartAsync(honest.Root);
        var directory = Directory.CreateTempSubdirectory("yinxin-monitor-");
        var address = new Uri(FormattableString.Invariant($"http://localhost:{FreePort.Next()}"));
        await using (var node = await LogNode.StartAsync(Following(server), directory.FullName, address))
        {
            await UntilAsync(node, SampleLog.Origin, l => l.GetProperty("size").GetInt64() == 600);
            server.IsUp = false;
        }

        await using (var node = await LogNode.StartAsync(Following(server), directory.FullName, address))
        {
            await UntilAsync(node, node.Keys.Origin, l => l.GetProperty("size").GetInt64() > 0);
            var seen = await UntilAsync(node, SampleLog.Origin, _ => true);
            Assert.Equal((600, JsonValueKind.Null), (seen.GetProperty("size").GetInt32(), seen.GetProperty("alarm").ValueKind));
            (server.Root, server.IsUp) = (fork.Root, true);
            seen = await UntilAsync(node, SampleLog.Origin, l => l.GetProperty("alarm").ValueKind == JsonValueKind.Object);
            Assert.Equal("Fork", seen.GetProperty("alarm").GetProperty("fault").GetString());
        }

        server.IsUp = false;
        KeyValuePair<string, string?>[] acknowledged = [.. Following(server).Skip(1), new("Monitor:Interval", "01:00:00"), new("Monitor:AcknowledgedUntil", DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture))];
        await using (var node = await LogNode.StartAsync(acknowledged, directory.FullName, address))
        {
            Assert.Equal("Healthy", await HealthAsync(node));
        }

        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task An_entry_of_its_own_log_that_nobody_put_there_raises_an_alarm()
    {
        var directory = Directory.CreateTempSubdirectory("yinxin-monitor-");
        var address = new Uri(FormattableString.Invariant($"http://localhost:{FreePort.Next()}"));
        long size;
        await using (var node = await LogNode.StartAsync([new("Monitor:Interval", "1.00:00:00")], directory.FullName, address))
        {
            await node.AppendAsync(10);
            size = await node.AppendAsync(10);
            await using var scope = node.Services.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<TrustContext>();
            var other = LogNode.Entry();
            // As if the entry had come into the tiles by another door than the callers'.
            await database.Set<LogEntryRecord>().Where(e => e.Position == size - 3).ExecuteUpdateAsync(set => set.SetProperty(e => e.Entry, other), Cancellation);
        }

        await using (var node = await LogNode.StartAsync(dataDirectory: directory.FullName, address: address))
        {
            var seen = await UntilAsync(node, node.Keys.Origin, l => l.GetProperty("alarm").ValueKind == JsonValueKind.Object);
            Assert.Equal("Unknown", seen.GetProperty("alarm").GetProperty("fault").GetString());
            Assert.Contains(FormattableString.Invariant($"Entry {size - 3} "), seen.GetProperty("alarm").GetProperty("why").GetString(), StringComparison.Ordinal);
            Assert.True(seen.GetProperty("size").GetInt64() >= size);
        }

        directory.Delete(recursive: true);
    }

    private static byte[] Entry(long place)
    {
        var digest = SHA256.HashData(SampleLog.Entry(place));
        return new LogEntry("seal.used", DateTimeOffset.UnixEpoch.AddSeconds(place), digest, digest).Encode();
    }

    private static KeyValuePair<string, string?>[] Following(LogFileServer server) =>
    [
        new("Monitor:Interval", "00:00:00.100"), new("Monitor:Logs:0:Origin", SampleLog.Origin), new("Monitor:Logs:0:Address", server.Address.ToString()),
        new("Monitor:Logs:0:Keys:0", SampleLog.Key.Verifier.ToString()), new("Monitor:Logs:0:Keys:1", SampleLog.Witnesses[0].Verifier.ToString()),
    ];

    private static Task<string> HealthAsync(LogNode node) => node.Client.GetStringAsync(new Uri(node.Address, "health/ready"), Cancellation);

    /// <summary>Reads the public page until it says so, at most a minute.</summary>
    private static async Task<JsonElement> UntilAsync(LogNode node, string origin, Func<JsonElement, bool> says)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            var logs = JsonElement.Parse(await node.Client.GetStringAsync(new Uri(node.Address, "api/log/monitor"), limit.Token));
            if (logs.EnumerateArray().FirstOrDefault(l => l.GetProperty("origin").GetString() == origin) is { ValueKind: JsonValueKind.Object } log && says(log))
            {
                return log;
            }

            await Task.Delay(50, limit.Token);
        }
    }
}
