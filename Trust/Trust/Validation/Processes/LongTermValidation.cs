using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Processes;

/// <summary>
/// Validation of signatures with long-term availability (§5.6.3): evidence records first, which prove what they cover; archive timestamps from the latest to the earliest, each proving what it covers, the
/// earlier ones among it; then the process of §5.5 with these proofs; then past signature validation for what remains.
/// </summary>
internal static class LongTermValidation
{
    public static (Conclusion Conclusion, TimeResult Time, IReadOnlyList<TimestampOutcome> Archives, IReadOnlyList<EvidenceRecordOutcome> Evidence) Run(ValidationRun run, SignatureUnderValidation signature)
    {
        var key = EvidenceKey.Of(signature.Value.Span);
        var evidence = signature.EvidenceRecords.OrderByDescending(r => r.Timestamps.Count == 0 ? DateTimeOffset.MinValue : r.Timestamps[^1].Timestamp.Time).Select(r => EvidenceRecordValidation.Run(run, r)).ToList();
        var archives = new List<TimestampOutcome>();
        foreach (var timestamp in signature.ArchiveTimestamps.OrderByDescending(t => t.Time))
        {
            var outcome = TimestampValidation.Run(run, timestamp, "archive");
            TimestampValidation.Extract(run, outcome);
            archives.Add(outcome);
        }

        // A record that holds is over the signature as an archive timestamp is: nothing in it may be younger.
        var over = evidence.Where(e => e.Since is not null && e.Record.Proves.Contains(key)).Select(e => e.Timestamps[^1]);
        var time = TimeValidation.Run(run, signature, [.. archives, .. over]);
        var isArchived = archives.Count > 0 || evidence.Count > 0 || run.Material.Proofs.Count > 0;
        if (!isArchived)
        {
            return (time.Conclusion, time, archives, evidence);
        }

        var conclusion = time.Conclusion.Indication == Indication.Indeterminate && time.Basic.IsOpen && IsMendable(time.Conclusion.SubIndication)
            ? PastSignatureValidation.Run(run, signature, ValidationPolicy.Signature, time.Basic, key, time.Conclusion)
            : time.Conclusion;
        run.Record(new BlockRecorder("long-term-validation", "5.6", signature.Id, run.Policy, time.BestSignatureTime).Finish(conclusion));
        return (conclusion, time, archives, evidence);
    }

    /// <summary>§5.6.2.4 is for what proofs of existence may mend; attributes, order and the rules of a format they cannot.</summary>
    private static bool IsMendable(SubIndication? reason) => reason is SubIndication.RevokedNoPoe or SubIndication.RevokedCaNoPoe or SubIndication.OutOfBoundsNoPoe
        or SubIndication.OutOfBoundsNotRevoked or SubIndication.CryptoConstraintsFailureNoPoe or SubIndication.RevocationOutOfBoundsNoPoe or SubIndication.TryLater
        or SubIndication.NoCertificateChainFoundNoPoe;
}
