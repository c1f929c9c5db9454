using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Log;
using Yinxin.Trust.Tests.Log.Following;

namespace Yinxin.Trust.Tests.Log.Sequencing;

public sealed class SqliteSequencerTests(SqliteLogDatabase database) : SequencerSuite(database), IClassFixture<SqliteLogDatabase>;

public sealed class PostgresSequencerTests(PostgresLogDatabase database) : SequencerSuite(database), IClassFixture<PostgresLogDatabase>;

/// <summary>Whatever fails underneath, each entry that was acknowledged has its one place, and every head that was ever published fits one history.</summary>
public abstract class SequencerSuite(ILogDatabase database) : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-sequencer-");
    private readonly ConcurrentDictionary<string, byte> heads = new();
    private readonly ConcurrentDictionary<long, byte[]> acknowledged = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string LogDirectory => Path.Combine(directory.FullName, "log");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Two_nodes_that_write_at_once_and_take_each_other_s_turn_make_one_log()
    {
        var connection = database.Fresh(directory.FullName);
        await using var first = await NodeAsync(connection, "first");
        await using var second = await NodeAsync(connection, "second");
        using var over = new CancellationTokenSource();
        var watching = Task.WhenAll(WatchAsync(first, over.Token), WatchAsync(second, over.Token));
        var shared = Enumerable.Range(0, 50).Select(i => (Key: FormattableString.Invariant($"shared {i}"), Entry: LogNode.Entry())).ToList();
        await Task.WhenAll(from node in new[] { first, second } from worker in Enumerable.Range(0, 4) select WriteAsync(node, 100, shared));
        await Task.WhenAll(first.PublishedAsync(acknowledged.Keys.Max() + 1), second.PublishedAsync(acknowledged.Keys.Max() + 1));
        await over.CancelAsync();
        await watching;

        // 800 of their own, and of the 50 that both sent under one key each has one place.
        Assert.Equal(850, acknowledged.Count);
        await AssertOneHistoryAsync(first);
    }

    [Fact]
    public async Task A_node_that_lost_its_turn_publishes_nothing()
    {
        await using var node = await NodeAsync(database.Fresh(directory.FullName), "only");
        await node.AppendAsync(1);
        var time = new AdjustableTime { Ahead = TimeSpan.FromHours(1) };
        var (late, next) = (Store(node, time), Store(node, time));
        var held = await late.HoldAsync(Cancellation);
        Assert.NotNull(held);
        Assert.Null(await next.HoldAsync(Cancellation));
        time.Ahead += TimeSpan.FromMinutes(1);
        var taken = await next.HoldAsync(Cancellation);
        Assert.True(taken!.Fence > held.Fence);
        Assert.False(await late.PublishAsync(held, held.Size, held.Root, "late", Cancellation));
        Assert.True(await next.PublishAsync(taken, taken.Size, taken.Root, "next", Cancellation));
        Assert.Equal("next", (await node.HeadAsync()).Checkpoint);
        // And its own fence does not help it when the tree has grown meanwhile.
        Assert.False(await next.PublishAsync(new LogHead { Fence = taken.Fence, Size = taken.Size - 1 }, taken.Size, taken.Root, "shrunk", Cancellation));
    }

    [Fact]
    public async Task Every_write_of_files_may_fail_before_amid_or_after_it()
    {
        FaultyTiles? tiles = null;
        await using var node = await NodeAsync(database.Fresh(directory.FullName), "only", builder =>
            builder.Services.AddSingleton<ITileStore>(tiles = new FaultyTiles(new TileDirectory(LogDirectory))));
        for (var round = 0; round < 4; round++)
        {
            foreach (var kind in Enum.GetValues<FaultKind>())
            {
                tiles!.Arm(kind);
                await WriteAsync(node, 100, []);
                await node.PublishedAsync(acknowledged.Keys.Max() + 1);
                Assert.False(tiles.IsArmed);
                heads[(await node.HeadAsync()).Checkpoint] = 0;
            }
        }

        Assert.True(tiles!.Writes > 24);
        await AssertOneHistoryAsync(node);
    }

    [Fact]
    public async Task Every_write_to_the_database_may_fail_and_its_answer_may_be_lost()
    {
        var commands = new FaultyCommands();
        await using var node = await NodeAsync(database.Fresh(directory.FullName), "only", builder => builder.Services.AddSingleton<IInterceptor>(commands));
        await node.AppendAsync(1);
        foreach (var kind in new[] { FaultKind.Lost, FaultKind.AnswerLost })
        {
            for (var after = 0; after < 6; after++)
            {
                commands.Arm(after, kind);
                for (var more = 0; more < 20 && commands.IsArmed; more++)
                {
                    await WriteAsync(node, 3, []);
                    await node.PublishedAsync(acknowledged.Keys.Max() + 1);
                }

                Assert.False(commands.IsArmed);
                heads[(await node.HeadAsync()).Checkpoint] = 0;
            }
        }

        await AssertOneHistoryAsync(node);
    }

    [Fact]
    public async Task A_database_restored_from_before_does_not_give_places_away_again()
    {
        var connection = database.Fresh(directory.FullName);
        await using (var node = await NodeAsync(connection, "only"))
        {
            await node.AppendAsync(20);
        }

        var published = await File.ReadAllTextAsync(Path.Combine(LogDirectory, "checkpoint"), Cancellation);
        await using (var context = database.Open(connection))
        {
            var size = await context.Set<LogHead>().Select(h => h.Size).SingleAsync(Cancellation) - 5;
            await context.Set<LogEntryRecord>().Where(e => e.Position >= size).ExecuteDeleteAsync(Cancellation);
            await context.Set<LogHead>().ExecuteUpdateAsync(set => set.SetProperty(h => h.Assigned, size).SetProperty(h => h.Size, size), Cancellation);
        }

        await using (var node = await NodeAsync(connection, "only"))
        {
            await node.AppendAsync(LogNode.Entry(), "after the restore");
            var refused = await Assert.ThrowsAnyAsync<Exception>(() => RoundsAsync(node));
            Assert.Contains("would fork", refused.Message, StringComparison.Ordinal);
            Assert.Equal(published, await File.ReadAllTextAsync(Path.Combine(LogDirectory, "checkpoint"), Cancellation));
        }
    }

    /// <summary>Rounds until one has the turn; the node's own may have it now.</summary>
    private static async Task RoundsAsync(LogNode node)
    {
        for (var i = 0; i < 100; i++)
        {
            await node.Services.GetRequiredService<LogSequencer>().RoundAsync(Cancellation);
        }
    }

    private Task<LogNode> NodeAsync(string connection, string name, Action<Microsoft.AspNetCore.Builder.WebApplicationBuilder>? configure = null) => LogNode.StartAsync(
        [
            new("Database:Provider", database.Provider), new("Database:ConnectionString", connection), new("Log:Directory", LogDirectory), new("Log:Origin", "log.example/shared"),
            new("Log:Lease", "00:00:00.050"), new("Monitor:Interval", "1.00:00:00"),
        ],
        Directory.CreateDirectory(Path.Combine(directory.FullName, name)).FullName, configure: configure);

    private static LogStore Store(LogNode node, TimeProvider time) =>
        new(node.Services.GetRequiredService<IServiceScopeFactory>(), Options.Create(new LogSettings { Lease = TimeSpan.FromSeconds(5) }), time);

    /// <summary>Appends one after the other; what fails is sent again under its key until it is acknowledged.</summary>
    private async Task WriteAsync(LogNode node, int count, IReadOnlyList<(string Key, byte[] Entry)> shared)
    {
        IEnumerable<(string Key, byte[] Entry)> own = Enumerable.Range(0, count).Select(_ => (Guid.NewGuid().ToString(), LogNode.Entry()));
        foreach (var (key, entry) in own.Concat(shared))
        {
            long? place = null;
            for (var tries = 0; place is null; tries++)
            {
                try
                {
                    place = await node.AppendAsync(entry, key);
                    Assert.NotNull(place);
                }
                catch (Exception e) when (tries < 20 && e is InvalidOperationException or DbUpdateException)
                {
                    // Whether it is stored is not known: the key decides.
                }
            }

            Assert.True(acknowledged.GetOrAdd(place.Value, entry).AsSpan().SequenceEqual(entry), $"Place {place} was given twice.");
        }
    }

    private async Task WatchAsync(LogNode node, CancellationToken cancellationToken)
    {
        var progress = node.Services.GetRequiredService<LogProgress>();
        var size = 0L;
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await progress.WaitForAsync(size, node.Store, TimeSpan.FromMilliseconds(100), CancellationToken.None) is { } head)
            {
                size = head.Size;
                heads[head.Checkpoint] = 0;
            }
        }
    }

    /// <summary>Judged from outside: the files alone, every head ever seen, every acknowledged entry in its place.</summary>
    private async Task AssertOneHistoryAsync(LogNode node)
    {
        var kept = new List<string>();
        foreach (var head in heads.Keys.Append((await node.HeadAsync()).Checkpoint))
        {
            var file = Path.Combine(directory.FullName, string.Create(CultureInfo.InvariantCulture, $"kept.{kept.Count}"));
            await File.WriteAllTextAsync(file, head, Cancellation);
            kept.Add(file);
        }

        var checkedLog = await CheckLog.RunAsync(
            LogDirectory, [.. kept.SelectMany(k => new[] { "--checkpoint", k }), .. node.Keys.Signers.SelectMany(s => new[] { "--key", s.Verifier.ToString()! })]);
        Assert.True(checkedLog.Exit == 0, string.Join('\n', checkedLog.Lines.Where(l => CheckLog.Text(l, "result") != "accepted")) + checkedLog.Errors);
        Assert.NotEmpty(acknowledged);
        var found = 0;
        var size = checkedLog.Log.GetProperty("entries").GetInt64();
        await new LogFollower(new DirectoryLogSource(LogDirectory)).AdvanceAsync(size, size, (place, entry, _) =>
        {
            found += acknowledged.TryGetValue(place, out var known) && entry.Span.SequenceEqual(known) ? 1 : 0;
            return ValueTask.CompletedTask;
        }, Cancellation);
        Assert.Equal(acknowledged.Count, found);
    }
}
