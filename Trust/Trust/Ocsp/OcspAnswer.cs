using Yinxin.Trust.Revocation;

namespace Yinxin.Trust.Ocsp;

/// <summary>What a response says about one certificate: SingleResponse (RFC 6960 §4.2.1).</summary>
/// <param name="Certificate">Which, in the words of the request.</param>
/// <param name="Status">Good, revoked or unknown.</param>
/// <param name="ThisUpdate">When it was so; whole seconds are written.</param>
/// <param name="NextUpdate">When newer information is there at the latest; null says that there is always newer.</param>
public sealed record OcspAnswer(CertificateId Certificate, OcspCertificateStatus Status, DateTimeOffset ThisUpdate, DateTimeOffset? NextUpdate)
{
    /// <summary>When it was revoked or put on hold.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Why.</summary>
    public RevocationReason? Reason { get; init; }

    /// <summary>The responder answers for certificates that had not ended by this time (§4.4.4).</summary>
    public DateTimeOffset? ArchiveCutoff { get; init; }

    /// <summary>For a certificate that the CA never issued (§2.2): revoked, on hold since 1970.</summary>
    public static OcspAnswer NeverIssued(CertificateId certificate, DateTimeOffset thisUpdate, DateTimeOffset? nextUpdate) =>
        new(certificate, OcspCertificateStatus.Revoked, thisUpdate, nextUpdate) { RevokedAt = DateTimeOffset.UnixEpoch, Reason = RevocationReason.CertificateHold };

    /// <summary>Whether it says that the CA never issued the certificate.</summary>
    public bool IsNeverIssued => Status == OcspCertificateStatus.Revoked && RevokedAt == DateTimeOffset.UnixEpoch && Reason == RevocationReason.CertificateHold;
}
