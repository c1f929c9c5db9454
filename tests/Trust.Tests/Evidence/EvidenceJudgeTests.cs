using System.Diagnostics;
using System.Text;
using Xunit;
using Yinxin.Trust.Evidence;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Evidence;

/// <summary>Our records before an outside judge, Bouncy Castle for Java from Debian's <c>libbcpkix-java</c>: it accepts what we make and renew, and refuses the twin with one byte changed.</summary>
public sealed class EvidenceJudgeTests : IDisposable
{
    private const string Libraries = "/usr/share/java/bcpkix.jar:/usr/share/java/bcprov.jar:/usr/share/java/bcutil.jar";
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-ers-judge-");
    private readonly Archive archive = new();
    private readonly List<string> lines = [];

    public void Dispose()
    {
        archive.Dispose();
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Bouncy_Castle_accepts_our_records_and_refuses_what_was_changed()
    {
        // The judge has no other clock than the machine's.
        archive.Years(-9);
        foreach (var (suite, hash) in new[] { (SignatureSuite.International, HashFunction.Sha256), (SignatureSuite.International, HashFunction.Sha3Bits512), (SignatureSuite.Sm, HashFunction.Sm3) })
        {
            byte[][] alone = [Bytes("alone " + hash)];
            byte[][] group = [Bytes("one"), Bytes("two"), Bytes("three")];
            var made = await EvidenceRecords.CreateAsync([Documents(alone), Documents(group), Documents([Bytes("another")])], hash, archive.Tsa(suite), default);
            Judge(made[0], alone);
            Judge(made[1], group);
            Judge(made[1], group[..2], accepted: false);
            archive.Years(1);
            var renewed = await EvidenceRecords.RenewTimestampsAsync(made, archive.Tsa(suite), default);
            Judge(renewed[0], alone);
            archive.Years(1);
            var trees = await EvidenceRecords.RenewHashTreesAsync([(renewed[0], Documents(alone))], HashFunction.Sha512, archive.Tsa(SignatureSuite.International), default);
            Judge(trees[0], alone);
        }

        var answers = await RunAsync();
        Assert.Equal(lines.Count, answers.Length);
        Assert.All(lines.Zip(answers), pair => Assert.True(pair.Second.StartsWith(pair.First.Split('\t')[^1], StringComparison.Ordinal), $"{pair.First}: {pair.Second}"));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static IReadOnlyList<EvidenceDocument> Documents(byte[][] contents) => [.. contents.Select(EvidenceDocument.Of)];

    /// <summary>Each accepted case with its twin: the last byte of the first document is another.</summary>
    private void Judge(EvidenceRecord record, byte[][] documents, bool accepted = true)
    {
        var certificate = record.Last.Timestamp.SignerCertificate.GetEncoded();
        lines.Add(string.Join('\t', [Write(record.Encode()), Write(certificate), .. documents.Select(Write), accepted ? "accepted" : "refused"]));
        if (accepted)
        {
            byte[] changed = [.. documents[0][..^1], (byte)(documents[0][^1] ^ 1)];
            lines.Add(string.Join('\t', [Write(record.Encode()), Write(certificate), Write(changed), .. documents[1..].Select(Write), "refused"]));
        }
    }

    private string Write(byte[] content)
    {
        var path = Path.Combine(directory.FullName, Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(path, content);
        return path;
    }

    private async Task<string[]> RunAsync()
    {
        var cases = Path.Combine(directory.FullName, "cases");
        await File.WriteAllLinesAsync(cases, lines.Select(l => l[..l.LastIndexOf('\t')]));
        var start = new ProcessStartInfo("java", ["-cp", Libraries, Path.Combine(AppContext.BaseDirectory, "Evidence", "Judge", "EvidenceJudge.java"), cases])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        try
        {
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, "The judge needs the Debian packages default-jdk-headless and libbcpkix-java: " + await errors);
            return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException("java is missing: install the Debian packages default-jdk-headless and libbcpkix-java.", e);
        }
    }
}
