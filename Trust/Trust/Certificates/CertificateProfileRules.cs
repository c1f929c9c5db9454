using Org.BouncyCastle.Asn1;

namespace Yinxin.Trust.Certificates;

/// <summary>What makes a certificate profile usable beyond its JSON.</summary>
internal static class CertificateProfileRules
{
    private const int LongestValidity = 7300;
    private const int DeepestPath = 10;

    /// <summary>Here and not in <see cref="CertificateProfile"/>, whose own initialisation already asks for them.</summary>
    public static readonly IReadOnlyList<string> IssuingRoles = ["documents", "organisations", "persons", "seals", "tls", "tsa"];

    private static readonly HashSet<string> Issuers = new(IssuingRoles, StringComparer.Ordinal) { "self", "root", "each" };
    private static readonly HashSet<string> Suites = new(StringComparer.Ordinal) { "international", "sm" };

    public static void Check(string file, CertificateProfile profile)
    {
        Demand(file == profile.Name + ".json", "name", $"The file of {profile.Name} is named otherwise.");
        Demand(Issuers.Contains(profile.IssuedBy), "issuedBy", $"There is no issuer {profile.IssuedBy}.");
        Demand(profile.Suite is null || Suites.Contains(profile.Suite), "suite", $"There is no suite {profile.Suite}.");
        Demand(profile.ValidityDays is > 0 and <= LongestValidity, "validityDays", $"1 to {LongestValidity} days are expected.");
        Demand(profile.KeyUsage.Count > 0 && Distinct(profile.KeyUsage), "keyUsage", "At least one usage is expected, and each once.");
        Demand(profile.KeyUsage.All(CertificateProfile.IsKeyUsage), "keyUsage", "A usage is unknown.");
        Demand(AreIdentifiers(profile.ExtendedKeyUsage), "extendedKeyUsage", "Object identifiers are expected, each once.");
        Demand(!profile.ExtendedKeyUsageCritical || profile.ExtendedKeyUsage.Count > 0, "extendedKeyUsageCritical", "There is no extended key usage to be critical.");
        Demand(AreIdentifiers(profile.Policies), "policies", "Object identifiers are expected, each once.");
        CheckSubject(profile, Demand);
        CheckAuthority(profile, Demand);
        Demand(profile.RenewalDays is null || (profile.RenewalDays > 0 && profile.RenewalDays < profile.ValidityDays), "renewalDays", "More than zero days and fewer than the validity are expected.");
        Demand(profile.RenewalDays is null || profile.Requestable, "renewalDays", "Only what may be requested may be renewed by request.");
        Demand(!profile.RenewalWithSameKey || profile.RenewalDays is not null, "renewalWithSameKey", "There is no renewal that could keep the key.");

        void Demand(bool holds, string member, string message)
        {
            if (!holds)
            {
                throw new CertificateProfileException(file, member, message);
            }
        }
    }

    private static void CheckSubject(CertificateProfile profile, Action<bool, string, string> demand)
    {
        demand(Distinct(profile.Subject) && profile.Subject.All(SubjectAttributes.IsKnown), "subject", "An attribute is unknown or stands twice.");
        demand(Distinct(profile.OptionalSubject) && profile.OptionalSubject.All(profile.Subject.Contains), "optionalSubject", "Only attributes of the subject may be optional.");
        demand(profile.Subject.Count == 0 || profile.OptionalSubject.Count < profile.Subject.Count, "optionalSubject", "A subject may not be empty.");
        demand(!profile.Requestable || profile.Subject.Count > 0, "subject", "What may be requested names the subject's attributes.");
    }

    private static void CheckAuthority(CertificateProfile profile, Action<bool, string, string> demand)
    {
        demand(profile.CertificateAuthority == profile.KeyUsage.Contains("keyCertSign", StringComparer.Ordinal), "certificateAuthority", "Whoever signs certificates is a CA, and the other way round.");
        demand(profile.PathLength is null || (profile.CertificateAuthority && profile.PathLength is >= 0 and <= DeepestPath), "pathLength", $"0 to {DeepestPath} are expected, of a CA only.");
        demand(!profile.Requestable || !(profile.CertificateAuthority || profile.OcspNoCheck), "requestable", "A CA and its responder are not to be had by request.");
        demand(!profile.Requestable || IssuingRoles.Contains(profile.IssuedBy, StringComparer.Ordinal), "issuedBy", "What may be requested is issued by an issuing CA.");
    }

    private static bool AreIdentifiers(IReadOnlyList<string> values) => Distinct(values) && values.All(v => DerObjectIdentifier.TryFromID(v, out _));

    private static bool Distinct(IReadOnlyList<string> values) => values.Distinct(StringComparer.Ordinal).Count() == values.Count;
}
