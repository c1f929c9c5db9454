using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Validation.Processes;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation;

/// <summary>
/// A result as the list of checks that licences and seals are reported by: the same stable codes whatever the format. What proof of an earlier
/// signature overcame counts as passed. Where the engine is undecided because revocation cannot be told, so is the check; what else it cannot
/// accept is failed, because an officer at the counter must refuse it.
/// </summary>
public static class ValidationChecks
{
    private static readonly (string Code, string Chinese, string English, string[] Constraints)[] OfSignature =
    [
        ("contentType", "签名内容类型", "Signed content type", ["acceptance.contentType"]),
        ("digest", "内容摘要", "Content digest", ["cryptographic.dataFound", "cryptographic.dataIntact"]),
        ("certificate", "签名证书绑定", "Signing certificate", ["identification.found", "identification.reference"]),
        ("value", "签名值", "Signature value", ["cryptographic.value"]),
        ("algorithms", "签名算法可靠", "Signature algorithms", ["acceptance.algorithms"]),
    ];

    private static readonly (string Code, string Chinese, string English, string[] Constraints)[] OfChain =
    [
        ("chain", "证书链", "Certificate chain", ["certificate.chain", "certificate.anchor", "certificate.suite"]),
        ("validity", "证书有效期", "Certificate validity", ["certificate.bounds", "time.signedWithinBounds"]),
        ("authority", "签发机构", "Certificate authority", ["certificate.path"]),
        ("keyUsage", "证书用途", "Key usage", ["certificate.keyUsage", "certificate.purpose", "certificate.policies"]),
        ("revocation", "证书吊销状态", "Revocation", ["certificate.notRevoked", "certificate.authorityNotRevoked", "certificate.notOnHold", "certificate.revocationKnown", "certificate.fresh", "certificate.revocationSigner"]),
        ("algorithms", "证书算法可靠", "Certificate algorithms", ["certificate.algorithms"]),
    ];

    /// <summary>Constraints that say «cannot tell» when they are not kept.</summary>
    private static readonly HashSet<string> Open = new(StringComparer.Ordinal) { "certificate.revocationKnown", "certificate.fresh", "certificate.revocationSigner" };

    /// <summary>The signature itself: <c>signature.digest</c>, <c>signature.value</c> and so on; one that cannot be read is <c>signature.format</c>.</summary>
    public static IReadOnlyList<Check> Signature(ValidationResult result) => Signature(result, result.Signature, "signature.", "");

    /// <summary>The chain of the signer: <c>certificate.chain</c>, <c>certificate.validity</c> and so on, at the best signature time.</summary>
    public static IReadOnlyList<Check> Chain(ValidationResult result) => Chain(result, result.SigningCertificate, result.Path, "certificate.", "", result.WithTime.IsPassed);

    /// <summary>Each signature timestamp: <c>timestamp.imprint</c>, <c>timestamp.certificate.chain</c> and so on.</summary>
    public static IReadOnlyList<Check> Timestamps(ValidationResult result)
    {
        var checks = new List<Check>();
        foreach (var outcome in result.Timestamps.Where(t => t.Role == "signature"))
        {
            checks.AddRange(Timestamp(result, outcome));
        }

        return checks;
    }

    /// <summary>
    /// Nothing signs the set of embedded certificates. So each must have been needed for the path: a changed or smuggled one shows. Signers therefore leave
    /// the root out, which every verifier has anyway.
    /// </summary>
    public static Check Embedded(ValidationResult result) => Embedded("signature.embedded", "随附证书", "Embedded certificates", result.Signature, result.Path);

    private static List<Check> Timestamp(ValidationResult result, TimestampOutcome outcome)
    {
        const string chinese = "时间戳：";
        const string english = "Timestamp: ";
        var signature = outcome.Timestamp.Signature;
        if (signature.FormatFindings.Count > 0)
        {
            return [Check.Of("timestamp.invalid", "时间戳", "Timestamp", passed: false, string.Join(" ", signature.FormatFindings))];
        }

        var checks = new List<Check>();
        var stamped = signature.Objects[^1];
        checks.Add(Check.Of("timestamp.imprint", "时间戳摘要", "Timestamp imprint", stamped.Actual is { } actual && actual.Span.SequenceEqual(stamped.Stated.Span)));
        checks.Add(Check.Of("timestamp.authority", "时间戳机构证书", "Timestamp authority's certificate", signature.Rules.All(r => r.Kept)));
        checks.AddRange(Signature(result, signature, "timestamp.", chinese, english));
        checks.Add(Embedded("timestamp.embedded", chinese + "随附证书", english + "Embedded certificates", signature, outcome.Path));
        checks.AddRange(Chain(result, outcome.Certificate, outcome.Path, "timestamp.certificate.", chinese, outcome.Conclusion.IsPassed, english));
        var failed = checks.Exists(c => c.Outcome != Outcome.Passed);
        if (!outcome.Conclusion.IsPassed && !failed)
        {
            checks.Add(new Check("timestamp.valid", "时间戳有效", "The timestamp is valid", Outcome.CannotTell, outcome.Conclusion.Detail));
        }

        return checks;
    }

