using Yinxin.Trust.Certificates.Paths.Names;
using Yinxin.Trust.Certificates.Paths.Revocation;

namespace Yinxin.Trust.Certificates.Paths;

/// <summary>
/// Finds a path from a certificate to a trust anchor and validates it (RFC 5280 §6, RFC 9618), in both suites. Paths are searched from the end upwards,
/// the likely issuer first (RFC 4158); each complete one is validated from the anchor downwards; the first valid one is the answer.
/// </summary>
public sealed class PathValidator
{
    /// <summary>Judging a whole path costs as much as looking at so many issuers.</summary>
    private const int StepsOfJudging = 20;

    private readonly PathProfile profile;
    private readonly PathRequest request;
    private readonly PathBudget budget;
    private readonly PublicSuffixes? suffixes;
    private readonly HashSet<PathCertificate> signersInQuestion;
    private PathOutcome? closest;
    private PathProblem? brokenLink;

    private PathValidator(PathProfile profile, PathRequest request, PublicSuffixes? suffixes, PathBudget? budget = null, HashSet<PathCertificate>? signersInQuestion = null)
    {
        this.profile = profile;
        this.request = request;
        this.suffixes = suffixes;
        this.budget = budget ?? new PathBudget(profile.MostSignatures, profile.MostSteps, profile.MostNameComparisons);
        this.signersInQuestion = signersInQuestion ?? [];
    }

    /// <summary>Validates. Nothing that a stranger sent makes it throw, or work without bound.</summary>
    /// <param name="profile">Which rules hold.</param>
    /// <param name="request">What is validated, and for what.</param>
    /// <param name="suffixes">Public suffixes, for wildcards; null when nobody asks.</param>
    public static PathOutcome Validate(PathProfile profile, PathRequest request, PublicSuffixes? suffixes = null) => new PathValidator(profile, request, suffixes).Run();

    private PathOutcome Run()
    {
        try
        {
            return Search([request.End]) ?? closest ?? PathOutcome.Refused(brokenLink ?? new PathProblem(PathStep.Chain, "noPath", $"There is no path from {request.End.Subject} to a trust anchor."));
        }
        catch (PathBudgetException e)
        {
            return PathOutcome.Refused(new PathProblem(PathStep.Budget, "budget", e.Message));
        }
    }

    /// <summary>The first valid path upwards from the last certificate of <paramref name="below"/>; null when there is none.</summary>
    private PathOutcome? Search(List<PathCertificate> below)
    {
        var subject = below[^1];
        if (below.Count == 1 && request.Anchors.FirstOrDefault(subject.IsSame) is { } itself && Judge([itself]) is { Valid: true } trusted)
        {
            return trusted;
        }

        foreach (var anchor in request.Anchors.Where(a => a.Subject.Equals(subject.Issuer) && !a.IsSame(subject)))
        {
            if (IsLinked(subject, anchor) && Judge([.. below, anchor]) is { Valid: true } valid)
            {
                return valid;
            }
        }

        return below.Count > profile.LongestPath ? null : SearchIntermediates(below, subject);
    }

    private PathOutcome? SearchIntermediates(List<PathCertificate> below, PathCertificate subject)
    {
        var candidates = request.Intermediates.Where(i => i.Subject.Equals(subject.Issuer) && !IsLoop(below, i)).OrderBy(i => Unlikeliness(subject, i));
        foreach (var issuer in candidates)
        {
            if (IsLinked(subject, issuer))
            {
                below.Add(issuer);
                if (Search(below) is { } found)
                {
                    return found;
                }

                below.RemoveAt(below.Count - 1);
            }
        }

        return null;
    }

    /// <summary>The same name with the same key again leads nowhere new (RFC 4158 §5.2).</summary>
    private static bool IsLoop(List<PathCertificate> below, PathCertificate issuer) =>
        below.Any(b => b.IsSame(issuer) || (b.Subject.Equals(issuer.Subject) && b.PublicKey.Span.SequenceEqual(issuer.PublicKey.Span)));

    /// <summary>Key identifiers are hints only: a wrong one puts a candidate last (RFC 4158 §3.5).</summary>
    private int Unlikeliness(PathCertificate subject, PathCertificate issuer)
    {
        var keys = (subject.AuthorityKey?.KeyId, issuer.SubjectKey) switch
        {
            ({ } wanted, { } offered) => wanted.Span.SequenceEqual(offered.Span) ? 0 : 8,
            _ => 4,
        };
        var plausible = issuer.IsAuthority && issuer.KeyUsage?.HasFlag(KeyUsages.CertificateSigning) is not false && request.At >= issuer.NotBefore && request.At <= issuer.NotAfter;
        return keys + (plausible ? 0 : 2) + (request.Anchors.Any(a => a.Subject.Equals(issuer.Issuer)) ? 0 : 1);
    }

    private bool IsLinked(PathCertificate subject, PathCertificate issuer)
    {
        budget.Step();

        // An incomplete key is completed from above, once the path is known.
        if (InheritedKeys.IsIncomplete(issuer.PublicKey) || (subject.AlgorithmsAgree && subject.Signed.IsProven(issuer.PublicKey)))
        {
            return true;
        }

        var refusal = SignatureCheck.Refuse(subject.Signed.Algorithm, profile, request) ?? (subject.AlgorithmsAgree ? null : "its two signature algorithms differ");
        if (refusal is null && budget.Once(subject, issuer, () => subject.Signed.IsSignedBy(issuer.PublicKey)))
        {
            return true;
        }

        brokenLink ??= new PathProblem(PathStep.Signature, refusal is null ? "wrong" : "algorithm", $"{subject.Subject}: {refusal ?? "the signature is not that of its issuer"}.");
        return false;
    }

    private PathOutcome Judge(List<PathCertificate> path)
    {
        budget.Step(StepsOfJudging);
        var outcome = new PathRun(profile, request, budget, suffixes, new Signers(this, path[^1])).Judge(path);
        closest = closest is null || outcome.Problems.Count < closest.Problems.Count ? outcome : closest;
        return outcome;
    }

    /// <summary>Who else may sign lists and answers: any certificate at hand with a valid path of its own to the same anchor.</summary>
    private sealed class Signers(PathValidator validator, PathCertificate anchor) : IStatusSigners
    {
        public IEnumerable<PathCertificate> Named(DirectoryName subject) =>
            validator.request.Intermediates.Append(anchor).Where(c => c.Subject.Equals(subject));

        public void CountSignature() => validator.budget.VerifySignature();

        public ReadOnlyMemory<byte>? Key(PathCertificate signer)
        {
            if (signer.IsSame(anchor))
            {
                return anchor.PublicKey;
            }

            // A list may cover the very certificate that its signer has; asking again would never end.
            if (!validator.signersInQuestion.Add(signer))
            {
                return signer.PublicKey;
            }

            try
            {
                var request = new PathRequest(signer, validator.request.Intermediates, [anchor], validator.request.At)
                {
                    Suite = validator.request.Suite,
                    Revocation = validator.request.Revocation,
                    RevocationRule = validator.request.RevocationRule,
                };
                var plain = validator.profile with { Subscriber = SubscriberRules.None };
                var outcome = new PathValidator(plain, request, null, validator.budget, validator.signersInQuestion).Run();
                return outcome.Valid ? PathRun.Keys(outcome.Path)[^1] : null;
            }
            finally
            {
                validator.signersInQuestion.Remove(signer);
            }
        }
    }
}
