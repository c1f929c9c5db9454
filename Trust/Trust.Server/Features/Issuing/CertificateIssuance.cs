using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Outbox;
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
/// <param name="Hosts">Names and addresses in a site's certificate.</param>
internal sealed record CertificateOrder(CertificateProfile Profile, X509Name Subject, byte[] PublicKey, string RequestedBy, IReadOnlyList<string>? Hosts = null);

/// <summary>A certificate that is signed and not stored yet: it must not leave the house.</summary>
/// <param name="Certificate">As signed.</param>
/// <param name="Record">Its row.</param>
/// <param name="Audit">What the audit trail is told.</param>
/// <param name="Event">What the transparency log is told, and the key under which it knows it.</param>
internal sealed record SignedCertificate(X509Certificate Certificate, IssuedCertificate Record, AuditEntry Audit, (LoggedEvent Event, string Key) Event);

/// <summary>Signs certificates: the one place where a request becomes a certificate.</summary>
internal sealed class CertificateSigning(AuthorityStore authorities, IDataCipher cipher, IOptions<RevocationSettings> settings, TimeProvider time)
{
    /// <summary>A verifier whose clock is slow must not see a certificate of the future.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromMinutes(5);

    public SignedCertificate Sign(Authority authority, CertificateOrder order)
    {
        var now = time.GetUtcNow();
        var partitions = settings.Value.Partitions;
        var partition = partitions == 1 || order.Profile.OcspNoCheck ? 0 : RandomNumberGenerator.GetInt32(partitions) + 1;
        var certificate = authority.Issuer.Issue(new CertificateContent(
            order.Profile, order.Subject, order.PublicKey, now - Back, authority.EndOf(order.Profile, now),
            order.Profile.OcspNoCheck ? null : authorities.CrlAddress(authority, partition), authorities.CertificateAddress(authority), order.Hosts,
            order.Profile.OcspNoCheck ? null : authorities.OcspAddress(authority)));
        var record = RecordOf(authority.Name, certificate, order, now);
        record.Partition = partition;
        var subject = $"{authority.Name}/{record.Serial}";
        return new SignedCertificate(
            certificate, record, new AuditEntry("trust.certificate.issued", subject, order.RequestedBy, Details: new { profile = order.Profile.Name, order.Hosts }),
            LoggedEvent.Of(("certificate.issued", now), subject, record.Certificate, subject, cipher));
    }

    /// <summary>The row of a certificate.</summary>
    public static IssuedCertificate RecordOf(string authority, X509Certificate certificate, CertificateOrder order, DateTimeOffset at) => new()
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

/// <summary>For certificates that belong to a larger change: adds all that must be stored with one to the context. The caller saves, and hands nothing out before.</summary>
internal sealed class CertificateIssuance(CertificateSigning signing, TrustContext database, IAuditTrail audit)
{
    public X509Certificate Issue(Authority authority, CertificateOrder order) => Add(signing.Sign(authority, order)).Certificate;

    /// <summary>Adds what was signed already.</summary>
    public SignedCertificate Add(SignedCertificate signed)
    {
        database.Certificates.Add(signed.Record);
        audit.Add(signed.Audit);
        database.Add(OutboxMessage.Create(LoggedEvent.MessageKind, signed.Event.Event, signed.Event.Key, signed.Record.IssuedAt));
        return signed;
    }
}
