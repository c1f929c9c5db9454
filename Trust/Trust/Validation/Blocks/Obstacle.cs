using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Blocks;

/// <summary>
/// What speaks against a certificate chain now, but may not when the signature is proven to be older (§5.5.4, §5.6.2.4). A chain may meet several at
/// once; each must be overcome by itself.
/// </summary>
/// <param name="Now">What is concluded without proof.</param>
internal abstract record Obstacle(Conclusion Now)
{
    /// <summary>What remains of it when the signature existed at <paramref name="signed"/>; null when nothing does.</summary>
    public abstract Conclusion? At(DateTimeOffset signed, ProofsOfExistence proofs);
}

/// <summary>A certificate was revoked, or put on hold.</summary>
internal sealed record RevokedObstacle(Conclusion Now, DateTimeOffset Since, bool IsEnd, bool IsHold) : Obstacle(Now)
{
    public override Conclusion? At(DateTimeOffset signed, ProofsOfExistence proofs) => signed < Since ? null : Now;
}

/// <summary>A certificate is outside its validity.</summary>
internal sealed record BoundsObstacle(Conclusion Now, PathCertificate Certificate) : Obstacle(Now)
{
    public override Conclusion? At(DateTimeOffset signed, ProofsOfExistence proofs) =>
        signed < Certificate.NotBefore ? Conclusion.Failed(SubIndication.NotYetValid, $"{Certificate.Subject} became valid after the signature is proven to exist.", Certificate.NotBefore)
        : signed > Certificate.NotAfter ? Now : null;
}

/// <summary>The anchor is trusted no longer.</summary>
internal sealed record AnchorObstacle(Conclusion Now, IReadOnlyList<TrustedAnchor> Anchors) : Obstacle(Now)
{
    public override Conclusion? At(DateTimeOffset signed, ProofsOfExistence proofs) => Anchors.Any(a => a.IsTrustedAt(signed)) ? null : Now;
}

/// <summary>Revocation data is missing or not fresh; data issued after the signature is fresh enough for it.</summary>
internal sealed record StaleObstacle(Conclusion Now, DateTimeOffset? IssuedAt) : Obstacle(Now)
{
    public override Conclusion? At(DateTimeOffset signed, ProofsOfExistence proofs) => IssuedAt >= signed ? null : Now;
}

/// <summary>The certificate behind revocation data has expired; the data must be proven to be older.</summary>
internal sealed record RevocationSignerObstacle(Conclusion Now, EvidenceKey Evidence, PathCertificate Signer) : Obstacle(Now)
{
    public override Conclusion? At(DateTimeOffset signed, ProofsOfExistence proofs) => proofs.Earliest(Evidence) <= Signer.NotAfter ? null : Now;
}

/// <summary>The algorithm of a certificate or of revocation data is relied on no longer; that very material must be proven to be older.</summary>
internal sealed record WeakObstacle(Conclusion Now, EvidenceKey Material, AlgorithmVerdict Verdict) : Obstacle(Now)
{
    public override Conclusion? At(DateTimeOffset signed, ProofsOfExistence proofs) => Verdict.IsReliableAt(proofs.Earliest(Material)) ? null : Now;
}
