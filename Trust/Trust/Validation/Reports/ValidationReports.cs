using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Reports;

/// <summary>Draws reports from results.</summary>
public static class ValidationReports
{
    /// <summary>Version of the form.</summary>
    public const int Version = 1;

    // Chinese stands as it is: the JSON is for files and APIs, not for being pasted into HTML.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON Schema of <see cref="ToJson(ValidationReport)"/>, UTF-8.</summary>
    public static byte[] Schema()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("validation/report-schema.json")!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    /// <summary>The detailed report as UTF-8 JSON.</summary>
    public static byte[] ToJson(ValidationReport report) => JsonSerializer.SerializeToUtf8Bytes(report, Json);

    /// <summary>The simple report as UTF-8 JSON.</summary>
    public static byte[] ToJson(SimpleReport report) => JsonSerializer.SerializeToUtf8Bytes(report, Json);

    /// <summary>For people.</summary>
    public static SimpleReport Simple(ValidationResult result)
    {
        var (chinese, english) = Words(result.Conclusion);
        var warnings = result.Blocks.SelectMany(b => b.Constraints).Where(c => c.Status == ConstraintStatus.Warning).DistinctBy(c => (c.Code, c.Detail)).Select(Of).ToList();
        return new SimpleReport(
            result.Conclusion.Indication.TotalName(), result.Conclusion.SubIndication?.Name(), chinese, english, result.Conclusion.Detail, result.SigningCertificate?.Subject.ToString(),
            result.Signature.ClaimedTime, result.BestSignatureTime, result.TimeProven, warnings);
    }

    /// <summary>For experts and machines.</summary>
    public static ValidationReport Detailed(ValidationResult result) => new(
        Version,
        result.ValidationTime,
        new ReportedPolicy(result.Policy.Name, result.Policy.Version),
        Simple(result),
        new ReportedSignature(result.Signature.Id, result.Signature.Format, result.SigningCertificate is { } signer ? Digest(signer) : null),
        new ReportedProcesses(Of(result.Basic), Of(result.WithTime), Of(result.Conclusion)),
        [.. result.Path.Select(Digest)],
        [.. result.Timestamps.Select(t => new ReportedTimestamp(
            t.Timestamp.Signature.Id, t.Role, t.Timestamp.Signature.FormatFindings.Count == 0 ? t.Timestamp.Time : null, Of(t.Conclusion), [.. t.Timestamp.Proves.Select(p => p.Sha256)]))],
        [.. result.EvidenceRecords.Select(e => new ReportedEvidenceRecord(e.Record.Id, e.Since, Of(e.Conclusion), [.. e.Record.Timestamps.Select(t => t.Timestamp.Signature.Id)], [.. e.Record.Proves.Select(p => p.Sha256)]))],
        [.. result.Proofs.Select(p => new ReportedProof(p.Key.Sha256, p.Time, p.Source))],
        [.. result.Certificates.Select(Of)],
        [.. result.Revocation.Select(r => new ReportedRevocation(r.Key.Sha256, r.Kind, r.IssuedAt, r.NextUpdate))],
        [.. result.Blocks.Select(b => new ReportedBlock(b.Block, b.Clause, b.Subject, b.At, Of(b.Conclusion), [.. b.Constraints.Select(Of)]))]);

    private static (string Chinese, string English) Words(Conclusion conclusion)
    {
        var (chinese, english) = conclusion.Indication.Words();
        return conclusion.SubIndication?.Words() is { } reason ? ($"{chinese}：{reason.Chinese}。", $"{english}. {reason.English}.") : (chinese + "。", english + ".");
    }

    private static string Digest(PathCertificate certificate) => EvidenceKey.Of(certificate.Encoded.Span).Sha256;

    private static ReportedConclusion Of(Conclusion conclusion) =>
        new(conclusion.Indication.Name(), conclusion.SubIndication?.Name(), conclusion.Detail, conclusion.Time == DateTimeOffset.MinValue ? null : conclusion.Time);

    private static ReportedConstraint Of(ConstraintResult constraint) =>
        new(constraint.Code, constraint.Chinese, constraint.English, JsonNamingPolicy.SnakeCaseUpper.ConvertName(constraint.Status.ToString()), constraint.Detail);

    private static ReportedCertificate Of(PathCertificate certificate) => new(
        Digest(certificate), certificate.Subject.ToString(), certificate.Issuer.ToString(), Convert.ToHexStringLower(certificate.SerialNumber.Span), certificate.NotBefore, certificate.NotAfter,
        SignatureVerifier.SuiteOf(certificate.PublicKey.Span)?.Name() ?? "foreign");
}
