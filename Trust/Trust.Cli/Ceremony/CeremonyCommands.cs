using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Ceremonies;
using Yinxin.Trust.Ceremonies.Custody;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Keys;

namespace Yinxin.Trust.Cli.Ceremony;

/// <summary>What the commands of the key ceremony share: options, words in both languages, exit codes (0 done, 1 refused with nothing changed, 2 wrong use).</summary>
internal static class CeremonyCommands
{
    public const int Done = 0, Refused = 1;
    private const int LargestFile = 64 * 1024;

    public static IEnumerable<Command> Create(TimeProvider time) =>
    [
        InitCommand.Create(time), OpenShareCommand.Create(), IssueAuthorityCommand.Create(time), RotateCommand.Create(time), CrlCommand.Create(time),
        BackupCommand.Create(time), RestoreCommand.Create(time), ExportBundleCommand.Create(time), JournalCommand.Create(time),
    ];

    public static Option<DirectoryInfo> DirectoryOption(string description = "仪式目录 / the ceremony's directory") => new("--directory") { Required = true, Description = description };

    public static Option<FileInfo[]> Shares() => new("--shares")
    {
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        Description = "已打开的份额文件 / opened shares, as many as the threshold",
    };

    public static Option<string[]> By() => new("--by") { AllowMultipleArgumentsPerToken = true, Description = "在场人员，写入日志 / who is present, for the journal" };

    public static Option<FileInfo[]> Custodians(bool required) => new("--custodians")
    {
        Required = required,
        AllowMultipleArgumentsPerToken = true,
        Description = "保管人证书（PEM，RSA 或 NIST 曲线）/ certificates of the custodians (PEM, RSA or a NIST curve)",
    };

    /// <summary>An absolute http or https address.</summary>
    public static Uri? Address(ArgumentResult result)
    {
        if (result.Tokens is [var only] && Uri.TryCreate(only.Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address;
        }

        result.AddError("须为 http 或 https 地址 / an http or https address is expected");
        return null;
    }

    /// <summary>Runs a step; a refusal is told in both languages with its code.</summary>
    public static int Run(ParseResult parsed, Action<TextWriter> step)
    {
        var errors = parsed.InvocationConfiguration.Error;
        try
        {
            step(parsed.InvocationConfiguration.Output);
            return Done;
        }
        catch (CeremonyException e)
        {
            errors.WriteLine($"{e.Code}: {e.Chinese} / {e.Message}");
        }
        catch (KeyStoreException e)
        {
            errors.WriteLine($"{e.Code}: {e.Chinese} / {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"ceremony.file: 文件无法读写 / {e.Message}");
        }

        return Refused;
    }

    public static void Say(this TextWriter output, string chinese, string english) => output.WriteLine($"{chinese} / {english}");

    public static IReadOnlyList<string> Present(string[]? by) => by is { Length: > 0 } ? by : [Environment.UserName];

    public static IReadOnlyList<X509Certificate> ReadCertificates(FileInfo[] files) => [.. files.Select(ReadCertificate)];

    /// <summary>The opened shares, given to the step and wiped after it.</summary>
    public static void WithShares(FileInfo[] files, Action<IReadOnlyCollection<KeyShare>> step)
    {
        var shares = new List<KeyShare>();
        try
        {
            foreach (var file in files)
            {
                var json = Read(file);
                try
                {
                    shares.Add(KeyShare.Parse(json));
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(json);
                }
            }

            step(shares);
        }
        finally
        {
            shares.ForEach(s => s.Dispose());
        }
    }

    /// <summary>Opens the directory and its keys, does the step, finishes, and says what was issued and what to write down.</summary>
    public static void Sit(TextWriter output, TimeProvider time, (DirectoryInfo Directory, FileInfo[] Shares, string[]? By) at, Action<Ceremonies.Ceremony, Sitting> step) => WithShares(at.Shares, shares =>
    {
        using var ceremony = Ceremonies.Ceremony.Open(at.Directory.FullName, time);
        using var sitting = ceremony.Sit(shares, Present(at.By));
        step(ceremony, sitting);
        sitting.Finish();
        foreach (var name in sitting.Issued)
        {
            output.Say($"已签发 {name}", $"issued {name}");
        }

        SayHead(output, ceremony);
    });

    public static void SayHead(TextWriter output, Ceremonies.Ceremony ceremony) =>
        output.Say($"日志共 {ceremony.Journal.Entries.Count} 行，末行摘要请记录在纸上：{ceremony.Journal.Head}", $"the journal has {ceremony.Journal.Entries.Count} lines; write its head on paper: {ceremony.Journal.Head}");

    public static byte[] Read(FileInfo file) => file is { Exists: true, Length: <= LargestFile } ? File.ReadAllBytes(file.FullName)
        : throw new IOException($"{file.Name} is missing or larger than {LargestFile} bytes.");

    private static X509Certificate ReadCertificate(FileInfo file)
    {
        var text = System.Text.Encoding.Latin1.GetString(Read(file));
        try
        {
            if (PemEncoding.TryFind(text, out var fields) && text.AsSpan()[fields.Label].SequenceEqual("CERTIFICATE"))
            {
                return CertificateReading.Read(Convert.FromBase64String(text[fields.Base64Data]));
            }
        }
        catch (CryptographicException)
        {
            // Told below.
        }

        throw new CeremonyException(CeremonyException.Custodian, $"{file.Name} is no certificate in PEM.", $"{file.Name} 不是 PEM 证书。");
    }
}