    private static List<Check> Signature(ValidationResult result, SignatureUnderValidation signature, string prefix, string chinese, string english = "")
    {
        if (signature.FormatFindings.Count > 0)
        {
            return [Check.Of(prefix + "format", chinese + "签名结构", english + "Signature format", passed: false, string.Join(" ", signature.FormatFindings))];
        }

        var constraints = result.Blocks.Where(b => b.Subject == signature.Id).SelectMany(b => b.Constraints).ToList();

        // The acceptance at the proven time comes last, and is the one that counts.
        return [.. OfSignature.Select(c => Judge(prefix + c.Code, chinese + c.Chinese, english + c.English, c.Constraints, code => constraints.Where(f => f.Code == code).TakeLast(1)))];
    }

    private static List<Check> Chain(ValidationResult result, PathCertificate? certificate, IReadOnlyList<PathCertificate> path, string prefix, string chinese, bool overcome, string english = "")
    {
        if (certificate is null || path.Count == 0)
        {
            return [Check.Of(prefix + "chain", chinese + "证书链", english + "Certificate chain", passed: false, "No path to a trusted root.")];
        }

        var subject = EvidenceKey.Of(certificate.Encoded.Span).Sha256;
        var found = result.Blocks.Where(b => b.Block == "x509-certificate-validation" && b.Subject == subject).SelectMany(b => b.Constraints).ToList();
        var withTime = result.Blocks.Where(b => b.Block == "best-signature-time" && result.SigningCertificate == certificate).SelectMany(b => b.Constraints).Where(c => c.Code.StartsWith("time.", StringComparison.Ordinal)).ToList();
        return [.. OfChain.Select(c => Judge(prefix + c.Code, chinese + c.Chinese, english + c.English, c.Constraints, code => overcome ? [] : Remaining(found.Concat(withTime).Where(f => f.Code == code), withTime)))];
    }

    /// <summary>What stands against the chain now, and was not overcome at the best signature time: there the same finding stands again.</summary>
    private static IEnumerable<ConstraintResult> Remaining(IEnumerable<ConstraintResult> found, List<ConstraintResult> withTime) =>
        withTime.Count == 0 ? found : found.Where(f => f.Status != ConstraintStatus.NotOk || withTime.Exists(t => t.Status == ConstraintStatus.NotOk && t.Detail == f.Detail) || !IsOvercomable(f.Code));

    private static bool IsOvercomable(string code) => code is "certificate.anchor" or "certificate.bounds" or "certificate.notRevoked" or "certificate.authorityNotRevoked" or "certificate.notOnHold"
        or "certificate.revocationKnown" or "certificate.fresh" or "certificate.revocationSigner" or "certificate.algorithms";

    private static Check Judge(string code, string chinese, string english, string[] constraints, Func<string, IEnumerable<ConstraintResult>> find)
    {
        var broken = constraints.SelectMany(find).FirstOrDefault(c => c.Status == ConstraintStatus.NotOk);
        return broken is null ? new Check(code, chinese, english, Outcome.Passed)
            : new Check(code, chinese, english, Open.Contains(broken.Code) ? Outcome.CannotTell : Outcome.Failed, broken.Detail);
    }

    private static Check Embedded(string code, string chinese, string english, SignatureUnderValidation signature, IReadOnlyList<PathCertificate> path) =>
        Check.Of(code, chinese, english, signature.CertificatesPassedOver == 0 && signature.Certificates.All(c => path.Any(c.IsSame)) && IsAscending(signature.Certificates));

    /// <summary>The order of a SET OF in DER (X.690 §11.6), and none twice: nothing else shows that they were reordered, or one put in another's place.</summary>
    private static bool IsAscending(IReadOnlyList<PathCertificate> certificates) =>
        certificates.Zip(certificates.Skip(1)).All(pair => pair.First.Encoded.Span.SequenceCompareTo(pair.Second.Encoded.Span) < 0);
}
