using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Xunit;
using Yinxin.Trust.Log;
using static Yinxin.Trust.Tests.Log.Following.CheckLog;

namespace Yinxin.Trust.Tests.Log.Following;

/// <summary><c>trust check-log</c> over logs in directories: a good one is proved, each spoilt one is refused with its reason.</summary>
public sealed class CheckLogTests : IDisposable
{
    private readonly SampleLog log = new();
    private static readonly string[] Key = ["--key", SampleLog.Key.Verifier.ToString()];

    public void Dispose() => log.Dispose();

    [Fact]
    public async Task Every_checkpoint_of_a_good_log_is_proved()
    {
        string[] keys = [.. Key, "--key", SampleLog.Sm2.Verifier.ToString(), .. SampleLog.Witnesses.Take(2).SelectMany(w => new[] { "--key", w.Verifier.ToString() })];
        var checkedLog = await RunAsync(log.Root, keys);
        Assert.Equal((0, ""), (checkedLog.Exit, checkedLog.Errors));
        Assert.Equal(SampleLog.Sizes.Length + 2, checkedLog.Lines.Count);
        Assert.All(checkedLog.Lines, line => Assert.Equal("accepted", Text(line, "result")));
        Assert.Equal(4, checkedLog.Of("checkpoint.257").GetProperty("signedBy").GetArrayLength());
        Assert.Equal((SampleLog.Origin, SampleLog.Size), (Text(checkedLog.Log, "log"), checkedLog.Log.GetProperty("entries").GetInt32()));
    }

    [Fact]
    public async Task What_a_running_log_is_writing_at_the_moment_is_no_checkpoint_of_it()
    {
        await using var written = new FileStream(Path.Combine(log.Root, $"checkpoint.1.{Guid.NewGuid():N}.new"), FileMode.Create, FileAccess.Write, FileShare.None);
        var checkedLog = await RunAsync(log.Root, Key);
        Assert.Equal((0, ""), (checkedLog.Exit, checkedLog.Errors));
        Assert.Equal(SampleLog.Sizes.Length + 2, checkedLog.Lines.Count);
    }

    [Fact]
    public async Task Without_a_key_the_answer_says_that_nobody_s_signature_was_checked()
    {
        var checkedLog = await RunAsync(log.Root);
        Assert.Equal(0, checkedLog.Exit);
        Assert.StartsWith("not checked", Text(checkedLog.Log, "signatures"), StringComparison.Ordinal);
    }

    /// <summary>What is changed, which checkpoint then falls, and why; all smaller ones still stand.</summary>
    public static TheoryData<string, string, string> Spoilt => new()
    {
        { "flip tile/entries/000 -1", "checkpoint.256", "tile" },
        { "flip tile/entries/002.p/188 5", "checkpoint.699", "tile" },
        { "flip tile/0/001 31", "checkpoint.512", "tile" },
        { "flip tile/0/002.p/188 31", "checkpoint.700", "tile" },
        { "flip tile/0/000.p/255 31", "checkpoint.255", "tile" },
        { "flip tile/1/000.p/2 0", "checkpoint.512", "tile" },
        { "cut tile/0/001", "checkpoint.512", "malformed" },
        { "cut tile/entries/001", "checkpoint.257", "malformed" },
        { "cut tile/entries/002.p/188", "checkpoint.699", "malformed" },
        { "delete tile/0/001", "checkpoint.512", "missing" },
        { "delete tile/0/002.p/187", "checkpoint.699", "missing" },
        { "delete tile/entries/000", "checkpoint.1", "missing" },
        { "delete tile/1/000.p/1", "checkpoint.256", "missing" },
        { "append tile/0/001", "checkpoint.512", "tooLarge" },
        { "append tile/entries/001", "checkpoint.257", "malformed" },
        { "fork 512", "checkpoint.512", "root" },
        { "text 257", "checkpoint.257", "signature" },
        { "stranger 257", "checkpoint.257", "signature" },
        { "origin 257", "checkpoint.257", "origin" },
        { "bytes checkpoint.257", "checkpoint.257", "malformed" },
        { "empty checkpoint.257", "checkpoint.257", "malformed" },
    };

    [Theory]
    [MemberData(nameof(Spoilt))]
    public async Task A_spoilt_log_is_refused_with_its_reason(string how, string falls, string reason)
    {
        Spoil(how.Split(' '));
        var checkedLog = await RunAsync(log.Root, Key);
        Assert.Equal((1, ""), (checkedLog.Exit, checkedLog.Errors));
        Assert.Equal(("rejected", reason), (Text(checkedLog.Of(falls), "result"), Text(checkedLog.Of(falls), "reason")));
        Assert.NotEmpty(Text(checkedLog.Of(falls), "why")!);
        Assert.Equal("rejected", Text(checkedLog.Log, "result"));
        var size = int.Parse(falls.Split('.')[1], CultureInfo.InvariantCulture);
        Assert.All(SampleLog.Sizes.Where(s => s < size), s => Assert.Equal("accepted", Text(checkedLog.Of($"checkpoint.{s}"), "result")));
    }

