using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Validation.Blocks;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Processes;

/// <summary>What the basic process found.</summary>
/// <param name="Conclusion">At the validation time, without proof of an earlier signature.</param>
/// <param name="Certificate">The signer's certificate; null when it was not identified.</param>
/// <param name="Chain">Its chain; null when it was not looked for.</param>
/// <param name="IsOpen">It passed, or proof of an earlier signature may overcome all that speaks against it.</param>
internal sealed record BasicResult(Conclusion Conclusion, PathCertificate? Certificate, ChainResult? Chain, bool IsOpen);

/// <summary>
/// Validation of basic signatures (§5.3), of signatures and of the signatures of timestamp tokens. The cryptographic verification is done even where the
/// chain fails: a changed document is wrong for good, whoever signed it.
/// </summary>
internal static class BasicValidation
{
    public static BasicResult Run(ValidationRun run, SignatureUnderValidation signature, string signer)
    {
        var result = Judge(run, signature, signer);
        run.Record(new BlockRecorder("basic-signature-validation", "5.3", signature.Id, run.Policy, run.Now).Finish(result.Conclusion));
        return result;
    }

    private static BasicResult Judge(ValidationRun run, SignatureUnderValidation signature, string signer)
    {
        var format = run.Record(FormatChecking.Run(signature, run.Policy)).Conclusion;
        if (!format.IsPassed)
        {
            return new BasicResult(format, null, null, IsOpen: false);
        }

        var (identification, certificate) = SigningCertificateIdentification.Run(signature, run.Material, run.Policy);
        run.Record(identification);
        if (certificate is null)
        {
            return new BasicResult(identification.Conclusion, null, null, IsOpen: false);
        }

        var (context, policy) = ContextInitialisation.Run(signature, run.Material, run.Policy);
        run.Record(context);
        run.Policy = policy;
        var verification = run.Record(CryptographicVerification.Run(signature, certificate, run.Policy)).Conclusion;
        var chain = CertificateValidation.Run(run, certificate, signer);
        var acceptance = run.Record(SignatureAcceptance.Run(signature, certificate, run.Policy, run.Now, certificate.NotBefore)).Conclusion;
        return Conclude(certificate, chain, verification, [context.Conclusion, identification.Conclusion], acceptance);
    }

    private static BasicResult Conclude(PathCertificate certificate, ChainResult chain, Conclusion verification, IReadOnlyList<Conclusion> before, Conclusion acceptance)
    {
        var ofChain = chain.Result.Conclusion;
        var final = before.Append(verification).FirstOrDefault(c => c.Indication == Indication.Failed)
            ?? before.Append(verification).FirstOrDefault(c => !c.IsPassed)
            ?? (ofChain.IsPassed || chain.Obstacles.Any(o => o.Now == ofChain) ? null : ofChain)
            ?? (acceptance.IsPassed || acceptance.SubIndication == SubIndication.CryptoConstraintsFailureNoPoe ? null : acceptance);
        return final is not null
            ? new BasicResult(final, certificate, chain, IsOpen: false)
            : new BasicResult(ofChain.IsPassed ? acceptance : ofChain, certificate, chain, IsOpen: true);
    }
}
