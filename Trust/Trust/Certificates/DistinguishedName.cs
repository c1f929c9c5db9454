using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Yinxin.Trust.Certificates;

/// <summary>Subject names in the order and with the string types of GM/T 0015: C, O, CN; C printable, the rest UTF-8.</summary>
public static class DistinguishedName
{
    /// <summary>National trade register of China (ETSI EN 319 412-1 §5.1.4).</summary>
    internal const string OrganisationIdentifierPrefix = "NTRCN-";

    /// <summary>A scheme of our own within China (ETSI EN 319 412-1 §5.1.3: two characters and a colon).</summary>
    internal const string PersonIdentifierPrefix = "YX:CN-";

    /// <summary>As hexadecimal with the prefix it keeps to the 64 characters of RFC 5280 appendix A.1.</summary>
    internal const int PersonReferenceLength = 24;

    /// <summary>A name of country CN, organisation and common name.</summary>
    public static X509Name Of(string organisation, string commonName) => X509Name.GetInstance(new DerSequence(
        Attribute(X509Name.C, new DerPrintableString("CN")),
        Attribute(X509Name.O, new DerUtf8String(organisation)),
        Attribute(X509Name.CN, new DerUtf8String(commonName))));

    /// <summary>A legal person (ETSI EN 319 412-3 §4.2.1).</summary>
    /// <param name="uscc">Unified social credit code (GB 32100); it becomes <c>NTRCN-…</c>, the register's identifier (EN 319 412-1 §5.1.4).</param>
    /// <param name="organisation">Full registered name.</param>
    /// <param name="commonName">The name by which it is commonly known, or the same.</param>
    public static X509Name OfOrganisation(string uscc, string organisation, string commonName) => X509Name.GetInstance(new DerSequence(
        Attribute(X509Name.C, new DerPrintableString("CN")),
        Attribute(X509Name.O, new DerUtf8String(organisation)),
        Attribute(X509Name.OrganizationIdentifier, new DerUtf8String(OrganisationIdentifierPrefix + uscc)),
        Attribute(X509Name.CN, new DerUtf8String(commonName))));

    /// <summary>A natural person (ETSI EN 319 412-2 §4.2.4); who has one name only leaves the other out.</summary>
    /// <param name="surname">Family name, or null.</param>
    /// <param name="givenName">Given name, or null.</param>
    /// <param name="reference">24 bytes by which whoever keeps the register knows the person, derived under a secret: nobody else can tell whose number it comes from.</param>
    public static X509Name OfPerson(string? surname, string? givenName, ReadOnlySpan<byte> reference)
    {
        if (reference.Length != PersonReferenceLength)
        {
            throw new ArgumentException($"{PersonReferenceLength} bytes are expected.", nameof(reference));
        }

        List<Asn1Encodable> attributes = [Attribute(X509Name.C, new DerPrintableString("CN"))];
        if (surname is not null)
        {
            attributes.Add(Attribute(X509Name.Surname, new DerUtf8String(surname)));
        }

        if (givenName is not null)
        {
            attributes.Add(Attribute(X509Name.GivenName, new DerUtf8String(givenName)));
        }

        attributes.Add(Attribute(X509Name.SerialNumber, new DerPrintableString(PersonIdentifierPrefix + Convert.ToHexString(reference))));
        attributes.Add(Attribute(X509Name.CN, new DerUtf8String(surname + givenName)));
        return X509Name.GetInstance(new DerSequence(attributes.ToArray()));
    }

    /// <summary>The unified social credit code in <c>organizationIdentifier</c>, or null when there is none.</summary>
    public static string? SocialCreditCode(this X509Name name) =>
        name.Value(X509Name.OrganizationIdentifier) is { } identifier && identifier.StartsWith(OrganisationIdentifierPrefix, StringComparison.Ordinal)
            ? identifier[OrganisationIdentifierPrefix.Length..] : null;

    /// <summary>The first value of an attribute such as <c>CN</c>, or null.</summary>
    public static string? Value(this X509Name name, DerObjectIdentifier attribute) => name.GetValueList(attribute).Cast<string>().FirstOrDefault();

    /// <summary>The common name, or the whole name when there is none.</summary>
    public static string CommonName(this X509Name name) => name.Value(X509Name.CN) ?? name.ToString();

    /// <summary>The organisation field of an organ: its unified social credit code and its name, so that two organs of one name are told apart.</summary>
    public static string OrganisationOf(string uscc, string name) => uscc + name;

    /// <summary>Whether this is the name of that organ, as <see cref="OrganisationOf"/> writes it.</summary>
    public static bool IsOf(this X509Name subject, string uscc, string name) => subject.Value(X509Name.O) == OrganisationOf(uscc, name);

    private static DerSet Attribute(DerObjectIdentifier type, Asn1Encodable value) => new(new DerSequence(type, value));
}
