using System.Diagnostics;
using System.Security.Cryptography;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server;
using Yinxin.Trust.Server.Features.Log;

namespace Yinxin.Bench.Log;

/// <summary>
/// Appending durably (acknowledged after the commit; published with tiles and both signatures), proofs at 1 million and 100 million entries, memory.
/// PostgreSQL when <c>YINXIN_BENCH_POSTGRES</c> holds a connection string without a database; its durability is as that server is set up.
/// </summary>
internal static class LogBench
{
    private const int Entries = 400_000;
    private const int Waiting = 8_192;
    private const int Proofs = 20_000;

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        var figures = new List<Figure>();
        figures.AddRange(await AppendAsync("SQLite", Path.Combine(workplace.DataDirectory, "sqlite"), []));
        if (Environment.GetEnvironmentVariable("YINXIN_BENCH_POSTGRES") is { Length: > 0 } connection)
        {
            figures.AddRange(await AppendAsync(
                "PostgreSQL", Path.Combine(workplace.DataDirectory, "postgres"),
                [new("Database:Provider", "postgres"), new("Database:ConnectionString", $"{connection};Database=bench_{Guid.NewGuid():N}")]));
        }

        return [.. figures, .. ProofFigures()];
    }

    private static async Task<IReadOnlyList<Figure>> AppendAsync(string name, string directory, KeyValuePair<string, string?>[] settings)
    {
        await using var app = TrustServerApp.Build([], builder =>
        {
            builder.Configuration.AddInMemoryCollection([
                new("App:DataDirectory", directory), new("App:MasterKey", Convert.ToBase64String(new byte[32])), new("Log:Origin", "log.example/bench"), .. settings,
            ]);
            builder.Logging.ClearProviders();
        });
        foreach (var part in app.Services.GetServices<IHostedService>().Where(s => s is LogKeys or LogAppender or LogSequencer || s.GetType().Name.StartsWith("DatabaseMigrator", StringComparison.Ordinal)))
        {
            await part.StartAsync(CancellationToken.None);
        }

        var (appender, store, progress) = (app.Services.GetRequiredService<LogAppender>(), app.Services.GetRequiredService<LogStore>(), app.Services.GetRequiredService<LogProgress>());
        await FillAsync(appender, Entries / 4);
        await PublishedAsync(store, progress);
        var memory = Memory();
        var (clock, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        await FillAsync(appender, Entries);
        var acknowledged = clock.Elapsed;
        await PublishedAsync(store, progress);
        var published = clock.Elapsed;
        processor = Environment.CpuUsage.TotalTime - processor;
        var after = Memory();
        foreach (var part in app.Services.GetServices<IHostedService>().Where(s => s is LogAppender or LogSequencer))
        {
            await part.StopAsync(CancellationToken.None);
        }

        return
        [
            new($"{name}: entries acknowledged (durable)", Entries / acknowledged.TotalSeconds, "1/s", Target: "≥ 10,000"),
            new($"{name}: entries published (tiles, signed)", Entries / published.TotalSeconds, "1/s", Target: "≥ 10,000"),
            // Says on a busy machine too what one core can do.
            new($"{name}: entries for a second of one core", Entries / processor.TotalSeconds, "1/s"),
            new($"{name}: managed memory after {Entries:N0} more", after / 1e6, "MB", after / memory, "flat"),
        ];
    }

    private static async Task FillAsync(LogAppender appender, int entries)
    {
        var left = entries;
        await Task.WhenAll(Enumerable.Range(0, Waiting).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var random = RandomNumberGenerator.GetBytes(64);
                var entry = new LogEntry("bench.entry", DateTimeOffset.UnixEpoch, random.AsMemory(0, 32), random.AsMemory(32)).Encode();
                await appender.AppendAsync(new KeyedEntry(Convert.ToHexStringLower(random.AsSpan(0, 32)), entry), CancellationToken.None);
            }
        }));
    }

    private static async Task PublishedAsync(LogStore store, LogProgress progress)
    {
        var assigned = (await store.HeadAsync(CancellationToken.None)).Assigned;
        _ = await progress.WaitForAsync(assigned - 1, store, TimeSpan.FromMinutes(5), CancellationToken.None) ?? throw new InvalidOperationException("The log was not published.");
    }

    private static double Memory() => GC.GetTotalMemory(forceFullCollection: true);

    private static IReadOnlyList<Figure> ProofFigures()
    {
        // By turns, so that a busy machine is as busy for one as for the other.
        long[] sizes = [1_000_000, 100_000_000];
        var caches = sizes.Select(_ => new TileCache()).ToArray();
        var best = new double[sizes.Length];
        for (var round = 0; round < 8; round++)
        {
            for (var i = 0; i < sizes.Length; i++)
            {
                var took = Prove(sizes[i], caches[i]);
                // The first rounds are the compiler's and the caches'.
                best[i] = round < 3 ? double.MaxValue : Math.Min(best[i], took);
            }
        }

        return
        [
            new("inclusion proof at 1 million entries", best[0], "µs"),
            new("inclusion proof at 100 million entries", best[1], "µs", best[1] / best[0], "≤ 1.2"),
        ];
    }

    private static double Prove(long size, TileCache cache)
    {
        var (tiles, random) = (new SimulatedTiles(), new Random(1));
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Proofs / 8; i++)
        {
            _ = new ProofBuilder(tiles, size, cache).Inclusion(random.NextInt64(size));
        }

        return clock.Elapsed.TotalMicroseconds / (Proofs / 8);
    }
}
