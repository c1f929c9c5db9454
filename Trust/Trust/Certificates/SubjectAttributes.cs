using System.Collections.Frozen;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Yinxin.Trust.Certificates;

/// <summary>The subject's attributes by the names that profiles use (RFC 4519, ETSI EN 319 412-1).</summary>
public static class SubjectAttributes
{
    private static readonly FrozenDictionary<string, DerObjectIdentifier> Types = new Dictionary<string, DerObjectIdentifier>(StringComparer.Ordinal)
    {
        ["C"] = X509Name.C,
        ["ST"] = X509Name.ST,
        ["L"] = X509Name.L,
        ["O"] = X509Name.O,
        ["OU"] = X509Name.OU,
        ["organizationIdentifier"] = X509Name.OrganizationIdentifier,
        ["SURNAME"] = X509Name.Surname,
        ["GIVENNAME"] = X509Name.GivenName,
        ["SERIALNUMBER"] = X509Name.SerialNumber,
        ["CN"] = X509Name.CN,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<DerObjectIdentifier, string> Names = Types.ToFrozenDictionary(t => t.Value, t => t.Key);

    /// <summary>Whether profiles may name it.</summary>
    public static bool IsKnown(string name) => Types.ContainsKey(name);

    /// <summary>The name of an attribute; its object identifier where profiles have no name for it.</summary>
    public static string NameOf(DerObjectIdentifier type) => Names.GetValueOrDefault(type, type.Id);

    /// <summary>The names of a subject's attributes, in its order.</summary>
    public static IReadOnlyList<string> Of(X509Name subject) => [.. subject.GetOidList().Select(NameOf)];

    /// <summary>Whether a subject's attributes, in their order, are what a profile wants: each once, none but the optional ones missing.</summary>
    public static bool Fit(IReadOnlyList<string> found, CertificateProfile profile) =>
        found.SequenceEqual(profile.Subject.Where(a => !profile.OptionalSubject.Contains(a, StringComparer.Ordinal) || found.Contains(a, StringComparer.Ordinal)), StringComparer.Ordinal);
}
