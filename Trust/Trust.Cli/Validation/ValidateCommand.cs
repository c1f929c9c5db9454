using System.CommandLine;
using System.Security.Cryptography;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Evidence;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Reports;

namespace Yinxin.Trust.Cli.Validation;

/// <summary><c>validate FILE</c>: validates a CMS or CAdES signature by ETSI EN 319 102-1.</summary>
internal static class ValidateCommand
{
    private const int CannotRead = 2;

    private static readonly Argument<FileInfo> Signature = new("signature") { Description = "The CMS, DER." };
    private static readonly Option<FileInfo?> Content = new("--content") { Description = "The signed content, when it lies outside." };
    private static readonly Option<FileInfo[]> Evidence = new("--evidence") { Description = "Evidence records (RFC 4998) over the signature, over signature and content, or over the content.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<FileInfo?> Policy = new("--policy") { Description = "Validation policy, JSON; the platform's own by default." };
    private static readonly Option<FileInfo> Bundle = new("--bundle") { Description = "Trust bundle: anchors, CAs, revocation lists.", Required = true };
    private static readonly Option<string> Report = new("--report") { Description = "simple or detailed.", DefaultValueFactory = _ => "simple" };
    private static readonly Option<DateTimeOffset?> At = new("--at") { Description = "Validation time; now by default." };

    public static Command Create()
    {
        Report.AcceptOnlyFromAmong("simple", "detailed");
        var command = new Command("validate", "Validates a CMS or CAdES signature; a JSON report for each signer; exit 0 all passed, 1 one failed, 2 cannot tell or cannot read.") { Signature, Content, Evidence, Policy, Bundle, Report, At };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (output, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        try
        {
            var cms = File.ReadAllBytes(parsed.GetRequiredValue(Signature).FullName);
            var outside = parsed.GetValue(Content) is { } file ? File.ReadAllBytes(file.FullName) : null;
            var content = outside is null ? null : DetachedContent.Of(outside);
            var evidence = (parsed.GetValue(Evidence) ?? []).Select((e, i) => CadesEvidence.Read(File.ReadAllBytes(e.FullName), FormattableString.Invariant($"evidence-{i + 1}"), cms, outside)).ToList();
            var policy = parsed.GetValue(Policy) is { } rules ? ValidationPolicy.Parse(File.ReadAllBytes(rules.FullName)) : ValidationPolicy.Platform;
            var material = ValidationMaterial.Of(TrustBundle.Parse(File.ReadAllBytes(parsed.GetRequiredValue(Bundle).FullName)));
            var now = parsed.GetValue(At) ?? TimeProvider.System.GetUtcNow();
            var results = CadesReader.Read(cms, content).Select(s => SignatureValidation.Validate(s with { EvidenceRecords = evidence }, material, policy, now)).ToList();
            foreach (var result in results)
            {
                var json = parsed.GetValue(Report) == "detailed" ? ValidationReports.ToJson(ValidationReports.Detailed(result)) : ValidationReports.ToJson(ValidationReports.Simple(result));
                output.WriteLine(System.Text.Encoding.UTF8.GetString(json));
            }

            return results.Any(r => r.Conclusion.Indication == Indication.Failed) ? 1 : results.All(r => r.Conclusion.IsPassed) ? 0 : CannotRead;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ValidationPolicyException)
        {
            errors.WriteLine(e.Message);
            return CannotRead;
        }
    }
}
