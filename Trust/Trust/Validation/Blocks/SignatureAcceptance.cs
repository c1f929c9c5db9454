using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Blocks;

/// <summary>Signature acceptance validation (§5.2.8): attributes of the signature, and its algorithms at a time.</summary>
internal static class SignatureAcceptance
{
    /// <param name="signature">The signature.</param>
    /// <param name="certificate">Its signer's certificate.</param>
    /// <param name="policy">What is asked.</param>
    /// <param name="at">The time at which the signature is proven to exist.</param>
    /// <param name="youngest">A time that the signature is proven not to precede, for algorithms that had ended by then.</param>
    public static BlockResult Run(SignatureUnderValidation signature, PathCertificate certificate, ValidationPolicy policy, DateTimeOffset at, DateTimeOffset youngest)
    {
        var block = new BlockRecorder("signature-acceptance-validation", "5.2.8", signature.Id, policy, at);
        block.Check("acceptance.contentType", Missing(signature.SignsContentType, "The content type is not signed, or is another."));
        if (!signature.IsTimestamp)
        {
            block.Check("acceptance.signingTime", Missing(signature.ClaimedTime is not null, "No signing time is claimed."));
            block.Check("acceptance.signatureTimestamp", Missing(signature.SignatureTimestamps.Count > 0, "There is no signature timestamp."));
        }

        foreach (var rule in signature.Rules)
        {
            block.Check(rule.Code, rule.Chinese, rule.English, policy.LevelOf("acceptance.custom"), rule.Kept ? null : Conclusion.Indeterminate(SubIndication.Custom, rule.Detail ?? rule.English), rule.Detail);
        }

        CheckAlgorithms(block, signature, certificate, policy, at, youngest);
        return block.Finish();
    }

    private static void CheckAlgorithms(
        BlockRecorder block, SignatureUnderValidation signature, PathCertificate certificate, ValidationPolicy policy, DateTimeOffset at, DateTimeOffset youngest)
    {
        var scheme = signature.Algorithm is null ? null : SignatureScheme.Of(signature.Algorithm);
        var verdicts = signature.Objects.Select(o => CryptographicLimits.Judge(policy, o.Hash)).Prepend(CryptographicLimits.Judge(policy, scheme, certificate.PublicKey)).ToList();
        var weak = verdicts.FirstOrDefault(v => !v.IsReliableAt(at));
        block.Check("acceptance.algorithms", weak is null ? null : Weakness.Of(weak, "the signature", youngest), string.Join(", ", verdicts.Select(v => v.Name).Distinct()));
    }

    private static Conclusion? Missing(bool present, string detail) => present ? null : Conclusion.Indeterminate(SubIndication.SigConstraintsFailure, detail);
}
