using Yinxin.Trust.Certificates.Paths.Names;
using Yinxin.Trust.Certificates.Paths.Policies;
using Yinxin.Trust.Certificates.Paths.Profiles;
using Yinxin.Trust.Certificates.Paths.Revocation;

namespace Yinxin.Trust.Certificates.Paths;

/// <summary>
/// The algorithm of RFC 5280 §6.1 over one complete path, in the order of the standard. It goes on after a problem, so that a report names all of them.
/// The anchor is judged as a certificate too: one that expired, or that is bound by constraints, was trusted within these.
/// </summary>
internal sealed class PathRun(PathProfile profile, PathRequest request, PathBudget budget, PublicSuffixes? suffixes, IStatusSigners signers)
{
    private readonly List<PathProblem> problems = [];
    private readonly List<string> unknown = [];
    private readonly NameSpace names = new(budget);
    private readonly PolicyGraph policies = new();
    private readonly DateTimeOffset at = new(request.At.Ticks - (request.At.Ticks % TimeSpan.TicksPerSecond), request.At.Offset);
    private int explicitPolicy;
    private int policyMapping;
    private int inhibitAny;
    private int pathLength;

    /// <summary>The keys of a path from its anchor down, DSA parameters filled in.</summary>
    /// <param name="path">From the end up to the anchor.</param>
    public static List<ReadOnlyMemory<byte>> Keys(IReadOnlyList<PathCertificate> path)
    {
        var keys = new List<ReadOnlyMemory<byte>> { path[^1].PublicKey };
        for (var i = path.Count - 2; i >= 0; i--)
        {
            keys.Add(InheritedKeys.Complete(path[i].PublicKey, keys[^1]));
        }

        return keys;
    }

    /// <param name="path">From the end up to the anchor.</param>
    public PathOutcome Judge(IReadOnlyList<PathCertificate> path)
    {
        var keys = Keys(path);
        Begin(path);
        for (var i = 1; i < path.Count; i++)
        {
            var (certificate, issuer) = (path[^(i + 1)], path[^i]);
            var isLast = i == path.Count - 1;
            CheckOne(certificate, issuer, keys[i - 1], isLast);
            if (!isLast)
            {
                PrepareNext(certificate);
            }
        }

        WrapUp(path[0]);
        new ProfileRules(profile, problems).Check(path);
        AskRevocation(path, keys);
        var (constrained, notices) = policies.For(request.Policies);
        return new PathOutcome(path, problems, unknown, constrained, notices);
    }

    /// <summary>§6.1.2, with what binds the anchor itself.</summary>
    private void Begin(IReadOnlyList<PathCertificate> path)
    {
        var n = path.Count - 1;
        explicitPolicy = request.ExplicitPolicy ? 0 : n + 1;
        policyMapping = request.InhibitPolicyMapping ? 0 : n + 1;
        inhibitAny = request.InhibitAnyPolicy ? 0 : n + 1;
        pathLength = request.PathLength ?? n;
        var anchor = path[^1];
        CheckValidity(anchor);
        if (n > 0)
        {
            CheckAuthority(anchor);
            CheckCritical(anchor);
            pathLength = Math.Min(pathLength, anchor.BasicConstraints?.PathLength ?? pathLength);
            names.Narrow(anchor.NameConstraints);
        }

        if (!anchor.AlgorithmsAgree)
        {
            Add(PathStep.Signature, "algorithms", $"{anchor.Subject}: its two signature algorithms differ.");
        }
    }

    /// <summary>§6.1.3.</summary>
    private void CheckOne(PathCertificate certificate, PathCertificate issuer, ReadOnlyMemory<byte> issuerKey, bool isLast)
    {
        CheckSignature(certificate, issuer, issuerKey);
        CheckValidity(certificate);
        if (!certificate.Issuer.Equals(issuer.Subject))
        {
            Add(PathStep.Chain, "name", $"{certificate.Subject} names {certificate.Issuer} as its issuer, not {issuer.Subject}.");
        }

        if ((isLast || !certificate.IsSelfIssued) && names.Check(certificate) is { } problem)
        {
            problems.Add(problem);
        }

        policies.Add(certificate.Policies, inhibitAny > 0 || (!isLast && certificate.IsSelfIssued));
        if (explicitPolicy == 0 && policies.IsEmpty)
        {
            Add(PathStep.Policies, "none", $"{certificate.Subject}: no policy holds any longer.");
        }
    }

