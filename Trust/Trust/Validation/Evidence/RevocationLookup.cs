using System.Security.Cryptography;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Names;
using Yinxin.Trust.Certificates.Paths.Revocation;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Validation.Evidence;

/// <summary>What one piece of revocation data says of one certificate.</summary>
/// <param name="Evidence">The data.</param>
/// <param name="Answer">Good or revoked, with time and reason.</param>
/// <param name="Issuer">Who issued the certificate.</param>
/// <param name="Signers">Certificates that stand behind the data beside the issuer itself.</param>
internal sealed record RevocationFinding(RevocationEvidence Evidence, RevocationAnswer Answer, PathCertificate Issuer, IReadOnlyList<PathCertificate> Signers)
{
    /// <summary>CRLReason certificateHold.</summary>
    public bool IsOnHold => Answer is { Status: RevocationStatus.Revoked, Reason: 6 };

    /// <summary>Whose key signed the data.</summary>
    public PathCertificate Signer => Signers.Count > 0 ? Signers[^1] : Issuer;
}

/// <summary>
/// Asks each piece of revocation data by itself, at the time that it was issued: so the time of a revocation is known, whatever time is validated for,
/// and each piece can be weighed by its own proof of existence.
/// </summary>
internal static class RevocationLookup
{
    /// <summary>Old algorithms are read; whether they are relied on is asked of the policy's dates, with proofs of existence.</summary>
    public static PathProfile Profile { get; } = PathProfile.Platform with { Name = "validation", OldAlgorithms = true };

    public static IReadOnlyList<RevocationFinding> Find(
        PathCertificate certificate, PathCertificate issuer, PathCertificate anchor, IReadOnlyList<PathCertificate> certificates, IEnumerable<RevocationEvidence> revocation)
    {
        var findings = new List<RevocationFinding>();
        foreach (var evidence in revocation.Where(e => e.MaySpeakFor(certificate)))
        {
            if (Ask(evidence, certificate, issuer, anchor, certificates) is { Answer.Status: not RevocationStatus.Unknown } finding)
            {
                findings.Add(finding);
            }
        }

        return findings;
    }

    /// <summary>Null when the data is too malformed, or too much work, to be asked.</summary>
    private static RevocationFinding? Ask(RevocationEvidence evidence, PathCertificate certificate, PathCertificate issuer, PathCertificate anchor, IReadOnlyList<PathCertificate> certificates)
    {
        var request = new PathRequest(certificate, certificates, [anchor], evidence.IssuedAt) { RevocationRule = RevocationRule.Strict };
        var signers = new StatusSigners(request, anchor);
        try
        {
            var answer = evidence.Source.Ask(new RevocationQuestion(certificate, issuer, issuer.PublicKey, request, Profile, signers));
            return new RevocationFinding(evidence, answer, issuer, signers.Trusted);
        }
        catch (Exception e) when (e is CryptographicException || Malformed.Is(e))
        {
            return null;
        }
    }

    /// <summary>Other signers of revocation data need a valid path to the same anchor at the time of the data.</summary>
    private sealed class StatusSigners(PathRequest request, PathCertificate anchor) : IStatusSigners
    {
        private const int MostSignatures = 1000;
        private readonly List<PathCertificate> trusted = [];
        private int signatures;

        public IReadOnlyList<PathCertificate> Trusted => trusted;

        public IEnumerable<PathCertificate> Named(DirectoryName subject) => request.Intermediates.Append(anchor).Where(c => c.Subject.Equals(subject));

        public ReadOnlyMemory<byte>? Key(PathCertificate signer)
        {
            if (signer.IsSame(anchor))
            {
                return anchor.PublicKey;
            }

            if (!PathValidator.Validate(Profile, request with { End = signer, RevocationRule = RevocationRule.AtTheTime }).Valid)
            {
                return null;
            }

            trusted.Add(signer);
            return signer.PublicKey;
        }

        public void CountSignature()
        {
            if (++signatures > MostSignatures)
            {
                throw new CryptographicException("More signatures of revocation data than are verified.");
            }
        }
    }
}
