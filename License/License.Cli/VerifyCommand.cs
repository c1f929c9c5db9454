using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;
using Yinxin.License.Validation;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Validation;

namespace Yinxin.License.Cli;

/// <summary><c>yinxin verify FILE</c>: offline, with a trust bundle. Exit code 0 valid, 1 invalid, 2 cannot tell or could not look.</summary>
public static class VerifyCommand
{
    private const int CannotTell = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The command with its options.</summary>
    public static RootCommand Create()
    {
        var file = new Argument<string>("FILE") { Description = "A licence: PDF or JSON." };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON." };
        var bundle = new Option<string>("--bundle") { Description = "The platform's trust bundle.", DefaultValueFactory = _ => "./data/trust-bundle.json" };
        var command = new RootCommand("Verify a licence without a network.") { file, json, bundle };
        command.SetAction(arguments => Run(arguments.GetValue(file)!, arguments.GetValue(bundle)!, arguments.GetValue(json)));
        return command;
    }

    /// <summary>The report as the file of <c>--json</c>, as the demo keeps it too.</summary>
    public static byte[] ToJson(VerificationReport report, DateTimeOffset verifiedAt) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            result = report.Result,
            kind = report.Kind,
            verifiedAt,
            sealedAt = report.SealedAt,
            licence = report.Document?.Metadata,
            failed = report.FirstFailure?.Code,
            checks = report.Checks.Select(c => new { code = c.Code, titleZh = c.Chinese, titleEn = c.English, result = Word(c.Outcome), detail = c.Detail }),
        },
        Json);

    private static int Run(string file, string bundleFile, bool json)
    {
        TrustBundle bundle;
        byte[] content;
        try
        {
            bundle = TrustBundle.Parse(File.ReadAllBytes(bundleFile));
            var length = new FileInfo(file).Length;
            content = length > LicenseVerification.LargestFile ? throw new IOException($"{file} is larger than {LicenseVerification.LargestFile} bytes.") : File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            Console.Error.WriteLine(e.Message);
            return CannotTell;
        }

        var now = DateTimeOffset.UtcNow;
        var report = LicenseVerification.Verify(content, bundle, now);
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            output.Write(ToJson(report, now));
            output.WriteByte((byte)'\n');
        }
        else
        {
            Print(report);
        }

        return report.Result switch { "valid" => 0, "invalid" => 1, _ => CannotTell };
    }

    private static void Print(VerificationReport report)
    {
        var chinese = (Environment.GetEnvironmentVariable("LC_ALL") ?? Environment.GetEnvironmentVariable("LANG") ?? "").StartsWith("zh", StringComparison.Ordinal);
        foreach (var check in report.Checks)
        {
            var (mark, color) = check.Outcome switch { Outcome.Passed => ("✔", "green"), Outcome.Failed => ("✘", "red"), _ => ("?", "yellow") };
            AnsiConsole.MarkupLine(CultureInfo.InvariantCulture, $"[{color}]{mark}[/] {Markup.Escape(chinese ? check.Chinese : check.English)}{(check.Detail is null ? "" : " [grey]" + Markup.Escape(check.Detail) + "[/]")}");
        }

        var (word, tone) = report.Result switch
        {
            "valid" => (chinese ? "有效" : "VALID", "green"),
            "invalid" => (chinese ? "无效" : "INVALID", "red"),
            _ => (chinese ? "无法判断" : "CANNOT TELL", "yellow"),
        };
        AnsiConsole.MarkupLine(CultureInfo.InvariantCulture, $"[bold {tone}]{word}[/] {report.FirstFailure?.Code}");
    }

    private static string Word(Outcome outcome) => outcome switch { Outcome.Passed => "passed", Outcome.Failed => "failed", _ => "cannotTell" };
}
