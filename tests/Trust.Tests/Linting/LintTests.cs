using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Linting;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Linting;

/// <summary>Every rule on a certificate that breaks it, made by hand because ours cannot be made so.</summary>
public sealed class LintTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    private static readonly Dictionary<string, (string Profile, Action<Draft> Break)> Cases = new(StringComparer.Ordinal)
    {
        ["rfc5280.serial"] = ("department", d => d.Serial = d.Serial.ShiftLeft(40)),
        ["rfc5280.signature"] = ("department", d => d.Outer = new AlgorithmIdentifier(new DerObjectIdentifier("1.2.840.10045.4.3.3"))),
        ["rfc5280.validity"] = ("department", d => d.NotAfter = new Time(Now.AddDays(-2).UtcDateTime)),
        ["rfc5280.timeForm"] = ("department", d => d.NotAfter = new Time(new DerGeneralizedTime(Now.AddDays(30).UtcDateTime))),
        ["rfc5280.subject"] = ("issuing", d => d.Subject = X509Name.GetInstance(new DerSequence())),
        ["rfc5280.attributeForm"] = ("department", d => d.Attribute(X509Name.O, new DerBmpString("样例局"))),
        ["rfc5280.attributeLength"] = ("department", d => d.Attribute(X509Name.CN, new DerUtf8String(new string('长', 65)))),
        ["rfc5280.authorityKeyIdentifier"] = ("department", d => d.Remove(X509Extensions.AuthorityKeyIdentifier)),
        ["rfc5280.subjectKeyIdentifier"] = ("issuing", d => d.Remove(X509Extensions.SubjectKeyIdentifier)),
        ["rfc5280.authority.keyUsage"] = ("department", d => d.Set(X509Extensions.KeyUsage, critical: true, new KeyUsage(KeyUsage.DigitalSignature | KeyUsage.KeyCertSign))),
        ["rfc5280.authority.basicConstraints"] = ("issuing", d => d.Set(X509Extensions.BasicConstraints, critical: false, new BasicConstraints(0))),
        ["rfc5280.distributionPoint"] = ("department", d => d.Set(X509Extensions.CrlDistributionPoints, critical: false, new CrlDistPoint([
            new DistributionPoint(new DistributionPointName(new GeneralNames(Uri("ldap://localhost/cn=x"))), null, null)]))),
        ["rfc5280.access"] = ("department", d => d.Set(X509Extensions.AuthorityInfoAccess, critical: true, Access())),
        ["cabf.serial"] = ("department", d => d.Serial = BigInteger.ValueOf(4711)),
        ["cabf.site.name"] = ("tls", d => d.Remove(X509Extensions.SubjectAlternativeName)),
        ["cabf.site.commonName"] = ("tls", d => d.Set(X509Extensions.SubjectAlternativeName, critical: false, new GeneralNames(new GeneralName(GeneralName.DnsName, "other.example")))),
        ["cabf.site.validity"] = ("tls", d => d.NotAfter = new Time(Now.AddDays(300).UtcDateTime)),
        ["rfc3161.purpose"] = ("tsa", d => d.Set(X509Extensions.ExtendedKeyUsage, critical: false, new ExtendedKeyUsage(KeyPurposeID.id_kp_timeStamping))),
        ["rfc6960.purpose"] = ("ocsp-responder", d => d.Set(X509Extensions.ExtendedKeyUsage, critical: false, new ExtendedKeyUsage(KeyPurposeID.id_kp_OCSPSigning, KeyPurposeID.id_kp_serverAuth))),
        ["en319412.revocation"] = ("department", d => d.Remove(X509Extensions.CrlDistributionPoints)),
        ["en319412.keyUsage"] = ("department", d => d.Set(X509Extensions.KeyUsage, critical: true, new KeyUsage(KeyUsage.NonRepudiation | KeyUsage.KeyEncipherment))),
        ["en319412.person.name"] = ("person", d => d.Subject = Named((X509Name.C, "CN"), (X509Name.SerialNumber, "YX:CN-" + new string('A', 48)), (X509Name.CN, "样例"))),
        ["en319412.person.identifier"] = ("person", d => d.Attribute(X509Name.SerialNumber, new DerPrintableString("YX:CN-4711"))),
        ["en319412.organisation.identifier"] = ("organisation", d => d.Attribute(X509Name.OrganizationIdentifier, new DerUtf8String("VATCN-91340100MA2MW1U25X"))),
        ["en319412.policies"] = ("organisation", d => d.Remove(X509Extensions.CertificatePolicies)),
        ["en319412.statements"] = ("department", d => d.Set(new DerObjectIdentifier("1.3.6.1.5.5.7.1.3"), critical: false, new DerSequence(new DerSequence(new DerObjectIdentifier("0.4.0.1862.1.1"))))),
        ["privacy.identityNumber"] = ("person", d => d.Attribute(X509Name.CN, new DerUtf8String("样例11010519491231002X"))),
        ["profile.policies"] = ("person-signing", d => d.Set(X509Extensions.CertificatePolicies, critical: false, new CertificatePolicies(new PolicyInformation(new DerObjectIdentifier("2.5.29.32.0"))))),
        ["gmt0015.suite"] = ("department", d => d.Outer = d.Inner = SignatureSuite.Sm.SignatureAlgorithm()),
        ["gmt0015.country"] = ("department", d => d.Subject = X509Name.GetInstance(new DerSequence(Asn1Sequence.GetInstance(d.Subject.ToAsn1Object()).Reverse().ToArray()))),
        ["profile.keyUsage"] = ("department", d => d.Set(X509Extensions.KeyUsage, critical: true, new KeyUsage(KeyUsage.DigitalSignature))),
        ["profile.purpose"] = ("department", d => d.Set(X509Extensions.ExtendedKeyUsage, critical: false, new ExtendedKeyUsage(KeyPurposeID.id_kp_codeSigning))),
        ["profile.authority"] = ("issuing", d => d.Set(X509Extensions.BasicConstraints, critical: true, new BasicConstraints(3))),
        ["profile.validity"] = ("department", d => d.NotAfter = new Time(Now.AddDays(1200).UtcDateTime)),
        ["profile.subject"] = ("department", d => d.Subject = DistinguishedName.Of("样例局", "样例").With(X509Name.OU, "部门")),
    };

    public static TheoryData<string> Codes => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_certificate_that_breaks_a_rule_is_named_by_it(string code)
    {
        var draft = new Draft(Cases[code].Profile);
        Assert.Empty(CertificateLint.Check(draft.Subjected()));
        Cases[code].Break(draft);
        Assert.Contains(code, CertificateLint.Check(draft.Subjected()).Select(r => r.Code));
    }

    [Fact]
    public void Every_rule_is_reached_by_a_case() => Assert.Equal(CertificateLint.Rules.Select(r => r.Code).Order(StringComparer.Ordinal), Cases.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Nothing_is_signed_that_breaks_a_rule()
    {
        using var root = SoftwareSigner.Generate(SignatureSuite.Sm);
        using var key = SoftwareSigner.Generate(SignatureSuite.International);
        var issuer = new CertificateIssuer(root) { Lints = true };
        var content = new CertificateContent(CertificateProfile.All["root"], DistinguishedName.Of("样例局", "根"), root.PublicKey, Now, Now.AddYears(10));
        Assert.NotNull(issuer.Issue(content));
        Assert.Contains(Assert.Throws<CertificateLintException>(() => issuer.Issue(content with { PublicKey = key.PublicKey })).Broken, r => r.Code == "gmt0015.suite");
    }

    private static X509Name Named(params (DerObjectIdentifier Type, string Value)[] attributes) => X509Name.GetInstance(new DerSequence(attributes
        .Select(Asn1Encodable (a) => new DerSet(new DerSequence(a.Type, a.Type.Equals(X509Name.C) || a.Type.Equals(X509Name.SerialNumber) ? new DerPrintableString(a.Value) : new DerUtf8String(a.Value)))).ToArray()));

    private static X509Name SubjectOf(string profile) => CertificateProfile.All[profile].IssuedBy switch
    {
        "tls" => new X509Name([X509Name.CN], ["site.example"]),
        "persons" => DistinguishedName.OfPerson("欧阳", "样例", new byte[24]),
        "organisations" => DistinguishedName.OfOrganisation("91340100MA2MW1U25X", "样例公司", "样例"),
        _ => DistinguishedName.Of("样例局", "样例"),
    };

    private static GeneralName Uri(string address) => new(GeneralName.UniformResourceIdentifier, address);

    private static AuthorityInformationAccess Access() => new([
        new AccessDescription(AccessDescription.IdADOcsp, Uri("http://localhost/ocsp/x")), new AccessDescription(AccessDescription.IdADCAIssuers, Uri("http://localhost/ca/x.cer"))]);

    /// <summary>A certificate taken apart, so that one thing can be made wrong.</summary>
    private sealed class Draft
    {
        private readonly string profile;
        private readonly TbsCertificateStructure tbs;
        private readonly Dictionary<DerObjectIdentifier, X509Extension> extensions = [];

        public Draft(string profile)
        {
            this.profile = profile;
            using var ca = SoftwareSigner.Generate(SignatureSuite.International);
            using var key = SoftwareSigner.Generate(SignatureSuite.International);
            var root = new CertificateIssuer(ca).Issue(new CertificateContent(CertificateProfile.All["root"], DistinguishedName.Of("样例局", "根"), ca.PublicKey, Now, Now.AddYears(10)));
            var host = profile == "tls" ? "site.example" : null;
            var subject = SubjectOf(profile);
            var made = new CertificateIssuer(ca, root).Issue(new CertificateContent(
                CertificateProfile.All[profile], subject, key.PublicKey, Now, Now.AddDays(30), new Uri("http://localhost/crl/x.crl"), new Uri("http://localhost/ca/x.cer"), host is null ? null : [host], new Uri("http://localhost/ocsp/x")));
            tbs = made.TbsCertificate;
            (Serial, Issuer, Subject, NotBefore, NotAfter) = (made.SerialNumber, made.IssuerDN, made.SubjectDN, tbs.StartDate, tbs.EndDate);
            Inner = Outer = tbs.Signature;
            foreach (var oid in tbs.Extensions.GetExtensionOids())
            {
                extensions[oid] = tbs.Extensions.GetExtension(oid);
            }
        }

        public BigInteger Serial { get; set; }

        public X509Name Issuer { get; }

        public X509Name Subject { get; set; }

        public Time NotBefore { get; }

        public Time NotAfter { get; set; }

        public AlgorithmIdentifier Inner { get; set; }

        public AlgorithmIdentifier Outer { get; set; }

        public void Remove(DerObjectIdentifier oid) => extensions.Remove(oid);

        public void Set(DerObjectIdentifier oid, bool critical, Asn1Encodable value) => extensions[oid] = new X509Extension(critical, new DerOctetString(value.GetDerEncoded()));

        public void Attribute(DerObjectIdentifier type, Asn1Encodable value) => Subject = X509Name.GetInstance(new DerSequence(
            Asn1Sequence.GetInstance(Subject.ToAsn1Object()).Select(set => Asn1Sequence.GetInstance(Asn1Set.GetInstance(set)[0]) is var pair && pair[0].Equals(type)
                ? new DerSet(new DerSequence(type, value)) : set).ToArray()));

        public LintSubject Subjected()
        {
            var parts = new DerSequence(
                new DerTaggedObject(true, 0, DerInteger.Two), new DerInteger(Serial), Inner, Issuer, new DerSequence(NotBefore, NotAfter), Subject, tbs.SubjectPublicKeyInfo,
                new DerTaggedObject(true, 3, new X509Extensions([.. extensions.Keys], extensions)));
            var structure = X509CertificateStructure.GetInstance(new DerSequence(parts, Outer, new DerBitString(new byte[64])));
            return new LintSubject(new X509Certificate(structure), CertificateProfile.All[profile]);
        }
    }
}

internal static class NameChanges
{
    public static X509Name With(this X509Name name, DerObjectIdentifier type, string value) => X509Name.GetInstance(new DerSequence(
        Asn1Sequence.GetInstance(name.ToAsn1Object()).Append(new DerSet(new DerSequence(type, new DerUtf8String(value)))).ToArray()));
}
