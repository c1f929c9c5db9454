using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Revocation;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Evidence;

/// <summary>One piece of revocation data: a revocation list, or an online answer. Proofs of existence speak of it by <see cref="Key"/>.</summary>
public abstract class RevocationEvidence
{
    /// <summary><c>CRL</c> or <c>OCSP</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The object itself.</summary>
    public abstract EvidenceKey Key { get; }

    /// <summary>The time that it speaks of (thisUpdate).</summary>
    public abstract DateTimeOffset IssuedAt { get; }

    /// <summary>When the next one is due; null when it does not say.</summary>
    public abstract DateTimeOffset? NextUpdate { get; }

    /// <summary>It speaks also for certificates that expired since this time (X.509 expiredCertsOnCRL, RFC 6960 archive cutoff); null when it does not.</summary>
    public abstract DateTimeOffset? ExpiredSince { get; }

    /// <summary>How it is signed.</summary>
    public abstract AlgorithmIdentifier Algorithm { get; }

    /// <summary>As a source for the path validator.</summary>
    public abstract IRevocationSource Source { get; }

    /// <summary>True when it speaks for a certificate that expired at this time, or was still valid when it was issued.</summary>
    public bool CoversExpiry(DateTimeOffset notAfter) => IssuedAt <= notAfter || ExpiredSince <= notAfter;

    /// <summary>Cheap test before anything is verified.</summary>
    public abstract bool MaySpeakFor(PathCertificate certificate);
}
