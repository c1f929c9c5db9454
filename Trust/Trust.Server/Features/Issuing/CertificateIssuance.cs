using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Transparency;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Server.Features.Revocation;

namespace Yinxin.Trust.Server.Features.Issuing;

/// <summary>For whom a certificate is.</summary>
/// <param name="Profile">What it may say.</param>
/// <param name="Subject">The holder.</param>
/// <param name="PublicKey">DER SubjectPublicKeyInfo.</param>
/// <param name="RequestedBy">The client that asks.</param>
/// <param name="Host">Of a site's certificate.</param>
internal sealed record CertificateOrder(CertificateProfile Profile, X509Name Subject, byte[] PublicKey, string RequestedBy, string? Host = null);

/// <summary>Signs a certificate and adds all that must be stored with it to the context: its row, the audit, the message to the transparency log. The caller saves, and hands nothing out before.</summary>
internal sealed class CertificateIssuance(
    AuthorityStore authorities, TrustContext database, IAuditTrail audit, IDataCipher cipher, IOptions<RevocationSettings> settings, TimeProvider time)
{
    /// <summary>A verifier whose clock is slow must not see a certificate of the future.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromMinutes(5);

    public X509Certificate Issue(Authority authority, CertificateOrder order)
    {
        var now = time.GetUtcNow();
        var partitions = settings.Value.Partitions;
        var partition = partitions == 1 || order.Profile.OcspNoCheck ? 0 : RandomNumberGenerator.GetInt32(partitions) + 1;
        var certificate = authority.Issuer.Issue(new CertificateContent(
            order.Profile, order.Subject, order.PublicKey, now - Back, now.AddDays(order.Profile.ValidityDays),
            order.Profile.OcspNoCheck ? null : authorities.CrlAddress(authority, partition), authorities.CertificateAddress(authority), order.Host,
            order.Profile.OcspNoCheck ? null : authorities.OcspAddress(authority)));
        var record = IssuedCertificateOf(authority.Name, certificate, order, now);
        record.Partition = partition;
        database.Certificates.Add(record);
        var subject = $"{authority.Name}/{record.Serial}";
        audit.Add(new AuditEntry("trust.certificate.issued", subject, order.RequestedBy, Details: new { profile = order.Profile.Name, order.Host }));
        database.Add(LoggedEvent.Message(("certificate.issued", now), subject, record.Certificate, subject, cipher));
        return certificate;
    }

    /// <summary>The row of a certificate.</summary>
    public static IssuedCertificate IssuedCertificateOf(string authority, X509Certificate certificate, CertificateOrder order, DateTimeOffset at) => new()
    {
        Authority = authority,
        Serial = certificate.SerialNumber.ToString(16),
        Profile = order.Profile.Name,
        Subject = certificate.SubjectDN.ToString(),
        Certificate = certificate.GetEncoded(),
        RequestedBy = order.RequestedBy,
        IssuedAt = at,
        NotBefore = new DateTimeOffset(certificate.NotBefore, TimeSpan.Zero),
        NotAfter = new DateTimeOffset(certificate.NotAfter, TimeSpan.Zero),
    };
}