    private void CheckSignature(PathCertificate certificate, PathCertificate issuer, ReadOnlyMemory<byte> issuerKey)
    {
        if (!certificate.AlgorithmsAgree)
        {
            Add(PathStep.Signature, "algorithms", $"{certificate.Subject}: its two signature algorithms differ.");
        }
        else if (SignatureCheck.Refuse(certificate.Signed.Algorithm, profile, request) is { } refusal)
        {
            Add(PathStep.Signature, "algorithm", $"{certificate.Subject}: {refusal}.");
        }
        else if (!certificate.Signed.IsProven(issuerKey) && !Verify(certificate, issuer, issuerKey))
        {
            Add(PathStep.Signature, "wrong", $"{certificate.Subject}: the signature is not that of {issuer.Subject}.");
        }
    }

    private bool Verify(PathCertificate certificate, PathCertificate issuer, ReadOnlyMemory<byte> issuerKey)
    {
        if (issuerKey.Span.SequenceEqual(issuer.PublicKey.Span))
        {
            return budget.Once(certificate, issuer, () => certificate.Signed.IsSignedBy(issuerKey));
        }

        budget.VerifySignature();
        return certificate.Signed.IsSignedBy(issuerKey);
    }

    private void CheckValidity(PathCertificate certificate)
    {
        if (at < certificate.NotBefore)
        {
            Add(PathStep.Validity, "notYet", FormattableString.Invariant($"{certificate.Subject} is not valid before {certificate.NotBefore:u}."));
        }
        else if (at > certificate.NotAfter)
        {
            Add(PathStep.Validity, "expired", FormattableString.Invariant($"{certificate.Subject} expired at {certificate.NotAfter:u}."));
        }
    }

    /// <summary>§6.1.4.</summary>
    private void PrepareNext(PathCertificate certificate)
    {
        if (certificate.PolicyMappings.Any(m => m.Issuer == Oids.AnyPolicy || m.Subject == Oids.AnyPolicy))
        {
            Add(PathStep.Policies, "mapsAny", $"{certificate.Subject} maps anyPolicy.");
        }

        policies.Map(certificate.PolicyMappings, policyMapping > 0);
        names.Narrow(certificate.NameConstraints);
        CountPolicies(certificate);
        CheckAuthority(certificate);
        if (!certificate.IsSelfIssued && --pathLength < 0)
        {
            Add(PathStep.Authority, "pathLength", $"{certificate.Subject} is one CA more than a CA above it allows.");
        }

        pathLength = Math.Min(pathLength, certificate.BasicConstraints?.PathLength ?? pathLength);
        CheckCritical(certificate);
        CheckPurpose(certificate, mustState: false);
    }

    /// <summary>§6.1.4 h to j.</summary>
    private void CountPolicies(PathCertificate certificate)
    {
        if (!certificate.IsSelfIssued)
        {
            explicitPolicy = Math.Max(0, explicitPolicy - 1);
            policyMapping = Math.Max(0, policyMapping - 1);
            inhibitAny = Math.Max(0, inhibitAny - 1);
        }

        explicitPolicy = Math.Min(explicitPolicy, certificate.PolicyConstraints?.RequireExplicit ?? explicitPolicy);
        policyMapping = Math.Min(policyMapping, certificate.PolicyConstraints?.InhibitMapping ?? policyMapping);
        inhibitAny = Math.Min(inhibitAny, certificate.InhibitAnyPolicy ?? inhibitAny);
    }

