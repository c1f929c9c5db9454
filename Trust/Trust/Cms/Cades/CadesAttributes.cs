using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Attribute = Org.BouncyCastle.Asn1.Cms.Attribute;

namespace Yinxin.Trust.Cms.Cades;

/// <summary>Attributes of CAdES (ETSI EN 319 122-1 §5, RFC 5126, RFC 5035) and how they are found.</summary>
internal static class CadesAttributes
{
    public static readonly DerObjectIdentifier SigningCertificate = new("1.2.840.113549.1.9.16.2.12");
    public static readonly DerObjectIdentifier SigningCertificateV2 = CmsSignatures.SigningCertificateV2;
    public static readonly DerObjectIdentifier SignaturePolicy = new("1.2.840.113549.1.9.16.2.15");
    public static readonly DerObjectIdentifier SignatureTimestamp = CmsSignatures.SignatureTimestamp;
    public static readonly DerObjectIdentifier ContentTimestamp = new("1.2.840.113549.1.9.16.2.20");
    public static readonly DerObjectIdentifier ArchiveTimestampV3 = new("0.4.0.1733.2.4");
    public static readonly DerObjectIdentifier HashIndexV3 = new("0.4.0.19122.1.5");

    /// <summary>All attributes of a type.</summary>
    public static IEnumerable<Attribute> Of(Asn1Set? attributes, DerObjectIdentifier type) => All(attributes).Where(a => a.AttrType.Equals(type));

    /// <summary>All values of all attributes of a type.</summary>
    public static IEnumerable<Asn1Object> Values(Asn1Set? attributes, DerObjectIdentifier type) => Of(attributes, type).SelectMany(a => a.AttrValues).Select(v => v.ToAsn1Object());

    /// <summary>The one value; null when there is none or more than one.</summary>
    public static Asn1Object? Single(Asn1Set? attributes, DerObjectIdentifier type) => Of(attributes, type).ToList() is [{ AttrValues.Count: 1 } only] ? only.AttrValues[0].ToAsn1Object() : null;

    public static IEnumerable<Attribute> All(Asn1Set? attributes) => (attributes ?? DerSet.Empty).Select(a => Attribute.GetInstance(a));
}
