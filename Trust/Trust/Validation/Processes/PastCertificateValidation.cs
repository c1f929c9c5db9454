using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Validation.Blocks;
using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Processes;

/// <summary>Past certificate validation (§5.6.2.1): the chain as it was within the validity of all its certificates, then the control time by sliding.</summary>
internal static class PastCertificateValidation
{
    public static (Conclusion Conclusion, DateTimeOffset ControlTime) Run(ValidationRun run, PathCertificate end, string signer)
    {
        var block = new BlockRecorder("past-certificate-validation", "5.6.2.1", EvidenceKey.Of(end.Encoded.Span).Sha256, run.Policy);
        var rules = run.Policy.RulesOf(signer);
        var anchors = run.Material.Anchors.Where(a => rules.Anchors.Contains(a.Purpose, StringComparer.Ordinal)).Select(a => a.Certificate).ToList();
        var now = ChainSearch.Run(run, end, rules, anchors, run.Now);
        if (now.Path.Count == 0)
        {
            block.Check("certificate.chain", Conclusion.Indeterminate(SubIndication.NoCertificateChainFound));
            return (run.Record(block.Finish()).Conclusion, run.Now);
        }

        // Any instant at which all certificates were valid will do; the last one is nearest to now.
        var last = now.Path.Min(c => c.NotAfter);
        var outcome = ChainSearch.Run(run, end, rules, anchors, last < run.Now ? last : run.Now);
        block.Check("certificate.path", outcome.Valid ? null : Conclusion.Indeterminate(SubIndication.CertificateChainGeneralFailure, string.Join(" ", outcome.Problems.Select(p => p.Message))));
        if (!block.IsOpen)
        {
            return (run.Record(block.Finish()).Conclusion, run.Now);
        }

        run.Record(block.Finish());
        return ValidationTimeSliding.Run(run, outcome.Path);
    }
}
