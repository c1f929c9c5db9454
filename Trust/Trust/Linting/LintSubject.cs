using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;

namespace Yinxin.Trust.Linting;

/// <summary>A certificate before the CA's key signs it, with what it is meant to be.</summary>
/// <param name="Certificate">As it will be, but for the signature's value.</param>
/// <param name="Profile">By which it is made.</param>
public sealed record LintSubject(X509Certificate Certificate, CertificateProfile Profile)
{
    internal bool IsAuthority => Certificate.GetBasicConstraints() >= 0;

    internal bool IsSelfIssued => Certificate.IssuerDN.Equivalent(Certificate.SubjectDN, inOrder: true);

    internal bool IsForServers => Purposes.Contains(KeyPurposeID.id_kp_serverAuth);

    internal IReadOnlyList<DerObjectIdentifier> Purposes =>
        Extension(X509Extensions.ExtendedKeyUsage) is { } extension ? [.. ExtendedKeyUsage.GetInstance(extension.GetParsedValue()).GetAllUsages()] : [];

    internal TimeSpan Validity => Certificate.NotAfter - Certificate.NotBefore;

    internal bool UsesKeyFor(int bit) => Certificate.GetKeyUsage() is { } usage && bit < usage.Length && usage[bit];

    internal X509Extension? Extension(DerObjectIdentifier oid) => Certificate.CertificateStructure.TbsCertificate.Extensions?.GetExtension(oid);

    /// <summary>The subject's attributes in order, each with its value as encoded.</summary>
    internal IEnumerable<(DerObjectIdentifier Type, Asn1Encodable Value)> Attributes() =>
        from set in Asn1Sequence.GetInstance(Certificate.SubjectDN.ToAsn1Object()).Cast<Asn1Encodable>()
        from pair in Asn1Set.GetInstance(set).Cast<Asn1Encodable>()
        let attribute = Asn1Sequence.GetInstance(pair)
        select (DerObjectIdentifier.GetInstance(attribute[0]), attribute[1]);

    internal IReadOnlyList<GeneralName> AlternativeNames =>
        Extension(X509Extensions.SubjectAlternativeName) is { } extension ? GeneralNames.GetInstance(extension.GetParsedValue()).GetNames() : [];
}
