using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Yinxin.Trust.Certificates;

/// <summary>Subject names in the order and with the string types of GM/T 0015: C, O, CN; C printable, the rest UTF-8.</summary>
public static class DistinguishedName
{
    /// <summary>A name of country CN, organisation and common name.</summary>
    public static X509Name Of(string organisation, string commonName) => X509Name.GetInstance(new DerSequence(
        Attribute(X509Name.C, new DerPrintableString("CN")),
        Attribute(X509Name.O, new DerUtf8String(organisation)),
        Attribute(X509Name.CN, new DerUtf8String(commonName))));

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
