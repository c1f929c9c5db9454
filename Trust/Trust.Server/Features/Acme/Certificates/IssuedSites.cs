using System.Net;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Orders;
using Yinxin.Trust.Server.Features.Acme.Problems;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Acme.Certificates;

/// <summary>Finds certificates of sites that were issued here, by ACME or otherwise.</summary>
internal sealed class IssuedSites(TrustContext database, AuthorityStore authorities)
{
    private string Authority => authorities[CertificateProfile.All[FinalizeOrder.ProfileName].IssuedBy, SignatureSuite.International].Name;

    /// <summary>By its bytes.</summary>
    public async Task<IssuedCertificate?> FindAsync(byte[] der, CancellationToken cancellationToken)
    {
        try
        {
            var serial = CertificateReading.Read(der).SerialNumber.ToString(16);
            return await BySerialAsync(serial, cancellationToken) is { } found && found.Certificate.AsSpan().SequenceEqual(der) ? found : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>By its identifier in RFC 9773 §4.1: the issuer's key identifier and the serial number, each base64url, with a dot between.</summary>
    public async Task<IssuedCertificate?> FindAsync(string identifier, CancellationToken cancellationToken)
    {
        if (identifier.Split('.') is not [var key, var number] || StrictBase64Url.Decode(key) is not { Length: > 0 } issuer || StrictBase64Url.Decode(number) is not { Length: > 0 and <= 20 } serial)
        {
            return null;
        }

        var value = new Org.BouncyCastle.Math.BigInteger(serial);
        return value.SignValue > 0 && value.ToByteArray().AsSpan().SequenceEqual(serial) && await BySerialAsync(value.ToString(16), cancellationToken) is { } found
            && IssuerKey(CertificateReading.Read(found.Certificate)).AsSpan().SequenceEqual(issuer) ? found : null;
    }

    /// <summary>The names in a certificate of a site.</summary>
    public static IReadOnlyList<AcmeIdentifier> NamesOf(IssuedCertificate certificate) =>
        [.. GeneralNames.GetInstance(Extension(CertificateReading.Read(certificate.Certificate), X509Extensions.SubjectAlternativeName)).GetNames().Select(n => n.TagNo == GeneralName.IPAddress
            ? new AcmeIdentifier(AcmeIdentifier.Ip, new IPAddress(Asn1OctetString.GetInstance(n.Name).GetOctets()).ToString())
            : new AcmeIdentifier(AcmeIdentifier.Dns, n.Name.ToString()!))];

    private Task<IssuedCertificate?> BySerialAsync(string serial, CancellationToken cancellationToken) =>
        database.Certificates.AsNoTracking().SingleOrDefaultAsync(c => c.Authority == Authority && c.Serial == serial && c.Profile == FinalizeOrder.ProfileName, cancellationToken);

    private static byte[] IssuerKey(X509Certificate certificate) =>
        AuthorityKeyIdentifier.GetInstance(Extension(certificate, X509Extensions.AuthorityKeyIdentifier)).KeyIdentifier.GetOctets();

    private static Asn1Object Extension(X509Certificate certificate, DerObjectIdentifier extension) =>
        certificate.CertificateStructure.TbsCertificate.Extensions.GetExtension(extension).GetParsedValue().ToAsn1Object();
}
