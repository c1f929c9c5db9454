using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Revocation;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Processes;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Blocks;

/// <summary>What X.509 certificate validation found.</summary>
/// <param name="Result">The block; its conclusion is the first obstacle, when there is one.</param>
/// <param name="Path">From the end to the anchor; empty when there is none.</param>
/// <param name="Obstacles">All that proof of an earlier signature may overcome. When the block did not pass and this is empty, nothing can.</param>
/// <param name="Findings">Revocation data that spoke for each certificate, from the end upwards.</param>
internal sealed record ChainResult(BlockResult Result, IReadOnlyList<PathCertificate> Path, IReadOnlyList<Obstacle> Obstacles, IReadOnlyList<RevocationFinding> Findings);

/// <summary>X.509 certificate validation (§5.2.6) at the validation time.</summary>
internal sealed class CertificateValidation
{
    private readonly ValidationRun run;
    private readonly PathCertificate end;
    private readonly SignerRules rules;
    private readonly BlockRecorder block;
    private readonly List<Obstacle> obstacles = [];
    private readonly List<RevocationFinding> findings = [];

    private CertificateValidation(ValidationRun run, PathCertificate end, string signer)
    {
        this.run = run;
        this.end = end;
        rules = run.Policy.RulesOf(signer);
        block = new BlockRecorder("x509-certificate-validation", "5.2.6", EvidenceKey.Of(end.Encoded.Span).Sha256, run.Policy, run.Now);
    }

    /// <param name="run">Material and policy.</param>
    /// <param name="end">The signer's certificate.</param>
    /// <param name="signer"><see cref="ValidationPolicy.Signature"/> or <see cref="ValidationPolicy.Timestamp"/>.</param>
    public static ChainResult Run(ValidationRun run, PathCertificate end, string signer) => new CertificateValidation(run, end, signer).Run();

    private ChainResult Run()
    {
        var anchors = run.Material.Anchors.Where(a => rules.Anchors.Contains(a.Purpose, StringComparer.Ordinal)).ToList();
        var outcome = ChainSearch.Run(run, end, rules, [.. anchors.Select(a => a.Certificate)], run.Now);
        run.Use(outcome.Path);
        if (outcome.Path.Count == 0)
        {
            var budget = outcome.Problems.Any(p => p.Step == PathStep.Budget);
            block.Check("certificate.chain", Conclusion.Indeterminate(budget ? SubIndication.CertificateChainGeneralFailure : SubIndication.NoCertificateChainFound, Messages(outcome.Problems)));
            return Finish([]);
        }

        block.Check("certificate.chain", null, string.Join(" ← ", outcome.Path.Select(c => c.Subject.ToString())));
        CheckRules(outcome);
        if (!block.IsOpen)
        {
            return Finish(outcome.Path);
        }

        var anchor = anchors.Where(a => a.Certificate.IsSame(outcome.Path[^1])).ToList();
        if (!CheckAnchor(anchor))
        {
            return Finish(outcome.Path);
        }

        CheckRevocation(outcome.Path);
        CheckAlgorithms(outcome.Path);
        return Finish(outcome.Path);
    }

    private ChainResult Finish(IReadOnlyList<PathCertificate> path) => new(run.Record(block.Finish()), path, obstacles, findings);

