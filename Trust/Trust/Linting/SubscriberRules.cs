using System.Text.RegularExpressions;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Certificates;

namespace Yinxin.Trust.Linting;

/// <summary>What certificates of persons and organisations must be (ETSI EN 319 412-1, -2, -3), and what they must not disclose.</summary>
internal static partial class SubscriberRules
{
    private const string Persons = "persons";
    private const string Organisations = "organisations";
    private static readonly DerObjectIdentifier QualifiedStatements = new("1.3.6.1.5.5.7.1.3");

    public static readonly IReadOnlyList<LintRule> All =
    [
        new("en319412.person.name", "ETSI EN 319 412-2 §4.2.4", "A person is named by surname or given name.", IsPerson,
            s => s.Attributes().Any(a => a.Type.Equals(X509Name.Surname) || a.Type.Equals(X509Name.GivenName))),
        new("en319412.person.identifier", "ETSI EN 319 412-1 §5.1.3", "A person's serial number is YX:CN- and a reference of 24 bytes in capital hexadecimal, printable.", IsPerson,
            s => s.Attributes().Count(a => a.Type.Equals(X509Name.SerialNumber) && a.Value is DerPrintableString text && PersonIdentifier().IsMatch(text.GetString())) == 1),
        new("en319412.organisation.identifier", "ETSI EN 319 412-3 §4.2.1, EN 319 412-1 §5.1.4", "A legal person's identifier is NTRCN- and its unified social credit code.", IsOrganisation,
            s => s.Attributes().Count(a => a.Type.Equals(X509Name.OrganizationIdentifier) && OrganisationIdentifier().IsMatch(Text(a.Value))) == 1),
        new("en319412.policies", "ETSI EN 319 412-2 §4.3.3", "A certificate of a person or an organisation names its policy.", s => IsPerson(s) || IsOrganisation(s),
            s => Policies(s).Count > 0),
        new("en319412.statements", "ETSI EN 319 412-5 §4", "Nobody claims to be qualified.", _ => true, s => s.Extension(QualifiedStatements) is null),
        new("privacy.identityNumber", "个人信息保护法 §6", "No attribute of a person holds a citizen identity number (GB 11643) in clear.", IsPerson,
            s => !s.Attributes().Any(a => IdentityNumber().IsMatch(Text(a.Value)))),
        new("profile.policies", "certs/profiles", "The policies are the profile's, not critically.", _ => true,
            s => Policies(s).Order(StringComparer.Ordinal).SequenceEqual(s.Profile.Policies.Order(StringComparer.Ordinal)) && s.Extension(X509Extensions.CertificatePolicies) is null or { IsCritical: false }),
    ];

    private static bool IsPerson(LintSubject subject) => subject.Profile.IssuedBy == Persons;

    private static bool IsOrganisation(LintSubject subject) => subject.Profile.IssuedBy == Organisations;

    private static IReadOnlyList<string> Policies(LintSubject subject) =>
        subject.Extension(X509Extensions.CertificatePolicies) is { } extension
            ? [.. CertificatePolicies.GetInstance(extension.GetParsedValue()).GetPolicyInformation().Select(p => p.PolicyIdentifier.Id)] : [];

    private static string Text(Asn1Encodable value) => value is IAsn1String text ? text.GetString() : "";

    [GeneratedRegex("^YX:CN-[0-9A-F]{48}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex PersonIdentifier();

    /// <summary>The form; the check characters are asked before (GB 32100 has no I, O, S, V, Z).</summary>
    [GeneratedRegex("^NTRCN-[0-9A-HJ-NP-RTUWXY]{18}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex OrganisationIdentifier();

    /// <summary>Division, a date of birth, sequence, check character, wherever they stand: padding does not hide them.</summary>
    [GeneratedRegex("[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex IdentityNumber();
}
