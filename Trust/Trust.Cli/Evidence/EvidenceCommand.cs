using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Evidence;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Cli.Evidence;

/// <summary><c>evidence create|renew|verify</c>: evidence records (RFC 4998) beside files, so that they stay proved for longer than any algorithm lasts.</summary>
internal static class EvidenceCommand
{
    private const int Valid = 0, NotValid = 1, CannotTell = 2;
    private const string Ending = ".ers";

    private static readonly Dictionary<string, HashFunction> Hashes = new(StringComparer.Ordinal)
    {
        ["sha256"] = HashFunction.Sha256,
        ["sha384"] = HashFunction.Sha384,
        ["sha512"] = HashFunction.Sha512,
        ["sha3-256"] = HashFunction.Sha3Bits256,
        ["sha3-384"] = HashFunction.Sha3Bits384,
        ["sha3-512"] = HashFunction.Sha3Bits512,
        ["sm3"] = HashFunction.Sm3,
    };

    public static Command Create(TimeProvider time) => new("evidence", "证据记录（RFC 4998）/ evidence records beside files")
    {
        CreateCreate(), CreateRenew(), CreateVerify(time),
    };

    private static Command CreateCreate()
    {
        var (tsa, hash, files) = (Tsa(), Hash("sha256"), Files("每个文件一份证据 / each file gets a record of its own, all under one timestamp"));
        var command = new Command("create", "为文件制作 FILE.ers / writes FILE.ers for each file; exit 0 done, 2 could not") { tsa, hash, files };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, async output =>
        {
            var all = parsed.GetRequiredValue(files);
            if (all.FirstOrDefault(f => File.Exists(f.FullName + Ending)) is { } there)
            {
                throw new IOException($"{there.Name}{Ending} is there already; renew it instead.");
            }

            using var client = Client();
            var records = await EvidenceRecords.CreateAsync([.. all.Select(f => (IReadOnlyList<EvidenceDocument>)[EvidenceDocument.File(f.FullName)])], Hashes[parsed.GetRequiredValue(hash)], Stamp(client, parsed.GetRequiredValue(tsa)), cancellationToken);
            Write(all, records, output);
        }));
        return command;
    }

    private static Command CreateRenew()
    {
        var (tsa, files) = (Tsa(), Files("已有 FILE.ers 的文件 / files with a record beside"));
        var hash = new Option<string?>("--hash") { Description = "新的摘要算法：整树更新；缺省只更新时间戳 / a new digest: renews the hash tree; without it only the timestamp" };
        hash.AcceptOnlyFromAmong([.. Hashes.Keys]);
        var command = new Command("renew", "更新证据 / renews the records, before certificate or algorithm ends; exit 0 done, 2 could not") { tsa, hash, files };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, async output =>
        {
            var all = parsed.GetRequiredValue(files);
            var records = all.Select(f => EvidenceRecord.Parse(File.ReadAllBytes(f.FullName + Ending))).ToList();
            using var client = Client();
            var stamp = Stamp(client, parsed.GetRequiredValue(tsa));
            var renewed = parsed.GetValue(hash) is { } name
                ? await EvidenceRecords.RenewHashTreesAsync([.. records.Zip(all, (r, f) => (r, (IReadOnlyList<EvidenceDocument>)[EvidenceDocument.File(f.FullName)]))], Hashes[name], stamp, cancellationToken)
                : await EvidenceRecords.RenewTimestampsAsync(records, stamp, cancellationToken);
            Write(all, renewed, output);
        }));
        return command;
    }

    private static Command CreateVerify(TimeProvider time)
    {
        var bundle = new Option<FileInfo>("--bundle") { Required = true, Description = "信任包 / trust bundle" };
        var files = Files("文件 / files with a record beside");
        var command = new Command("verify", "核验 FILE.ers / verifies FILE against FILE.ers; exit 0 all hold, 1 one does not, 2 cannot tell") { bundle, files };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var worst = Valid;
            var exit = await RunAsync(parsed, output =>
            {
                var trusted = TrustBundle.Parse(File.ReadAllBytes(parsed.GetRequiredValue(bundle).FullName));
                var trust = new EvidenceTrust(ValidationMaterial.Of(trusted), ValidationPolicy.Platform, time.GetUtcNow());
                foreach (var file in parsed.GetRequiredValue(files))
                {
                    worst = Math.Max(worst, Verify(file, trust, output));
                }

                return Task.CompletedTask;
            });
            return exit == Valid ? worst : exit;
        });
        return command;
    }

    private static int Verify(FileInfo file, EvidenceTrust trust, TextWriter output)
    {
        var record = EvidenceRecord.Parse(File.ReadAllBytes(file.FullName + Ending));
        var checks = EvidenceVerification.Verify(record, [EvidenceDocument.File(file.FullName)], trust);
        var outcome = Check.Overall(checks);
        var (chinese, english) = outcome switch
        {
            Outcome.Passed => ("有效", "holds"),
            Outcome.Failed => ("无效", "does not hold"),
            _ => ("无法判断", "cannot tell"),
        };
        output.WriteLine($"{file.Name}: {chinese}，自 {record.Since:u} / {english}, since {record.Since:u}");
        foreach (var check in checks.Where(c => c.Outcome != Outcome.Passed))
        {
            output.WriteLine($"  {check.Code}: {check.Chinese} / {check.English} {check.Detail}");
        }

        return outcome == Outcome.Passed ? Valid : outcome == Outcome.Failed ? NotValid : CannotTell;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Func<TextWriter, Task> step)
    {
        try
        {
            await step(parsed.InvocationConfiguration.Output);
            return Valid;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or HttpRequestException or TaskCanceledException)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"evidence: 无法完成 / {e.Message}");
            return CannotTell;
        }
    }

    /// <summary>Through a file beside, so that a record is never half written: it may be the only one.</summary>
    private static void Write(FileInfo[] files, IReadOnlyList<EvidenceRecord> records, TextWriter output)
    {
        foreach (var (file, record) in files.Zip(records))
        {
            var place = file.FullName + Ending;
            File.WriteAllBytes(place + ".new", record.Encode());
            File.Move(place + ".new", place, overwrite: true);
            output.WriteLine($"{file.Name}{Ending}: {record.Last.Timestamp.Time:u} {record.Last.Timestamp.Authority}");
        }
    }

    private static HttpClient Client() => new() { Timeout = TimeSpan.FromSeconds(30) };

    private static Stamp Stamp(HttpClient client, Uri tsa) => (hash, digest, cancellationToken) => TimestampClient.StampDigestAsync(client, tsa, hash, digest, cancellationToken);

    private static Option<Uri> Tsa() => new("--tsa") { Required = true, Description = "时间戳服务地址 / address of the TSA", CustomParser = Ceremony.CeremonyCommands.Address! };

    private static Option<string> Hash(string otherwise)
    {
        var hash = new Option<string>("--hash") { DefaultValueFactory = _ => otherwise, Description = "摘要算法 / digest" };
        hash.AcceptOnlyFromAmong([.. Hashes.Keys]);
        return hash;
    }

    private static Argument<FileInfo[]> Files(string description) => new("file") { Arity = ArgumentArity.OneOrMore, Description = description };
}
