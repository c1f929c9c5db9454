using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Validation.Blocks;
using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Processes;

/// <summary>How a timestamp came out.</summary>
/// <param name="Timestamp">The timestamp.</param>
/// <param name="Role"><c>content</c>, <c>signature</c>, <c>archive</c> or <c>evidence</c>.</param>
/// <param name="Conclusion">Passed when its time may be relied on.</param>
/// <param name="Certificate">The authority's certificate; null when it was not identified.</param>
/// <param name="Path">From the authority to the anchor; empty when none was found.</param>
public sealed record TimestampOutcome(TimestampUnderValidation Timestamp, string Role, Conclusion Conclusion, PathCertificate? Certificate, IReadOnlyList<PathCertificate> Path);

/// <summary>Validation of timestamps (§5.4), with what earlier proofs say of the token itself (§5.6.2.4).</summary>
internal static class TimestampValidation
{
    public static TimestampOutcome Run(ValidationRun run, TimestampUnderValidation timestamp, string role)
    {
        var policy = run.Policy;
        var basic = BasicValidation.Run(run, timestamp.Signature, ValidationPolicy.Timestamp);
        var conclusion = basic.IsOpen ? Judge(run, timestamp, basic) : basic.Conclusion;

        // A token cannot choose the policy that the signature is validated by.
        run.Policy = policy;
        var block = new BlockRecorder("timestamp-validation", "5.4", timestamp.Signature.Id, policy, run.Now);
        block.Check("timestamp.valid", conclusion.IsPassed ? null : conclusion);
        run.Record(block.Finish(conclusion));
        return new TimestampOutcome(timestamp, role, conclusion, basic.Certificate, basic.Chain?.Path ?? []);
    }

    /// <summary>A token that passed proves what it covers, when the hash over it was good then.</summary>
    public static void Extract(ValidationRun run, TimestampOutcome outcome)
    {
        if (outcome.Conclusion.IsPassed)
        {
            foreach (var key in outcome.Timestamp.Proves)
            {
                run.Proofs.Add(new ProofOfExistence(key, outcome.Timestamp.Time, outcome.Timestamp.Signature.Id));
            }
        }
    }

    private static Conclusion Judge(ValidationRun run, TimestampUnderValidation timestamp, BasicResult basic)
    {
        var existed = run.Proofs.Earliest(timestamp.Key);
        var block = new BlockRecorder("timestamp-acceptance", "5.4", timestamp.Signature.Id, run.Policy, existed);
        foreach (var obstacle in basic.Chain!.Obstacles)
        {
            // An authority that was good by the token's own time may be let pass by the policy; a revoked one may have stamped any time, and never is.
            var code = obstacle is RevokedObstacle || obstacle.At(timestamp.Time, run.Proofs) is not null ? "time.obstacles"
                : obstacle is StaleObstacle ? "timestamp.authorityFresh" : obstacle is BoundsObstacle or AnchorObstacle ? "timestamp.authorityBounds" : "time.obstacles";
            block.Check(code, obstacle.At(existed, run.Proofs));
        }

        var algorithms = run.Record(SignatureAcceptance.Run(timestamp.Signature, basic.Certificate!, run.Policy, existed, basic.Certificate!.NotBefore)).Conclusion;
        block.Check("acceptance.algorithms", algorithms.IsPassed ? null : algorithms);
        var conclusion = run.Record(block.Finish()).Conclusion;
        return conclusion.Indication == Indication.Indeterminate && existed < run.Now
            ? PastSignatureValidation.Run(run, timestamp.Signature, ValidationPolicy.Timestamp, basic, timestamp.Key, conclusion)
            : conclusion;
    }
}
