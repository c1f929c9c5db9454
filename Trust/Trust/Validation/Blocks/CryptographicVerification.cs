using System.Security.Cryptography;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Blocks;

/// <summary>Cryptographic verification (§5.2.7): first the signed objects, then the signature value. No policy can relax it.</summary>
internal static class CryptographicVerification
{
    public static BlockResult Run(SignatureUnderValidation signature, PathCertificate certificate, ValidationPolicy policy)
    {
        var block = new BlockRecorder("cryptographic-verification", "5.2.7", signature.Id, policy with { Levels = new Dictionary<string, ConstraintLevel>(StringComparer.Ordinal) });
        var absent = signature.Objects.FirstOrDefault(o => o.Actual is null);
        block.Check("cryptographic.dataFound", absent is null ? null : Conclusion.Indeterminate(SubIndication.SignedDataNotFound, $"Not at hand: {absent.Name}."));
        var changed = signature.Objects.FirstOrDefault(o => o.Actual is { } actual && !CryptographicOperations.FixedTimeEquals(actual.Span, o.Stated.Span));
        block.Check("cryptographic.dataIntact", changed is null ? null : Conclusion.Failed(SubIndication.HashFailure, $"The digest is another: {changed.Name}."));
        var right = signature.Algorithm is { } algorithm && (signature.IsRepeated
            ? RememberedSignatures.Verify(certificate.PublicKey.Span, algorithm, signature.SignedBytes.Span, signature.Value.Span)
            : SignatureVerifier.Verify(certificate.PublicKey.Span, algorithm, signature.SignedBytes.Span, signature.Value.Span));
        block.Check("cryptographic.value", right ? null : Conclusion.Failed(SubIndication.SigCryptoFailure, "The signature value is not that of the signer's key."));

        // What is wrong for good outweighs what is only missing.
        return block.Finish(changed is not null ? Conclusion.Failed(SubIndication.HashFailure, $"The digest is another: {changed.Name}.")
            : right ? null : Conclusion.Failed(SubIndication.SigCryptoFailure, "The signature value is not that of the signer's key."));
    }
}
