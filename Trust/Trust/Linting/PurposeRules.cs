using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;

namespace Yinxin.Trust.Linting;

/// <summary>What certificates for one purpose must be: sites, timestamps, OCSP, signatures of persons and bodies.</summary>
internal static class PurposeRules
{
    private const int LeastSerialBits = 64;
    private const int DigitalSignature = 0;
    private const int NonRepudiation = 1;

    /// <summary>The longest life of a site's certificate, by the day on which it begins (CA/Browser Forum, ballot SC-081v3).</summary>
    private static readonly (DateTime From, int Days)[] SiteLives =
    [
        (new DateTime(2029, 3, 15, 0, 0, 0, DateTimeKind.Utc), 47),
        (new DateTime(2027, 3, 15, 0, 0, 0, DateTimeKind.Utc), 100),
        (new DateTime(2026, 3, 15, 0, 0, 0, DateTimeKind.Utc), 200),
        (DateTime.MinValue, 398),
    ];

    public static readonly IReadOnlyList<LintRule> All =
    [
        new("cabf.serial", "CA/B BR §7.1", "A serial number holds at least 64 random bits.", _ => true, s => s.Certificate.SerialNumber.BitLength >= LeastSerialBits),
        new("cabf.site.name", "CA/B BR §7.1.2.7.12", "A site's certificate names its hosts as alternative names.", s => s.IsForServers,
            s => s.AlternativeNames.Count > 0 && s.AlternativeNames.All(n => n.TagNo is GeneralName.DnsName or GeneralName.IPAddress)),
        new("cabf.site.commonName", "CA/B BR §7.1.4.3", "The common name of a site is one of its alternative names.", s => s.IsForServers,
            s => s.Attributes().Where(a => a.Type.Equals(X509Name.CN)).All(a => s.AlternativeNames.Any(n => Text(n) == a.Value.ToString()))),
        new("cabf.site.validity", "CA/B BR §6.3.2", "A site's certificate lives no longer than its day of issue allows.", s => s.IsForServers,
            s => s.Validity <= TimeSpan.FromDays(SiteLives.First(l => s.Certificate.NotBefore >= l.From).Days)),
        new("rfc3161.purpose", "RFC 3161 §2.3", "A TSA's purpose is critical and stands alone.", s => s.Purposes.Contains(KeyPurposeID.id_kp_timeStamping),
            s => s.Purposes.Count == 1 && s.Extension(X509Extensions.ExtendedKeyUsage) is { IsCritical: true }),
        new("rfc6960.purpose", "RFC 6960 §4.2.2.2, CA/B BR §7.1.2.8", "An OCSP responder has no other purpose, and its own revocation is not asked for.", s => s.Purposes.Contains(KeyPurposeID.id_kp_OCSPSigning),
            s => s.Purposes.Count == 1 && s.Extension(OcspObjectIdentifiers.PkixOcspNocheck) is { IsCritical: false } && s.UsesKeyFor(DigitalSignature)),
        new("en319412.revocation", "ETSI EN 319 412-2 §4.3.11, §4.4.1", "Whoever is not a CA nor its responder says where to learn of his revocation and of his issuer.",
            s => !s.IsAuthority && s.Extension(OcspObjectIdentifiers.PkixOcspNocheck) is null,
            s => s.Extension(X509Extensions.CrlDistributionPoints) is not null && s.Extension(X509Extensions.AuthorityInfoAccess) is { } e
                && AuthorityInformationAccess.GetInstance(e.GetParsedValue()).GetAccessDescriptions() is { } access
                && access.Any(d => d.AccessMethod.Equals(AccessDescription.IdADOcsp)) && access.Any(d => d.AccessMethod.Equals(AccessDescription.IdADCAIssuers))),
        new("en319412.keyUsage", "ETSI EN 319 412-2 §4.3.2 (types A and C)", "A key that commits its holder encrypts nothing and agrees on no keys.", s => s.UsesKeyFor(NonRepudiation),
            s => !Enumerable.Range(2, 3).Any(s.UsesKeyFor)),
    ];

    private static string Text(GeneralName name) => name.TagNo == GeneralName.IPAddress
        ? new System.Net.IPAddress(Org.BouncyCastle.Asn1.Asn1OctetString.GetInstance(name.Name).GetOctets()).ToString() : name.Name.ToString()!;
}