    /// <summary>Problems that no proof can mend. The validity is not among them: it is judged with proofs of existence.</summary>
    private void CheckRules(PathOutcome outcome)
    {
        Constraint("certificate.keyUsage", p => p is { Step: PathStep.KeyUsage, Code: "usage" });
        Constraint("certificate.purpose", p => p.Step == PathStep.Purpose);
        Constraint("certificate.policies", p => p.Step == PathStep.Policies);
        var suites = outcome.Path.SkipLast(1).Select(c => SignatureVerifier.SuiteOf(c.PublicKey.Span)?.Name() ?? "foreign").Distinct(StringComparer.Ordinal).ToList();
        block.Check("certificate.suite", rules.Suites.Count == 0 || suites.All(s => rules.Suites.Contains(s, StringComparer.Ordinal)) ? null
            : Conclusion.Indeterminate(SubIndication.ChainConstraintsFailure, "A certificate is of another suite."), string.Join(", ", suites));
        var rest = outcome.Problems.Where(p => p.Step is not (PathStep.Validity or PathStep.Purpose or PathStep.Policies) && p is not { Step: PathStep.KeyUsage, Code: "usage" }).ToList();
        block.Check("certificate.path", rest.Count == 0 ? null : Conclusion.Indeterminate(SubIndication.CertificateChainGeneralFailure, Messages(rest)));

        void Constraint(string code, Func<PathProblem, bool> which)
        {
            var problems = outcome.Problems.Where(which).ToList();
            block.Check(code, problems.Count == 0 ? null : Conclusion.Indeterminate(SubIndication.ChainConstraintsFailure, Messages(problems)));
        }
    }

    private bool CheckAnchor(List<TrustedAnchor> anchors)
    {
        var name = anchors[0].Certificate.Subject.ToString();
        if (anchors.Any(a => a.IsTrustedAt(run.Now)))
        {
            return block.Check("certificate.anchor", null, name);
        }

        if (anchors.Max(a => a.LastTrusted(run.Now)) is not { } last)
        {
            return block.Check("certificate.anchor", Conclusion.Indeterminate(SubIndication.NoCertificateChainFound, $"{name} is not trusted yet."));
        }

        Meet("certificate.anchor", new AnchorObstacle(Conclusion.Indeterminate(SubIndication.NoCertificateChainFoundNoPoe, FormattableString.Invariant($"{name} is trusted no longer, since {last:u}."), last), anchors));
        return true;
    }

    private void CheckRevocation(IReadOnlyList<PathCertificate> path)
    {
        var fresh = true;
        for (var i = 0; i < path.Count - 1; i++)
        {
            fresh &= CheckRevocation(path[i], path[i + 1], path[^1], isEnd: i == 0);
        }

        if (fresh)
        {
            block.Check("certificate.fresh", null);
        }
    }

    private bool CheckRevocation(PathCertificate certificate, PathCertificate issuer, PathCertificate anchor, bool isEnd)
    {
        var all = run.Findings(certificate, issuer, anchor);
        var best = all.Where(f => f.Answer.Status == RevocationStatus.Revoked).MaxBy(f => f.Evidence.IssuedAt) is { } revoked && !IsReleased(revoked, all)
            ? revoked
            : all.Where(f => f.Answer.Status == RevocationStatus.Good && (run.Policy.ListsKeepExpired || f.Evidence.CoversExpiry(certificate.NotAfter))).MaxBy(f => f.Evidence.IssuedAt);
        var inBounds = run.Now >= certificate.NotBefore && run.Now <= certificate.NotAfter;
        if (best is not null)
        {
            findings.Add(best);
        }

        if (best?.Answer.Status == RevocationStatus.Revoked)
        {
            Revoked(certificate, best, isEnd);
        }

        CheckBounds(certificate, inBounds, best);
        CheckSigners(best);
        return CheckKnown(certificate, best, inBounds);
    }

    /// <summary>A hold that later data lifted counts no more (RFC 5280 §5.3.1, removeFromCRL); a revocation stays.</summary>
    private static bool IsReleased(RevocationFinding revoked, IReadOnlyList<RevocationFinding> all) =>
        revoked.IsOnHold && all.Any(f => f.Answer.Status == RevocationStatus.Good && f.Evidence.IssuedAt > revoked.Evidence.IssuedAt);

    private void Revoked(PathCertificate certificate, RevocationFinding finding, bool isEnd)
    {
        var since = finding.Answer.Since ?? finding.Evidence.IssuedAt;
        var (code, sub) = finding.IsOnHold ? ("certificate.notOnHold", SubIndication.TryLater)
            : isEnd ? ("certificate.notRevoked", SubIndication.RevokedNoPoe) : ("certificate.authorityNotRevoked", SubIndication.RevokedCaNoPoe);
        Meet(code, new RevokedObstacle(Conclusion.Indeterminate(sub, finding.Answer.Detail, since), since, isEnd, finding.IsOnHold));
    }