    /// <summary>§6.1.4 k and n; a version 1 certificate is no CA that anybody could tell.</summary>
    private void CheckAuthority(PathCertificate certificate)
    {
        if (!certificate.IsAuthority)
        {
            Add(PathStep.Authority, "notAuthority", $"{certificate.Subject} is no CA.");
        }

        if (certificate.KeyUsage is { } usage && !usage.HasFlag(KeyUsages.CertificateSigning))
        {
            Add(PathStep.KeyUsage, "notAllowedToSign", $"{certificate.Subject} may not sign certificates.");
        }
    }

    private void CheckCritical(PathCertificate certificate)
    {
        if (certificate.Extensions.Values.FirstOrDefault(e => e.Critical && !ExtensionReader.IsKnown(e.Oid)) is { } unknownExtension)
        {
            Add(PathStep.CriticalExtension, "unknown", $"{certificate.Subject} has the critical extension {unknownExtension.Oid}, which is not known.");
        }
    }

    /// <summary>§6.1.5, then what the caller asks of the end certificate.</summary>
    private void WrapUp(PathCertificate end)
    {
        explicitPolicy = Math.Max(0, explicitPolicy - 1);
        explicitPolicy = end.PolicyConstraints?.RequireExplicit == 0 ? 0 : explicitPolicy;
        CheckCritical(end);
        if (explicitPolicy == 0 && policies.For(request.Policies).Policies.Count == 0 && !problems.Any(p => p.Step == PathStep.Policies))
        {
            Add(PathStep.Policies, "none", $"{end.Subject}: no policy that is asked for holds.");
        }

        if ((request.AnyKeyUsage != KeyUsages.None && ((end.KeyUsage ?? KeyUsages.None) & request.AnyKeyUsage) == KeyUsages.None) || (end.KeyUsage is { } usage && !usage.HasFlag(request.AllKeyUsages)))
        {
            Add(PathStep.KeyUsage, "usage", $"{end.Subject} may not be used for this.");
        }

        CheckPurpose(end, request.StatedPurpose);
        foreach (var name in request.PeerNames.Where(n => !n.IsOf(end, suffixes)))
        {
            Add(PathStep.PeerName, "mismatch", $"{end.Subject} is not the certificate of {name.Value}.");
        }
    }

    /// <summary>A CA that states purposes passes on no others: what every validator does, though RFC 5280 §4.2.1.12 leaves it open.</summary>
    private void CheckPurpose(PathCertificate certificate, bool mustState)
    {
        if (request.Purpose is { } purpose && certificate.ExtendedKeyUsage is var stated
            && (stated is null ? mustState : !stated.Contains(purpose) && (mustState || !stated.Contains(Oids.AnyExtendedKeyUsage))))
        {
            Add(PathStep.Purpose, "purpose", $"{certificate.Subject} is not for this purpose.");
        }
    }

    /// <summary>§6.1.3 a 3, last because it asks for valid paths of others.</summary>
    private void AskRevocation(IReadOnlyList<PathCertificate> path, List<ReadOnlyMemory<byte>> keys)
    {
        if (request.Revocation is null || problems.Any(p => p.Step is PathStep.Signature or PathStep.Chain))
        {
            return;
        }

        for (var i = path.Count - 2; i >= 0; i--)
        {
            var answer = request.Revocation.Ask(new RevocationQuestion(path[i], path[i + 1], keys[path.Count - 2 - i], request, profile, signers));
            if (answer.Status == RevocationStatus.Revoked)
            {
                Add(PathStep.Revocation, answer.Code, answer.Detail);
            }
            else if (answer.Status == RevocationStatus.Unknown && request.RevocationRule == RevocationRule.Strict)
            {
                Add(PathStep.Revocation, answer.Code, answer.Detail);
            }
            else if (answer.Status == RevocationStatus.Unknown)
            {
                unknown.Add(answer.Detail);
            }
        }
    }

    private void Add(PathStep step, string code, string message) => problems.Add(new PathProblem(step, code, message));
}
