using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Revocation;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Blocks;
using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Processes;

/// <summary>
/// Validation time sliding (§5.6.2.2): from the anchor down, the control time is moved back to the last instant for which the proven material can vouch.
/// </summary>
internal static class ValidationTimeSliding
{
    public static (Conclusion Conclusion, DateTimeOffset ControlTime) Run(ValidationRun run, IReadOnlyList<PathCertificate> path)
    {
        var control = run.Now;
        var block = new BlockRecorder("validation-time-sliding", "5.6.2.2", EvidenceKey.Of(path[0].Encoded.Span).Sha256, run.Policy);
        for (var i = path.Count - 2; i >= 0; i--)
        {
            if (Slide(run, path, i, control) is not { } slid)
            {
                var missing = FormattableString.Invariant($"No revocation data for {path[i].Subject} is proven to exist at {control:u}.");
                block.Check("past.revocationProven", Conclusion.Indeterminate(SubIndication.NoPoe, missing, control));
                return (run.Record(block.Finish()).Conclusion, control);
            }

            control = slid;
        }

        block.Check("past.revocationProven", null, FormattableString.Invariant($"control time {control:u}"));
        return (run.Record(block.Finish()).Conclusion, control);
    }

    private static DateTimeOffset? Slide(ValidationRun run, IReadOnlyList<PathCertificate> path, int index, DateTimeOffset control)
    {
        var certificate = path[index];
        var findings = run.Findings(certificate, path[index + 1], path[^1]);
        var latest = findings.Where(f => IsProven(run, certificate, f, control)).OrderByDescending(f => f.Evidence.IssuedAt).FirstOrDefault();
        if (latest is null || run.Proofs.Earliest(EvidenceKey.Of(certificate.Encoded.Span)) > control)
        {
            return null;
        }

        if (latest.Answer.Status == RevocationStatus.Revoked)
        {
            control = Earlier(control, latest.Answer.Since ?? latest.Evidence.IssuedAt);
        }
        else if (!RevocationFreshness.IsFresh(latest.Evidence, control, run.Policy))
        {
            control = Earlier(control, latest.Evidence.IssuedAt);
        }

        var ofCertificate = CryptographicLimits.Judge(run.Policy, SignatureScheme.Of(SignedStructure.AlgorithmOf(certificate.Encoded)), path[index + 1].PublicKey);
        var ofEvidence = CryptographicLimits.Judge(run.Policy, SignatureScheme.Of(latest.Evidence.Algorithm), latest.Signer.PublicKey);
        return Earlier(Earlier(control, ofCertificate.Until), Earlier(certificate.NotAfter, ofEvidence.Until));
    }

    /// <summary>Issued while it could speak for the certificate, before the control time, and proven to exist by then.</summary>
    private static bool IsProven(ValidationRun run, PathCertificate certificate, RevocationFinding finding, DateTimeOffset control) =>
        finding.Evidence.IssuedAt >= certificate.NotBefore && (run.Policy.ListsKeepExpired || finding.Evidence.CoversExpiry(certificate.NotAfter))
        && finding.Evidence.IssuedAt <= control && run.Proofs.Earliest(finding.Evidence.Key) <= control;

    private static DateTimeOffset Earlier(DateTimeOffset first, DateTimeOffset? second) => second is { } other && other < first ? other : first;
}
