using Yinxin.Trust.Validation.Blocks;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Processes;

/// <summary>What the process for signatures with time found.</summary>
/// <param name="Conclusion">At the best signature time.</param>
/// <param name="BestSignatureTime">Earliest time at which the signature is proven to exist; the validation time when nothing proves more.</param>
/// <param name="Basic">The basic process inside.</param>
/// <param name="Timestamps">Content and signature timestamps.</param>
internal sealed record TimeResult(Conclusion Conclusion, DateTimeOffset BestSignatureTime, BasicResult Basic, IReadOnlyList<TimestampOutcome> Timestamps);

/// <summary>Validation of signatures with time and with long-term validation material (§5.5).</summary>
internal static class TimeValidation
{
    /// <param name="run">Material, policy and proofs.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="archives">Archive timestamps that passed.</param>
    public static TimeResult Run(ValidationRun run, SignatureUnderValidation signature, IReadOnlyList<TimestampOutcome> archives)
    {
        var basic = BasicValidation.Run(run, signature, ValidationPolicy.Signature);
        var content = signature.ContentTimestamps.Select(t => TimestampValidation.Run(run, t, "content")).ToList();
        var stamps = signature.SignatureTimestamps.Select(t => TimestampValidation.Run(run, t, "signature")).ToList();
        foreach (var stamp in content.Concat(stamps))
        {
            TimestampValidation.Extract(run, stamp);
        }

        var best = run.Proofs.Earliest(EvidenceKey.Of(signature.Value.Span));
        var conclusion = basic.IsOpen ? Judge(run, signature, basic, best, new Stamps(content, stamps, archives)) : basic.Conclusion;
        run.Record(new BlockRecorder("signature-with-time-validation", "5.5", signature.Id, run.Policy, best).Finish(conclusion));
        return new TimeResult(conclusion, best, basic, [.. content, .. stamps]);
    }

    private static Conclusion Judge(
        ValidationRun run, SignatureUnderValidation signature, BasicResult basic, DateTimeOffset best, Stamps stamps)
    {
        var block = new BlockRecorder("best-signature-time", "5.5.4", signature.Id, run.Policy, best);
        var youngest = Stamps.Times(stamps.Content).Max();
        block.Check("time.contentTimestamp", Younger(basic, youngest));
        foreach (var obstacle in basic.Chain!.Obstacles)
        {
            var code = obstacle switch { RevokedObstacle => "time.signedBeforeRevocation", BoundsObstacle => "time.signedWithinBounds", _ => "time.obstacles" };
            block.Check(code, obstacle.At(best, run.Proofs));
        }

        // A certificate that is within its validity now may still be younger than the proven signature.
        var end = basic.Certificate!;
        if (best < end.NotBefore && run.Now <= end.NotAfter)
        {
            block.Check("time.signedWithinBounds", Conclusion.Failed(SubIndication.NotYetValid, FormattableString.Invariant($"{end.Subject} became valid at {end.NotBefore:u}, after the signature is proven to exist."), end.NotBefore));
        }

        CheckAnchor(run, block, basic, best);
        block.Check("time.order", Disorder(youngest, stamps));
        CheckDelay(run, block, signature, best, stamps);
        var recorded = run.Record(block.Finish()).Conclusion;
        var acceptance = run.Record(SignatureAcceptance.Run(signature, end, run.Policy, best, youngest ?? end.NotBefore)).Conclusion;
        return !recorded.IsPassed ? recorded : acceptance;
    }

    /// <summary>The content was stamped before it was signed: so the signature is younger than that (§5.5.4).</summary>
    private static Conclusion? Younger(BasicResult basic, DateTimeOffset? youngest)
    {
        if (youngest is not { } time)
        {
            return null;
        }

        if (basic.Chain!.Obstacles.OfType<RevokedObstacle>().FirstOrDefault(r => r.IsEnd && !r.IsHold && time >= r.Since) is { } revoked)
        {
            return Conclusion.Failed(SubIndication.Revoked, FormattableString.Invariant($"The content was stamped at {time:u}, after the revocation at {revoked.Since:u}."), revoked.Since);
        }

        var end = basic.Certificate!;
        return time > end.NotAfter ? Conclusion.Failed(SubIndication.Expired, FormattableString.Invariant($"The content was stamped at {time:u}, after {end.Subject} expired at {end.NotAfter:u}."), end.NotAfter) : null;
    }

    /// <summary>An anchor must have been trusted already when the signature was made: trust does not reach back.</summary>
    private static void CheckAnchor(ValidationRun run, BlockRecorder block, BasicResult basic, DateTimeOffset best)
    {
        var anchors = run.Material.Anchors.Where(a => a.Certificate.IsSame(basic.Chain!.Path[^1]) && run.Policy.RulesOf(ValidationPolicy.Signature).Anchors.Contains(a.Purpose, StringComparer.Ordinal)).ToList();
        if (anchors.Any(a => a.IsTrustedAt(run.Now)) && !anchors.Any(a => a.IsTrustedAt(best)))
        {
            block.Check("certificate.anchor", Conclusion.Indeterminate(SubIndication.NoCertificateChainFound, FormattableString.Invariant($"{basic.Chain!.Path[^1].Subject} was not trusted at {best:u}.")));
        }
    }

    private static Conclusion? Disorder(DateTimeOffset? youngest, Stamps stamps)
    {
        var (first, last) = (Stamps.Times(stamps.Signature).Min(), Stamps.Times(stamps.Signature).Max());
        var archive = Stamps.Times(stamps.Archives).Min();
        return youngest > first ? Disordered("A content timestamp is younger than a signature timestamp.")
            : last > archive ? Disordered("A signature timestamp is younger than an archive timestamp over it.")
            : youngest > archive ? Disordered("A content timestamp is younger than an archive timestamp.") : null;

        static Conclusion Disordered(string detail) => Conclusion.Indeterminate(SubIndication.TimestampOrderFailure, detail);
    }

    private static void CheckDelay(ValidationRun run, BlockRecorder block, SignatureUnderValidation signature, DateTimeOffset best, Stamps stamps)
    {
        if (run.Policy.TimestampDelayHours is { } hours && Stamps.Times(stamps.Signature).Any())
        {
            var late = signature.ClaimedTime is not { } claimed ? "No signing time is claimed." : best > claimed.AddHours(hours) ? FormattableString.Invariant($"Signed at {claimed:u} as claimed, stamped at {best:u}.") : null;
            block.Check("acceptance.timestampDelay", late is null ? null : Conclusion.Indeterminate(SubIndication.SigConstraintsFailure, late));
        }
    }

    private sealed record Stamps(IReadOnlyList<TimestampOutcome> Content, IReadOnlyList<TimestampOutcome> Signature, IReadOnlyList<TimestampOutcome> Archives)
    {
        public static IEnumerable<DateTimeOffset?> Times(IReadOnlyList<TimestampOutcome> stamps) => stamps.Where(s => s.Conclusion.IsPassed).Select(s => (DateTimeOffset?)s.Timestamp.Time);
    }
}
