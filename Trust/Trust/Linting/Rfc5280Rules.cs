using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Yinxin.Trust.Linting;

/// <summary>What every certificate of either suite must be (RFC 5280). What the reader itself refuses has no rule here: extensions below version 3, an issuer without a name, an extension that stands twice.</summary>
internal static class Rfc5280Rules
{
    private const int KeyCertSign = 5;
    private const int LongestSerial = 20;
    private static readonly DateTime LastUtcTime = new(2050, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly Dictionary<DerObjectIdentifier, int> UpperBounds = new()
    {
        [X509Name.CN] = 64,
        [X509Name.O] = 64,
        [X509Name.OU] = 64,
        [X509Name.L] = 128,
        [X509Name.ST] = 128,
        [X509Name.SerialNumber] = 64,
    };

    public static readonly IReadOnlyList<LintRule> All =
    [
        new("rfc5280.serial", "RFC 5280 §4.1.2.2", "The serial number is positive and has at most 20 octets.", _ => true,
            s => s.Certificate.SerialNumber is { SignValue: > 0 } serial && serial.ToByteArray().Length <= LongestSerial),
        new("rfc5280.signature", "RFC 5280 §4.1.1.2", "The algorithm inside the signed part is the one outside.", _ => true,
            s => s.Certificate.CertificateStructure.SignatureAlgorithm.Equals(s.Certificate.TbsCertificate.Signature)),
        new("rfc5280.validity", "RFC 5280 §4.1.2.5", "The validity ends after it begins.", _ => true, s => s.Certificate.NotAfter > s.Certificate.NotBefore),
        new("rfc5280.timeForm", "RFC 5280 §4.1.2.5", "Times through 2049 are UTCTime, later ones GeneralizedTime.", _ => true,
            s => RightForm(s.Certificate.TbsCertificate.StartDate) && RightForm(s.Certificate.TbsCertificate.EndDate)),
        new("rfc5280.subject", "RFC 5280 §4.1.2.6", "A CA has a name; whoever has none has a critical alternative name.", s => !s.Attributes().Any(),
            s => !s.IsAuthority && s.Extension(X509Extensions.SubjectAlternativeName) is { IsCritical: true }),
        new("rfc5280.attributeForm", "RFC 5280 §4.1.2.4", "Attributes are PrintableString or UTF8String; the country has two letters.", _ => true,
            s => s.Attributes().All(a => a.Type.Equals(X509Name.C) ? a.Value is DerPrintableString { } c && c.GetString().Length == 2 : a.Value is DerPrintableString or DerUtf8String)),
        new("rfc5280.attributeLength", "RFC 5280 appendix A.1", "Attributes keep to their upper bounds and are not empty.", _ => true,
            s => s.Attributes().All(a => a.Value is not IAsn1String text || (text.GetString().Length > 0 && (!UpperBounds.TryGetValue(a.Type, out var most) || text.GetString().Length <= most)))),
        new("rfc5280.authorityKeyIdentifier", "RFC 5280 §4.2.1.1", "Whoever does not sign himself names his issuer's key, not critically.", s => !s.IsSelfIssued,
            s => s.Extension(X509Extensions.AuthorityKeyIdentifier) is { IsCritical: false } e && AuthorityKeyIdentifier.GetInstance(e.GetParsedValue()).KeyIdentifier is not null),
        new("rfc5280.subjectKeyIdentifier", "RFC 5280 §4.2.1.2", "A CA names its key, not critically.", s => s.IsAuthority,
            s => s.Extension(X509Extensions.SubjectKeyIdentifier) is { IsCritical: false }),
        new("rfc5280.authority.keyUsage", "RFC 5280 §4.2.1.3, §4.2.1.9", "Whoever signs certificates is a CA and says so critically, and the other way round.", _ => true,
            s => s.UsesKeyFor(KeyCertSign) == s.IsAuthority && (!s.IsAuthority || s.Extension(X509Extensions.KeyUsage) is { IsCritical: true })),
        new("rfc5280.authority.basicConstraints", "RFC 5280 §4.2.1.9", "The basic constraints of a CA are critical.", s => s.IsAuthority,
            s => s.Extension(X509Extensions.BasicConstraints) is { IsCritical: true }),
        new("rfc5280.distributionPoint", "RFC 5280 §4.2.1.13", "A distribution point names an address over HTTP.", s => s.Extension(X509Extensions.CrlDistributionPoints) is not null,
            s => CrlDistPoint.GetInstance(s.Extension(X509Extensions.CrlDistributionPoints)!.GetParsedValue()).GetDistributionPoints()
                .All(p => p.DistributionPointName is { } name && GeneralNames.GetInstance(name.Name).GetNames().All(IsHttp))),
        new("rfc5280.access", "RFC 5280 §4.2.2.1", "Where to learn of the issuer is an address over HTTP, not critical.", s => s.Extension(X509Extensions.AuthorityInfoAccess) is not null,
            s => s.Extension(X509Extensions.AuthorityInfoAccess) is { IsCritical: false } e
                && AuthorityInformationAccess.GetInstance(e.GetParsedValue()).GetAccessDescriptions().All(d => IsHttp(d.AccessLocation))),
    ];

    private static bool RightForm(Time time) => time.ToDateTime().ToUniversalTime() < LastUtcTime == time.ToAsn1Object() is Asn1UtcTime;

    private static bool IsHttp(GeneralName name) => name.TagNo == GeneralName.UniformResourceIdentifier
        && Uri.TryCreate(name.Name.ToString(), UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
}
