using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Linting;

/// <summary>What GM/T 0015 demands of certificates of the SM suite, and what our own profiles demand of every certificate.</summary>
internal static class NationalRules
{
    public static readonly IReadOnlyList<LintRule> All =
    [
        new("gmt0015.suite", "GM/T 0015", "SM2 keys are certified by SM2 keys, others by others.", _ => true,
            s => SignatureVerifier.SuiteOf(s.Certificate.SubjectPublicKeyInfo.GetDerEncoded()) is { } suite
                && SignatureAlgorithms.Of(s.Certificate.CertificateStructure.SignatureAlgorithm)?.Suite() == suite),
        new("gmt0015.country", "GM/T 0015", "A subject with a country begins with it.", s => s.Attributes().Any(a => a.Type.Equals(X509Name.C)),
            s => s.Attributes().First().Type.Equals(X509Name.C)),
        new("profile.keyUsage", "certs/profiles", "The key usages are the profile's, critically.", _ => true,
            s => s.Extension(X509Extensions.KeyUsage) is { IsCritical: true } e && KeyUsage.GetInstance(e.GetParsedValue()).IntValue == s.Profile.KeyUsageBits),
        new("profile.purpose", "certs/profiles", "The purposes are the profile's.", _ => true,
            s => s.Purposes.Select(p => p.Id).Order(StringComparer.Ordinal).SequenceEqual(s.Profile.ExtendedKeyUsage.Order(StringComparer.Ordinal))),
        new("profile.authority", "certs/profiles", "Whether it is a CA, and how deep, is the profile's to say.", _ => true,
            s => s.IsAuthority == s.Profile.CertificateAuthority && (!s.IsAuthority || s.Certificate.GetBasicConstraints() == (s.Profile.PathLength ?? int.MaxValue))),
        new("profile.validity", "certs/profiles", "It lives no longer than the profile allows; the clock may be a day behind.", _ => true,
            s => s.Validity <= TimeSpan.FromDays(s.Profile.ValidityDays + 1)),
        new("profile.subject", "certs/profiles", "The subject has the profile's attributes.", s => s.Profile.Subject.Count > 0,
            s => SubjectAttributes.Fit([.. s.Attributes().Select(a => SubjectAttributes.NameOf(a.Type))], s.Profile)),
    ];
}
