using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server;

namespace Yinxin.Interop.Log;

/// <summary>Go's sumdb/note and sumdb/tlog prove our log over HTTP, and refuse it when a byte is changed on its way.</summary>
public sealed class LogJudgeTests(IssuedLicence platform)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Go_proves_every_entry_every_earlier_tree_and_the_served_proofs_of_the_platform_s_log()
    {
        using var client = new HttpClient();
        var log = platform.Address("trust") + "/log";
        var key = await KeyAsync(client, log);
        var old = Path.GetTempFileName();
        await File.WriteAllTextAsync(old, await client.GetStringAsync(log + "/checkpoint", Cancellation), Cancellation);
        var (accepted, output) = await LogJudge.RunAsync("-log", log, "-api", platform.Address("trust") + "/api/log", "-key", key, "-old", old);
        Assert.True(accepted, output);
        var report = LogJudge.Report(output);
        Assert.True(report.GetProperty("size").GetInt64() > 5, output);
        Assert.Equal(report.GetProperty("size").GetInt64(), report.GetProperty("entries").GetInt64());
        Assert.Equal(report.GetProperty("size").GetInt64(), report.GetProperty("trees").GetInt64());
        var kinds = report.GetProperty("kinds").EnumerateArray().Select(k => k.GetString()).ToList();
        Assert.All(["authority.created", "certificate.issued", "seal.made"], kind => Assert.Contains(kind, kinds));

        // Another root under the same signatures, kept as the old checkpoint.
        var note = SignedNote.Parse(await File.ReadAllBytesAsync(old, Cancellation));
        var head = Checkpoint.Parse(note.Text);
        await File.WriteAllBytesAsync(old, (note with { Text = (head with { Size = head.Size - 1 }).Text }).Encode(), Cancellation);
        Assert.False((await LogJudge.RunAsync("-log", log, "-key", key, "-old", old)).Accepted);
        File.Delete(old);
    }

    [Fact]
    public async Task Go_proves_the_cosignature_of_a_witness_and_misses_it_when_it_is_another_s()
    {
        using var client = new HttpClient();
        var (logAddress, witnessAddress) = (Loopback(), Loopback());
        var directories = new[] { Directory.CreateTempSubdirectory("yinxin-witnessed-"), Directory.CreateTempSubdirectory("yinxin-witness-") };
        // The witness has to know the log's keys and the log the witness's: each first starts alone and makes its own.
        var (log, witness) = (Node(logAddress, directories[0]), Node(witnessAddress, directories[1]));
        await log.StartAsync(Cancellation);
        await witness.StartAsync(Cancellation);
        var keys = (await client.GetStringAsync(new Uri(logAddress, "log/keys"), Cancellation)).Split('\n');
        var witnessKey = (await client.GetStringAsync(new Uri(witnessAddress, "witness/key"), Cancellation)).Trim();
        await log.DisposeAsync();
        await witness.DisposeAsync();

        await using var knowing = Node(witnessAddress, directories[1], new("Witness:Logs:0:Origin", $"localhost:{logAddress.Port}/log"), new("Witness:Logs:0:Keys:0", keys[0]));
        await knowing.StartAsync(Cancellation);
        await using var witnessed = Node(
            logAddress, directories[0], new("Log:Witnesses:0:Address", witnessAddress.ToString()), new("Log:Witnesses:0:Key", witnessKey), new("Log:Quorum", "1"),
            // Its certificate is the next entry.
            new("SiteCertificate:Host", "localhost"), new("SiteCertificate:Directory", directories[0].FullName), new("SiteCertificate:Password", "for the test"));
        await witnessed.StartAsync(Cancellation);
        var logPrefix = new Uri(logAddress, "log").ToString();
        await CosignedAsync(client, logPrefix);

        var (accepted, output) = await LogJudge.RunAsync("-log", logPrefix, "-key", keys[0], "-witness", witnessKey);
        Assert.True(accepted, output);
        Assert.Equal(2, LogJudge.Report(output).GetProperty("signed").GetArrayLength());
        var stranger = Ed25519NoteSigner.ForWitness($"localhost:{witnessAddress.Port}/witness", new byte[32], TimeProvider.System).Verifier.ToString();
        Assert.False((await LogJudge.RunAsync("-log", logPrefix, "-key", keys[0], "-witness", stranger)).Accepted);
        await witnessed.StopAsync(Cancellation);
        await knowing.StopAsync(Cancellation);
        Array.ForEach(directories, d => d.Delete(recursive: true));
    }

    /// <summary>Until the next checkpoint, which the witness cosigned, is published.</summary>
    private static async Task CosignedAsync(HttpClient client, string log)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (SignedNote.Parse(await client.GetByteArrayAsync(log + "/checkpoint", limit.Token)).Signatures.Count < 3)
        {
            await Task.Delay(100, limit.Token);
        }
    }

    private static async Task<string> KeyAsync(HttpClient client, string log) => (await client.GetStringAsync(log + "/keys", Cancellation)).Split('\n')[0];

    private static Uri Loopback() => new(FormattableString.Invariant($"http://localhost:{FreePort.Next()}"));

    private static WebApplication Node(Uri address, DirectoryInfo directory, params KeyValuePair<string, string?>[] settings) => TrustServerApp.Build([], builder =>
    {
        builder.Configuration.AddInMemoryCollection([
            new("App:Address", address.ToString()), new("App:DataDirectory", directory.FullName), new("App:MasterKey", Convert.ToBase64String(new byte[32])),
            new("Addresses:Trust", address.ToString()), .. settings,
        ]);
        builder.Logging.ClearProviders();
    });
}