    private void CheckBounds(PathCertificate certificate, bool inBounds, RevocationFinding? best)
    {
        if (inBounds)
        {
            return;
        }

        var sub = best?.Answer.Status == RevocationStatus.Good ? SubIndication.OutOfBoundsNotRevoked : SubIndication.OutOfBoundsNoPoe;
        var detail = FormattableString.Invariant($"{certificate.Subject} is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u}.");
        Meet("certificate.bounds", new BoundsObstacle(Conclusion.Indeterminate(sub, detail, certificate.NotAfter), certificate));
    }

    /// <summary>An expired certificate needs no fresh data: what was known of its validity is all there will be.</summary>
    private bool CheckKnown(PathCertificate certificate, RevocationFinding? best, bool inBounds)
    {
        if (best is null)
        {
            Meet("certificate.revocationKnown", new StaleObstacle(Conclusion.Indeterminate(SubIndication.TryLater, $"No revocation data speaks for {certificate.Subject}."), null));
            return false;
        }

        if (best.Answer.Status == RevocationStatus.Revoked || !inBounds || RevocationFreshness.IsFresh(best.Evidence, run.Now, run.Policy))
        {
            return true;
        }

        var detail = FormattableString.Invariant($"The {best.Evidence.Kind} for {certificate.Subject} is of {best.Evidence.IssuedAt:u}.");
        Meet("certificate.fresh", new StaleObstacle(Conclusion.Indeterminate(SubIndication.TryLater, detail, best.Evidence.NextUpdate), best.Evidence.IssuedAt));
        return false;
    }

    private void CheckSigners(RevocationFinding? finding)
    {
        foreach (var signer in (finding?.Signers ?? []).Where(s => run.Now > s.NotAfter))
        {
            var detail = FormattableString.Invariant($"{signer.Subject}, which signed the {finding!.Evidence.Kind}, expired at {signer.NotAfter:u}.");
            Meet("certificate.revocationSigner", new RevocationSignerObstacle(Conclusion.Indeterminate(SubIndication.RevocationOutOfBoundsNoPoe, detail, signer.NotAfter), finding.Evidence.Key, signer));
        }
    }

    /// <summary>Each certificate but the anchor, which is trusted as it is, and the revocation data that was used. The end's own key is judged with the signature.</summary>
    private void CheckAlgorithms(IReadOnlyList<PathCertificate> path)
    {
        var before = obstacles.Count;
        for (var i = 0; i < path.Count - 1; i++)
        {
            var scheme = SignatureScheme.Of(SignedStructure.AlgorithmOf(path[i].Encoded));
            Reliable(CryptographicLimits.Judge(run.Policy, scheme, path[i + 1].PublicKey), EvidenceKey.Of(path[i].Encoded.Span), $"the certificate {path[i].Subject}", path[i].NotBefore);
        }

        foreach (var finding in findings)
        {
            Reliable(CryptographicLimits.Judge(run.Policy, SignatureScheme.Of(finding.Evidence.Algorithm), finding.Signer.PublicKey), finding.Evidence.Key, $"the {finding.Evidence.Kind}", finding.Evidence.IssuedAt);
        }

        if (obstacles.Count == before)
        {
            block.Check("certificate.algorithms", null);
        }
    }

    private void Reliable(AlgorithmVerdict verdict, EvidenceKey material, string name, DateTimeOffset youngest)
    {
        if (!verdict.IsReliableAt(run.Now))
        {
            Meet("certificate.algorithms", new WeakObstacle(Weakness.Of(verdict, name, youngest), material, verdict));
        }
    }

    private void Meet(string code, Obstacle obstacle)
    {
        if (!block.Check(code, obstacle.Now))
        {
            obstacles.Add(obstacle);
        }
    }

    private static string Messages(IEnumerable<PathProblem> problems) => string.Join(" ", problems.Select(p => p.Message));
}
