using Yinxin.ServiceDefaults.Problems;
using Yinxin.Trust.Revocation;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Issued;

namespace Yinxin.Trust.Server.Features.Revocation;

/// <summary>What is asked for one certificate.</summary>
internal sealed record RevocationOrder(RevocationReason Reason, DateTimeOffset? InvalidityDate);

/// <summary>The life of a certificate: valid → held → valid or revoked; valid → revoked; revoked is final.</summary>
internal static class RevocationRules
{
    private static readonly Problem NotHeld = new("trust.revocation.notHeld", 409, "该证书未被停用，无法恢复。", "The certificate is not on hold, so there is nothing to lift.");
    private static readonly Problem Final = new("trust.revocation.final", 409, "该证书已吊销，状态不可再变。", "The certificate is revoked for good; its status cannot change.");
    private static readonly Problem Expired = new("trust.certificate.expired", 409, "该证书已过期，不能再改变状态。", "The certificate has expired; its status cannot change.");
    private static readonly Problem BadDate = new(
        "trust.revocation.invalidityDate", 422, "失效日期须在证书有效期开始之后且不晚于现在；停用与恢复不带失效日期。",
        "The invalidity date must lie between the certificate's start and now; a hold and its lifting have none.");

    private static readonly Problem NotCa = new("trust.revocation.notAuthority", 422, "cACompromise 仅适用于签发机构证书。", "cACompromise is for certificates of CAs.");

    /// <summary>What the certificate becomes; null when it is so already, because the same order came before.</summary>
    /// <param name="certificate">As it stands.</param>
    /// <param name="last">Its last change, if there was one.</param>
    /// <param name="order">What is asked for.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ProblemException">The order is against the rules.</exception>
    public static CertificateStatus? Decide(IssuedCertificate certificate, RevocationEvent? last, RevocationOrder order, DateTimeOffset now)
    {
        Check(certificate, order, now);
        return (certificate.Status, order.Reason) switch
        {
            (CertificateStatus.Valid, RevocationReason.RemoveFromCrl) when last is { Status: CertificateStatus.Valid } => null,
            (CertificateStatus.Held, RevocationReason.CertificateHold) => null,
            (CertificateStatus.Revoked, _) when last is { Status: CertificateStatus.Revoked } && IsSame(last, order) => null,
            (CertificateStatus.Revoked, _) => throw Final.Exception(),
            _ when now >= certificate.NotAfter => throw Expired.Exception(),
            (CertificateStatus.Valid, RevocationReason.RemoveFromCrl) => throw NotHeld.Exception(),
            (_, RevocationReason.RemoveFromCrl) => CertificateStatus.Valid,
            (_, RevocationReason.CertificateHold) => CertificateStatus.Held,
            _ => CertificateStatus.Revoked,
        };
    }

    private static void Check(IssuedCertificate certificate, RevocationOrder order, DateTimeOffset now)
    {
        if (order.Reason == RevocationReason.CaCompromise && !CertificateView.IsAuthority(certificate))
        {
            throw NotCa.Exception();
        }

        if (order.InvalidityDate is { } date
            && (date > now || date < certificate.NotBefore || order.Reason is RevocationReason.CertificateHold or RevocationReason.RemoveFromCrl))
        {
            throw BadDate.Exception();
        }
    }

    private static bool IsSame(RevocationEvent last, RevocationOrder order) =>
        last.Reason == (int)order.Reason && (order.InvalidityDate is null || last.InvalidityDate == order.InvalidityDate);
}
