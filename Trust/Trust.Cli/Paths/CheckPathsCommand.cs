using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Yinxin.Trust.Certificates.Paths.Names;
using Yinxin.Trust.Cli.Vectors;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Cli.Paths;

/// <summary><c>check-paths FILE.json</c>: validates each certification path in a file of x509-limbo's format, or of PKITS as pyHanko writes it.</summary>
internal static class CheckPathsCommand
{
    private const int Agree = 0;
    private const int Disagree = 1;
    private const int CannotRead = 2;

    /// <summary>Where Debian's package publicsuffix puts the list.</summary>
    private const string InstalledSuffixes = "/usr/share/publicsuffix/public_suffix_list.dat";

    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "A file in x509-limbo's format, or pkits.json with its folders certs and crls beside it." };
        var suite = new Option<string?>("--suite") { Description = "Allow signatures of this suite only: international or sm. Without it both are allowed." };
        suite.AcceptOnlyFromAmong("international", "sm");
        var profile = new Option<string?>("--profile") { Description = "Hold every case to these rules: rfc5280, webpki or smime. Without it a case is held to those that its id names: webpki::, smime::, otherwise RFC 5280." };
        profile.AcceptOnlyFromAmong("rfc5280", "webpki", "smime");
        var lines = new Option<bool>("--lines") { Description = "One JSON line a case instead of one harness result." };
        var suffixes = new Option<FileInfo?>("--public-suffixes") { Description = $"List of public suffixes; without it {InstalledSuffixes} when it is there." };
        var command = new Command("check-paths", "Validates published certification paths: x509-limbo's harness result; exit 0 all as the file says, 1 some not, 2 cannot read the file.") { file, suite, profile, lines, suffixes };
        command.SetAction(parsed =>
        {
            var options = new CheckPathsOptions(
                parsed.GetValue(suite) switch { "sm" => SignatureSuite.Sm, "international" => SignatureSuite.International, _ => null },
                parsed.GetValue(profile), parsed.GetValue(lines), parsed.GetValue(suffixes));
            return Run(parsed.GetRequiredValue(file), options, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        });
        return command;
    }

    private static int Run(FileInfo file, CheckPathsOptions options, TextWriter output, TextWriter errors)
    {
        try
        {
            using var cases = PathFile.Open(file, options);
            return Check(cases, options.Lines, Suffixes(options.Suffixes), output, errors);
        }
        catch (VectorException e)
        {
            errors.WriteLine($"{file.Name}: {e.Message}");
            return CannotRead;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine(e.Message);
            return CannotRead;
        }
    }

    /// <summary>Everything is judged before the harness result begins, so that half a result is never taken for a whole one.</summary>
    private static int Check(PathFile cases, bool lines, PublicSuffixes suffixes, TextWriter output, TextWriter errors)
    {
        var results = new List<Dictionary<string, string?>>();
        var exit = Agree;
        foreach (var one in cases.Cases())
        {
            var verdict = one.Judge(suffixes);
            var result = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["id"] = one.Id,
                ["actual_result"] = verdict.Valid switch { true => "SUCCESS", false => "FAILURE", null => "SKIPPED" },
                ["context"] = verdict.Why,
            };
            results.Add(result);
            if (lines)
            {
                output.WriteLine(JsonSerializer.Serialize(result, OneLine));
            }

            if (verdict.Valid is { } valid && valid != one.Expected)
            {
                exit = Disagree;
                errors.WriteLine($"{one.Id}: the file says {(one.Expected ? "SUCCESS" : "FAILURE")}, we say {result["actual_result"]} {verdict.Why}");
            }
        }

        if (!lines)
        {
            output.WriteLine(JsonSerializer.Serialize(new { version = 1, harness = "yinxin", results }, OneLine));
        }

        output.Flush();
        return exit;
    }

    private static PublicSuffixes Suffixes(FileInfo? file) =>
        file is not null ? PublicSuffixes.Load(file.FullName) : File.Exists(InstalledSuffixes) ? PublicSuffixes.Load(InstalledSuffixes) : PublicSuffixes.Common;
}

/// <summary>Options of <see cref="CheckPathsCommand"/>.</summary>
/// <param name="Suite">The only suite allowed.</param>
/// <param name="Profile">Rules for every case.</param>
/// <param name="Lines">One line a case.</param>
/// <param name="Suffixes">List of public suffixes.</param>
internal sealed record CheckPathsOptions(SignatureSuite? Suite, string? Profile, bool Lines, FileInfo? Suffixes);
