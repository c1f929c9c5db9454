using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Processes;

/// <summary>How an evidence record came out.</summary>
/// <param name="Record">The record.</param>
/// <param name="Conclusion">Passed when it holds as a whole.</param>
/// <param name="Timestamps">Each of its timestamps, newest first.</param>
public sealed record EvidenceRecordOutcome(EvidenceRecordUnderValidation Record, Conclusion Conclusion, IReadOnlyList<TimestampOutcome> Timestamps)
{
    /// <summary>Since when it proves what it covers; null when it does not hold.</summary>
    public DateTimeOffset? Since => Conclusion.IsPassed ? Record.Timestamps[0].Timestamp.Time : null;
}

/// <summary>
/// Evidence records (§5.6.3.4 step 1, RFC 4998 §5.3): from the newest timestamp to the oldest, each validated with the proof of existence that the next one
/// gives it. So certificate, revocation and algorithms of each must still have been good when the next one was made, and the newest one's are now. A record
/// proves what it covers only as a whole; what it proves of its own tokens stands on the timestamps that follow them.
/// </summary>
internal static class EvidenceRecordValidation
{
    public static EvidenceRecordOutcome Run(ValidationRun run, EvidenceRecordUnderValidation record)
    {
        var policy = run.Policy;

        // A policy may let the timestamp of a signature pass whose authority has expired since; a record exists to be renewed before that.
        run.Policy = policy with { Levels = new Dictionary<string, ConstraintLevel>(policy.Levels.Where(l => !l.Key.StartsWith("timestamp.", StringComparison.Ordinal)), StringComparer.Ordinal) };
        var outcomes = new List<TimestampOutcome>();
        foreach (var timestamp in record.Timestamps.Reverse())
        {
            var outcome = TimestampValidation.Run(run, timestamp.Timestamp, "evidence");
            TimestampValidation.Extract(run, outcome);
            outcomes.Add(outcome);
        }

        run.Policy = policy;
        var result = new EvidenceRecordOutcome(record, run.Record(Judge(run, record, outcomes)).Conclusion, outcomes);
        foreach (var key in result.Since is null ? [] : record.Proves)
        {
            run.Proofs.Add(new ProofOfExistence(key, result.Since!.Value, record.Id));
        }

        return result;
    }

    /// <summary>No policy can relax it: what is proved here is what later blocks rely on.</summary>
    private static BlockResult Judge(ValidationRun run, EvidenceRecordUnderValidation record, IReadOnlyList<TimestampOutcome> outcomes)
    {
        var strict = run.Policy with { Levels = new Dictionary<string, ConstraintLevel>(StringComparer.Ordinal) };
        var block = new BlockRecorder("evidence-record-validation", "5.6.3.4", record.Id, strict, run.Now);
        var unreadable = record.FormatFindings.Count > 0 || record.Timestamps.Count == 0;
        block.Check("format.structure", unreadable ? Conclusion.Failed(SubIndication.FormatFailure, string.Join(" ", record.FormatFindings)) : null);
        if (unreadable)
        {
            return block.Finish();
        }

        var failed = outcomes.FirstOrDefault(o => !o.Conclusion.IsPassed);
        block.Check("evidence.timestamps", failed?.Conclusion, failed?.Timestamp.Signature.Id);
        block.Check("evidence.order", Disorder(run, record));
        var weak = record.Timestamps.Select(t => (Verdict: CryptographicLimits.Judge(run.Policy, t.TreeHash), Until: t.TreeUntil ?? run.Now)).FirstOrDefault(t => !t.Verdict.IsReliableAt(t.Until));
        block.Check("evidence.digest", weak.Verdict is null ? null : Conclusion.Indeterminate(
            SubIndication.CryptoConstraintsFailureNoPoe, FormattableString.Invariant($"{weak.Verdict.Name} of the hash tree was relied on no longer at {weak.Until:u}, when the tree was to be renewed."), weak.Verdict.Until));
        return block.Finish();
    }

    private static Conclusion? Disorder(ValidationRun run, EvidenceRecordUnderValidation record)
    {
        var times = record.Timestamps.Select(t => t.Timestamp.Time).Append(run.Now).ToList();
        return times.Zip(times.Skip(1)).All(pair => pair.First <= pair.Second)
            ? null : Conclusion.Indeterminate(SubIndication.TimestampOrderFailure, "A timestamp of the record is younger than the one that follows it, or than now.");
    }
}
