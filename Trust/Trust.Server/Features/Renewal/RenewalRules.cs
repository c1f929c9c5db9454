using Yinxin.ServiceDefaults.Problems;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Renewal;

/// <summary>What is asked for one certificate.</summary>
/// <param name="Request">With both proofs of possession.</param>
/// <param name="Supersede">Revokes the old certificate.</param>
/// <param name="Caller">The client that asks.</param>
internal sealed record RenewalOrder(RenewalRequest Request, bool Supersede, string Caller);

/// <summary>When and for whom a certificate may be renewed.</summary>
internal static class RenewalRules
{
    private static readonly Problem Possession = new("trust.renewal.possession", 403, "更新请求未由该证书签名。", "The renewal is not signed by the certificate that is to be renewed.");
    private static readonly Problem NotRenewable = new("trust.renewal.profile", 422, "该模板的证书不可按请求更新。", "Certificates of this profile are not renewed by request.");
    private static readonly Problem Subject = new("trust.renewal.subject", 422, "请求的主体与原证书不一致。", "The request names another subject than the certificate.");
    private static readonly Problem SameKey = new("trust.renewal.sameKey", 422, "须使用新的密钥。", "The profile wants a new key.");
    private static readonly Problem Held = new("trust.renewal.held", 409, "该证书已停用，恢复后方可更新。", "The certificate is on hold; it can be renewed when the hold is lifted.");
    private static readonly Problem Revoked = new("trust.renewal.revoked", 409, "该证书已吊销，须重新申请。", "The certificate is revoked; a new one has to be applied for.");
    private static readonly Problem Expired = new("trust.renewal.expired", 409, "该证书已过期，须重新申请。", "The certificate has expired; a new one has to be applied for.");
    private static readonly Problem Early = new("trust.renewal.early", 409, "尚未到可更新的时间。", "It is too early; from when it may be renewed is named.");
    private static readonly Problem Renewed = new("trust.renewal.renewed", 409, "该证书已更新为另一密钥的证书。", "The certificate was renewed for another key; by which certificate is named.");

    /// <summary>Asked first and of every request: whoever does not prove the old key learns nothing.</summary>
    public static void CheckPossession(IssuedCertificate certificate, RenewalRequest request)
    {
        if (!request.Signer.GetEncoded().AsSpan().SequenceEqual(certificate.Certificate))
        {
            throw Possession.Exception();
        }
    }

    /// <summary>The profile by which it may be renewed now.</summary>
    /// <exception cref="ProblemException">It may not.</exception>
    public static CertificateProfile Check(IssuedCertificate certificate, RenewalRequest request, DateTimeOffset now)
    {
        if (CertificateProfile.All.GetValueOrDefault(certificate.Profile) is not { Requestable: true, RenewalDays: { } days } profile)
        {
            throw NotRenewable.Exception();
        }

        CheckLife(certificate, certificate.NotAfter.AddDays(-days), now);
        CheckRequest(request, profile);
        return profile;
    }

    private static void CheckLife(IssuedCertificate certificate, DateTimeOffset from, DateTimeOffset now)
    {
        var refusal = certificate.Status switch
        {
            CertificateStatus.Revoked => Revoked.Exception(),
            CertificateStatus.Held => Held.Exception(),
            _ when now >= certificate.NotAfter => Expired.Exception(),
            _ when certificate.RenewedBy is not null => With(Renewed, "renewedBy", certificate.RenewedBy),
            _ when now < from => With(Early, "from", from),
            _ => null,
        };
        if (refusal is not null)
        {
            throw refusal;
        }
    }

    private static void CheckRequest(RenewalRequest request, CertificateProfile profile)
    {
        // A request names one host, by its common name: a certificate for several must not come out narrower than it was.
        if (!request.Signer.SubjectDN.Equivalent(request.Request.Subject, inOrder: true) || request.Signer.GetSubjectAlternativeNames() is { Count: > 1 })
        {
            throw Subject.Exception();
        }

        if (!profile.RenewalWithSameKey && request.Signer.SubjectPublicKeyInfo.GetDerEncoded().AsSpan().SequenceEqual(request.Request.PublicKey))
        {
            throw SameKey.Exception();
        }
    }

    private static ProblemException With(Problem problem, string member, object value)
    {
        var refusal = problem.Exception();
        refusal.Extensions[member] = value;
        return refusal;
    }
}
