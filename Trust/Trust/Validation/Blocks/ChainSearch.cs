using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Processes;

namespace Yinxin.Trust.Validation.Blocks;

/// <summary>Asks the path validator for a chain; revocation and validity are judged by the blocks, with proofs of existence.</summary>
internal static class ChainSearch
{
    public static PathOutcome Run(ValidationRun run, PathCertificate end, SignerRules rules, IReadOnlyList<PathCertificate> anchors, DateTimeOffset at)
    {
        var usages = rules.KeyUsage.Aggregate(KeyUsages.None, (all, name) => all | (name == "nonRepudiation" ? KeyUsages.ContentCommitment : KeyUsages.DigitalSignature));
        return PathValidator.Validate(RevocationLookup.Profile, new PathRequest(end, run.Certificates, anchors, at)
        {
            AnyKeyUsage = usages,
            Purpose = rules.Purpose,
            StatedPurpose = rules.Purpose is not null,
            Policies = rules.CertificatePolicies.Count == 0 ? null : rules.CertificatePolicies.ToHashSet(StringComparer.Ordinal),
            ExplicitPolicy = rules.CertificatePolicies.Count > 0,
            Suite = rules.Suites is [var only] ? (only == SignatureSuite.Sm.Name() ? SignatureSuite.Sm : SignatureSuite.International) : null,
        });
    }
}