    [Fact]
    public async Task A_partial_file_whose_full_one_is_there_may_be_gone()
    {
        File.Delete(log.PathOf("tile/0/000.p/255"));
        File.Delete(log.PathOf("tile/entries/000.p/255"));
        Assert.Equal(0, (await RunAsync(log.Root, Key)).Exit);
    }

    [Fact]
    public async Task A_narrower_partial_tile_that_lies_beside_is_checked_though_no_checkpoint_here_needs_it()
    {
        foreach (var size in SampleLog.Sizes.Where(s => s != SampleLog.Size))
        {
            File.Delete(log.PathOf($"checkpoint.{size}"));
        }

        log.Flip("tile/0/000.p/1", 0);
        var checkedLog = await RunAsync(log.Root, Key);
        Assert.Equal((1, "tile"), (checkedLog.Exit, Text(checkedLog.Log, "reason")));
        Assert.Contains("tile/0/000.p/1 ", Text(checkedLog.Log, "why"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_kept_from_before_must_still_be_contained()
    {
        var kept = Path.GetTempFileName();
        await File.WriteAllBytesAsync(kept, SampleLog.Note(new Checkpoint(SampleLog.Origin, 300, SampleLog.Root32(SampleLog.Entry, 300))), TestContext.Current.CancellationToken);
        Assert.Equal(0, (await RunAsync(log.Root, [.. Key, "--checkpoint", kept])).Exit);
        await File.WriteAllBytesAsync(kept, SampleLog.Note(new Checkpoint(SampleLog.Origin, 300, SampleLog.Root32(i => SampleLog.Entry(i + 1), 300))), TestContext.Current.CancellationToken);
        var forked = await RunAsync(log.Root, [.. Key, "--checkpoint", kept]);
        Assert.Equal((1, "root"), (forked.Exit, Text(forked.Of(Path.GetFileName(kept)), "reason")));
        await File.WriteAllBytesAsync(kept, SampleLog.Note(new Checkpoint(SampleLog.Origin, 900, SampleLog.Root32(SampleLog.Entry, 900))), TestContext.Current.CancellationToken);
        var shrunk = await RunAsync(log.Root, [.. Key, "--checkpoint", kept]);
        Assert.Equal((1, "missing"), (shrunk.Exit, Text(shrunk.Of(Path.GetFileName(kept)), "reason")));
        File.Delete(kept);
    }

    [Fact]
    public async Task Witnesses_are_counted_against_the_quorum()
    {
        string[] all = [.. Key, .. SampleLog.Witnesses.SelectMany(w => new[] { "--key", w.Verifier.ToString() })];
        var refused = await RunAsync(log.Root, all);
        Assert.Equal((1, "cosignature"), (refused.Exit, Text(refused.Of("checkpoint"), "reason")));
        Assert.Equal(0, (await RunAsync(log.Root, [.. all, "--quorum", "2"])).Exit);
        Assert.Equal(2, (await RunAsync(log.Root, [.. all, "--quorum", "4"])).Exit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(600)]
    public async Task From_a_size_on_the_hashes_before_are_proved_by_the_later_roots(int from)
    {
        foreach (var size in SampleLog.Sizes.Where(s => s < from))
        {
            File.Delete(log.PathOf($"checkpoint.{size}"));
        }

        var size0 = from.ToString(CultureInfo.InvariantCulture);
        var good = await RunAsync(log.Root, [.. Key, "--from-size", size0]);
        Assert.Equal((0, ""), (good.Exit, good.Errors));
        log.Flip(from < 256 ? "tile/0/000" : "tile/1/000.p/2", 0);
        Assert.Equal(1, (await RunAsync(log.Root, [.. Key, "--from-size", size0])).Exit);
    }

    [Fact]
    public async Task A_foreign_log_s_ecdsa_key_is_known()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var verifier = new NoteVerifier(SampleLog.Origin, NoteAlgorithm.Ecdsa, ecdsa.ExportSubjectPublicKeyInfo());
        Assert.Equal(SHA256.HashData(ecdsa.ExportSubjectPublicKeyInfo())[..4], Convert.FromHexString(verifier.KeyId.ToString("x8", CultureInfo.InvariantCulture)));
        var text = new Checkpoint(SampleLog.Origin, SampleLog.Size, SampleLog.Root32(SampleLog.Entry, SampleLog.Size)).Text;
        var signature = ecdsa.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Array.ForEach(Directory.GetFiles(log.Root, "checkpoint*"), File.Delete);
        await File.WriteAllBytesAsync(log.PathOf("checkpoint"), new SignedNote(text, [new NoteSignature(SampleLog.Origin, verifier.KeyId, signature)]).Encode(), TestContext.Current.CancellationToken);
        Assert.Equal(0, (await RunAsync(log.Root, "--key", verifier.ToString())).Exit);
        log.Flip("checkpoint", ^3);
        Assert.Equal(1, (await RunAsync(log.Root, "--key", verifier.ToString())).Exit);
    }

    [Theory]
    [InlineData("/no/such/directory", "neither")]
    [InlineData("ftp://127.0.0.1/log", "neither")]
    [InlineData("http://127.0.0.1:9/log", "checkpoint")]
    public async Task What_cannot_be_read_exits_with_2_and_says_why(string where, string why)
    {
        var checkedLog = await RunAsync(where);
        Assert.Equal(2, checkedLog.Exit);
        Assert.Contains(why, checkedLog.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no key")]
    [InlineData("log.example/sample+00000000+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")]
    public async Task A_key_that_is_none_exits_with_2(string key) => Assert.Equal(2, (await RunAsync(log.Root, "--key", key)).Exit);

    [Fact]
    public async Task The_published_log_is_proved_and_each_file_of_it_counts()
    {
        if (Environment.GetEnvironmentVariable("YINXIN_VECTORS") is not { Length: > 0 } vectors)
        {
            return;
        }

        const string key = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
        var good = await RunAsync(Path.Combine(vectors, "tlog-tiles"), "--key", key);
        Assert.Equal((0, 17, 15), (good.Exit, good.Log.GetProperty("proved").GetInt32(), good.Log.GetProperty("entries").GetInt32()));
        foreach (var file in Directory.GetFiles(Path.Combine(vectors, "tlog-tiles"), "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Path.Combine(vectors, "tlog-tiles"), f)).Where(f => f.StartsWith("checkpoint", StringComparison.Ordinal) || f.StartsWith("tile", StringComparison.Ordinal)))
        {
            var copy = Directory.CreateTempSubdirectory("yinxin-vector-log-");
            foreach (var source in Directory.GetFiles(Path.Combine(vectors, "tlog-tiles"), "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(copy.FullName, Path.GetRelativePath(Path.Combine(vectors, "tlog-tiles"), source));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                var bytes = await File.ReadAllBytesAsync(source, TestContext.Current.CancellationToken);
                bytes[^Math.Min(2, bytes.Length)] ^= (byte)(Path.GetRelativePath(Path.Combine(vectors, "tlog-tiles"), source) == file ? 1 : 0);
                await File.WriteAllBytesAsync(target, bytes, TestContext.Current.CancellationToken);
            }

            var spoilt = await RunAsync(copy.FullName, "--key", key);
            copy.Delete(recursive: true);
            Assert.True(spoilt.Exit == 1, file);
        }
    }

    private void Spoil(string[] how)
    {
        switch (how[0])
        {
            case "flip": log.Flip(how[1], how[2] == "-1" ? ^1 : int.Parse(how[2], CultureInfo.InvariantCulture)); break;
            case "cut": log.Cut(how[1]); break;
            case "delete": File.Delete(log.PathOf(how[1])); break;
            case "append": File.AppendAllText(log.PathOf(how[1]), "\0"); break;
            case "bytes": File.WriteAllBytes(log.PathOf(how[1]), [0xff, 0x00, 0x0a]); break;
            case "empty": File.WriteAllBytes(log.PathOf(how[1]), []); break;
            default: Replace(how[0], int.Parse(how[1], CultureInfo.InvariantCulture)); break;
        }
    }

    /// <summary>A checkpoint of that size of another tree, by another key, or of another log.</summary>
    private void Replace(string how, int size)
    {
        var root = SampleLog.Root32(how == "fork" ? i => SampleLog.Entry(i + 1) : SampleLog.Entry, size);
        var head = new Checkpoint(how == "origin" ? "other.example/log" : SampleLog.Origin, size, root);
        var note = SignedNote.Sign(head.Text, [how == "stranger" ? SampleLog.Stranger : SampleLog.Key]);
        File.WriteAllBytes(log.PathOf($"checkpoint.{size}"), (how == "text" ? note with { Text = (head with { Size = size - 1 }).Text } : note).Encode());
    }
}
