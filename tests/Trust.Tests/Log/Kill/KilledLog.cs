using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Xunit;
using Yinxin.Trust.Log;
using Yinxin.Trust.Tests.Log.Sequencing;

namespace Yinxin.Trust.Tests.Log.Kill;

/// <summary>One log, its writer that is killed again and again, and everything that the writer ever told.</summary>
internal sealed class KilledLog
{
    /// <summary>Milliseconds after the first acknowledged entry: within them the first tree is published, still cold.</summary>
    private const int LongestStart = 600;

    /// <summary>Milliseconds after the first published tree: several rounds of everything.</summary>
    private const int LongestWork = 150;
    /// <summary>Kills after which a long run says where it stands (<c>-diagnostics</c> shows it).</summary>
    private const int ToldEach = 25;
    private readonly string directory = Directory.CreateTempSubdirectory("yinxin-killed-").FullName;
    private readonly ILogDatabase database;
    private readonly string connection;
    private readonly Dictionary<long, string> acknowledged = [];
    private readonly HashSet<string> checkpoints = [];
    private int kills;

    public KilledLog(ILogDatabase database)
    {
        this.database = database;
        connection = database.Fresh(directory);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{database.Provider}: {kills} kills, {acknowledged.Count} entries acknowledged, {checkpoints.Count} checkpoints seen");

    public async Task KillAsync(int times, CancellationToken cancellationToken)
    {
        using (var creating = Start("create"))
        {
            await creating.WaitForExitAsync(cancellationToken);
            Assert.Equal(0, creating.ExitCode);
        }

        var watch = Stopwatch.StartNew();
        while (kills < times)
        {
            // By turns in the recovery after the last kill and in full work.
            var (awaited, longest) = kills % 2 == 0 ? ("a ", LongestStart) : ("c ", LongestWork);
            using var writer = Start("write");
            var told = new List<string>();
            // The moment is drawn only when the writer works: before that there would be nothing to lose.
            for (string? line = null; line is null || !line.StartsWith(awaited, StringComparison.Ordinal);)
            {
                line = await writer.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException($"The writer ended: {await writer.StandardError.ReadToEndAsync(cancellationToken)}");
                told.Add(line);
            }

            var rest = writer.StandardOutput.ReadToEndAsync(cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(longest * 10) / 10.0), cancellationToken);
            writer.Kill();
            await writer.WaitForExitAsync(cancellationToken);
            Assert.NotEqual(0, writer.ExitCode);
            kills++;
            if (kills % ToldEach == 0)
            {
                TestContext.Current.SendDiagnosticMessage("{0} of {1} kills, {2:hh\\:mm\\:ss}", ToString(), times, watch.Elapsed);
            }

            Remember([.. told, .. Whole(await rest)]);
        }
    }

    public async Task AssertNothingLostAsync(CancellationToken cancellationToken)
    {
        using var finishing = Start("finish");
        var told = await finishing.StandardOutput.ReadToEndAsync(cancellationToken);
        await finishing.WaitForExitAsync(cancellationToken);
        Assert.True(finishing.ExitCode == 0, await finishing.StandardError.ReadToEndAsync(cancellationToken));
        Remember(Whole(told));
        Assert.True(acknowledged.Count >= kills && checkpoints.Count >= kills / 2, ToString());

        var final = Checkpoint.Parse(SignedNote.Parse(await File.ReadAllBytesAsync(Path.Combine(directory, "log", "checkpoint"), cancellationToken)).Text);
        var roots = checkpoints.Select(c => Checkpoint.Parse(SignedNote.Parse(Convert.FromBase64String(c)).Text)).ToLookup(c => c.Size);
        Assert.Contains(final.Size, roots.Select(r => r.Key));
        var (edge, found) = (new CompactRange(), 0);
        var follower = new LogFollower(new DirectoryLogSource(Path.Combine(directory, "log")));
        await follower.AdvanceAsync(final.Size, final.Size, (place, entry, _) =>
        {
            var leaf = MerkleHash.Leaf(entry.Span);
            edge.Append(leaf);
            found += acknowledged.TryGetValue(place, out var known) && known == Convert.ToHexStringLower(leaf) ? 1 : 0;
            Assert.All(roots[place + 1], head => Assert.Equal(edge.Root(), head.Root.ToArray()));
            return ValueTask.CompletedTask;
        }, cancellationToken);
        await follower.CompareEdgeAsync(final.Size, cancellationToken);
        Assert.Equal(final.Root.ToArray(), follower.Root());
        Assert.Equal(acknowledged.Count, found);
        Directory.Delete(directory, recursive: true);
    }

    private void Remember(IEnumerable<string> lines)
    {
        foreach (var parts in lines.Select(l => l.Split(' ')))
        {
            if (parts[0] == "c")
            {
                checkpoints.Add(parts[1]);
                continue;
            }

            var place = long.Parse(parts[1], CultureInfo.InvariantCulture);
            Assert.True(acknowledged.TryAdd(place, parts[2]), $"Place {place} was given twice.");
        }
    }

    /// <summary>Without the last line when the kill cut it off.</summary>
    private static string[] Whole(string output) => output.Split('\n')[..^1];

    private Process Start(string command) => Process.Start(new ProcessStartInfo(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "Yinxin.LogWriter.dll"), command, directory, database.Provider, connection])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
        StandardOutputEncoding = Encoding.ASCII,
    })!;
}
