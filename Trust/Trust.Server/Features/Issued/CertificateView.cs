using Yinxin.ServiceDefaults.Problems;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Revocation;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Issued;

/// <summary>An issued certificate as the API shows it.</summary>
/// <param name="Authority">Name of the CA.</param>
/// <param name="Serial">Hex, lower case.</param>
/// <param name="Profile">By which it was issued.</param>
/// <param name="Subject">Of the certificate.</param>
/// <param name="Status"><c>valid</c>, <c>held</c> or <c>revoked</c>; whether it has expired <paramref name="NotAfter"/> says.</param>
/// <param name="IssuedAt">When it was signed.</param>
/// <param name="NotBefore">Start of its validity.</param>
/// <param name="NotAfter">End of its validity.</param>
/// <param name="RevokedAt">Since when it is held or revoked.</param>
/// <param name="Reason">CRLReason by name.</param>
/// <param name="InvalidityDate">Since when the key is known or suspected to be bad.</param>
/// <param name="Renews">Serial of the certificate that it followed.</param>
/// <param name="RenewedBy">Serial of the one that follows it.</param>
/// <param name="Certificate">Base64 DER, where one certificate was asked for.</param>
internal sealed record CertificateView(
    string Authority, string Serial, string Profile, string Subject, string Status, DateTimeOffset IssuedAt, DateTimeOffset NotBefore, DateTimeOffset NotAfter,
    DateTimeOffset? RevokedAt, string? Reason, DateTimeOffset? InvalidityDate, string? Renews, string? RenewedBy, string? Certificate)
{
    public static readonly Problem Unknown = new("trust.certificate.unknown", 404, "没有该证书。", "There is no such certificate.");

    public static CertificateView Of(IssuedCertificate certificate, bool withDer) => new(
        certificate.Authority, certificate.Serial, certificate.Profile, certificate.Subject, Name(certificate.Status), certificate.IssuedAt, certificate.NotBefore, certificate.NotAfter,
        certificate.RevokedAt, certificate.RevocationReason is { } reason ? ((RevocationReason)reason).Name() : null, certificate.InvalidityDate,
        certificate.Renews, certificate.RenewedBy, withDer ? Convert.ToBase64String(certificate.Certificate) : null);

    public static bool IsAuthority(IssuedCertificate certificate) => CertificateProfile.All.GetValueOrDefault(certificate.Profile) is { CertificateAuthority: true };

    public static string Name(CertificateStatus status) => status switch
    {
        CertificateStatus.Valid => "valid",
        CertificateStatus.Held => "held",
        _ => "revoked",
    };

    public static CertificateStatus? Parse(string name) => name switch
    {
        "valid" => CertificateStatus.Valid,
        "held" => CertificateStatus.Held,
        "revoked" => CertificateStatus.Revoked,
        _ => null,
    };
}
