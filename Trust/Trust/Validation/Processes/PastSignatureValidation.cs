using Yinxin.Trust.Validation.Blocks;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Processes;

/// <summary>Past signature validation (§5.6.2.4): passes when the signature is proven to be older than the control time of its chain.</summary>
internal static class PastSignatureValidation
{
    /// <param name="run">Material, policy and proofs.</param>
    /// <param name="signature">The signature, or that of a timestamp.</param>
    /// <param name="signer"><see cref="ValidationPolicy.Signature"/> or <see cref="ValidationPolicy.Timestamp"/>.</param>
    /// <param name="basic">What holds now.</param>
    /// <param name="key">What proofs of existence call the signature.</param>
    /// <param name="current">Conclusion without this process; returned when it cannot help.</param>
    public static Conclusion Run(ValidationRun run, SignatureUnderValidation signature, string signer, BasicResult basic, EvidenceKey key, Conclusion current)
    {
        var end = basic.Certificate!;
        var (past, control) = PastCertificateValidation.Run(run, end, signer);
        var existed = run.Proofs.Earliest(key);
        var block = new BlockRecorder("past-signature-validation", "5.6.2.4", signature.Id, run.Policy, control);
        block.Check("past.revocationProven", past.IsPassed ? null : past);
        if (past.IsPassed)
        {
            block.Check("past.signatureProven", existed <= control && existed <= end.NotAfter && IsTrusted(run, signer, basic, existed) ? null : current);
            block.Check("time.signedWithinBounds", existed >= end.NotBefore ? null : Conclusion.Failed(SubIndication.NotYetValid, $"{end.Subject} is younger than the signature.", end.NotBefore));
            var algorithms = SignatureAcceptance.Run(signature, end, run.Policy, existed, end.NotBefore).Conclusion;
            block.Check("acceptance.algorithms", algorithms.IsPassed ? null : algorithms);
        }

        return run.Record(block.Finish()).Conclusion;
    }

    private static bool IsTrusted(ValidationRun run, string signer, BasicResult basic, DateTimeOffset existed) =>
        run.Material.Anchors.Any(a => run.Policy.RulesOf(signer).Anchors.Contains(a.Purpose, StringComparer.Ordinal) && a.Certificate.IsSame(basic.Chain!.Path[^1]) && a.IsTrustedAt(existed));
}
