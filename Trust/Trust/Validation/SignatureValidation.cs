using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Processes;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation;

/// <summary>
/// The engine: ETSI EN 319 102-1 V1.4.1, by the process that the signature's material allows (§5.6 with archive timestamps, evidence records or other proofs, else §5.5, of
/// which §5.3 is a part). Hostile input ends in a result, never in an exception.
/// </summary>
public static class SignatureValidation
{
    private const int MostTimestamps = 20;
    private const int MostEvidenceRecords = 5;
    private const int MostObjects = 200;
    private const int MostRevocation = 50;

    /// <summary>Validates one signature.</summary>
    /// <param name="signature">As its format's reader filled it.</param>
    /// <param name="material">Anchors, certificates and revocation data at hand.</param>
    /// <param name="policy">What is asked.</param>
    /// <param name="now">The validation time.</param>
    public static ValidationResult Validate(SignatureUnderValidation signature, ValidationMaterial material, ValidationPolicy policy, DateTimeOffset now)
    {
        var bounded = Bounded(signature);
        var run = new ValidationRun(material, policy, now);
        run.Adopt(bounded);
        var (conclusion, time, archives, evidence) = LongTermValidation.Run(run, bounded);
        return new ValidationResult
        {
            Signature = bounded,
            Conclusion = conclusion,
            ValidationTime = now,
            BestSignatureTime = time.BestSignatureTime,
            Policy = run.Policy,
            Basic = time.Basic.Conclusion,
            WithTime = time.Conclusion,
            SigningCertificate = time.Basic.Certificate,
            Path = time.Basic.Chain?.Path ?? [],
            Timestamps = [.. time.Timestamps, .. archives, .. evidence.SelectMany(e => e.Timestamps)],
            EvidenceRecords = evidence,
            Blocks = run.Blocks,
            Proofs = run.Proofs.All,
            Certificates = run.Used,
            Revocation = run.Revocation,
        };
    }

    /// <summary>Validates a timestamp token by itself (§5.4): over a document, a hash tree or the end of a log, with no signature that it belongs to.</summary>
    /// <param name="timestamp">As its reader filled it; its stamped data is the last of its objects.</param>
    /// <param name="material">Anchors, certificates and revocation data at hand.</param>
    /// <param name="policy">What is asked.</param>
    /// <param name="now">The validation time: now, or the time at which a later proof took over.</param>
    /// <returns>The token's own signature as the subject, the token as the one signature timestamp.</returns>
    public static ValidationResult ValidateTimestamp(TimestampUnderValidation timestamp, ValidationMaterial material, ValidationPolicy policy, DateTimeOffset now)
    {
        var bounded = Bounded(timestamp.Signature);
        var run = new ValidationRun(material, policy, now);
        run.Adopt(bounded);
        var outcome = TimestampValidation.Run(run, timestamp with { Signature = bounded }, "signature");
        return new ValidationResult
        {
            Signature = bounded,
            Conclusion = outcome.Conclusion,
            ValidationTime = now,
            BestSignatureTime = now,
            Policy = run.Policy,
            Basic = outcome.Conclusion,
            WithTime = outcome.Conclusion,
            SigningCertificate = outcome.Certificate,
            Path = outcome.Path,
            Timestamps = [outcome],
            Blocks = run.Blocks,
            Proofs = run.Proofs.All,
            Certificates = run.Used,
            Revocation = run.Revocation,
        };
    }

    /// <summary>A signature with more than this is not looked at: each timestamp and list costs work.</summary>
    private static SignatureUnderValidation Bounded(SignatureUnderValidation signature) =>
        signature.Timestamps.Count() > MostTimestamps || signature.EvidenceRecords.Count > MostEvidenceRecords
        || signature.Objects.Count + signature.Certificates.Count > MostObjects || signature.Revocation.Count > MostRevocation
        || signature.Timestamps.Concat(signature.EvidenceRecords.SelectMany(r => r.Timestamps).Select(t => t.Timestamp)).Any(t => t.Signature.Certificates.Count > MostRevocation || t.Signature.Revocation.Count > MostRevocation)
            ? SignatureUnderValidation.Unreadable(signature.Id, signature.Format, "The signature holds more timestamps, certificates or revocation data than are looked at.")
            : signature;
}
