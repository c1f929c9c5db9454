namespace Yinxin.Trust.Certificates.Paths.Profiles;

/// <summary>What RFC 5280 §4 demands of the CAs that make certificates.</summary>
internal static class IssuerRules
{
    private const int LongestSerial = 20;
    private const KeyUsages Encryption = KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment | KeyUsages.KeyAgreement | KeyUsages.EncipherOnly | KeyUsages.DecipherOnly;

    private static readonly string[] NeverCritical = [Oids.AuthorityKeyIdentifier, Oids.SubjectKeyIdentifier, Oids.AuthorityInformationAccess, Oids.FreshestCrl];
    private static readonly string[] AlwaysCritical = [Oids.PolicyConstraints, Oids.InhibitAnyPolicy];

    public static IEnumerable<string> Check(PathCertificate c, PathRole role, PathProfile profile) =>
        [.. Fields(c, role), .. Criticality(c, profile), .. KeyIdentifiers(c, role), .. Usage(c), .. Authority(c, role)];

    private static IEnumerable<string> Fields(PathCertificate c, PathRole role)
    {
        // Roots with serial 0 stand in every trust store; they are trusted by themselves.
        if (role != PathRole.Anchor && !IsPositive(c.SerialNumber.Span))
        {
            yield return "the serial number is not positive and of at most 20 octets (RFC 5280 §4.1.2.2)";
        }

        if (c.Issuer.IsEmpty)
        {
            yield return "the issuer has no name (RFC 5280 §4.1.2.4)";
        }

        if (c.Subject.IsEmpty && (role != PathRole.End || !c.IsCritical(Oids.SubjectAlternativeName)))
        {
            yield return "the subject has no name, nor critical alternative names as an end certificate may (RFC 5280 §4.1.2.6)";
        }

        if (c.HasWrongTimeForm)
        {
            yield return "a time before 2050 is not written as UTCTime (RFC 5280 §4.1.2.5)";
        }

        if (c.AlternativeNames.Any(n => !AlternativeNameForm.IsWellFormed(n)))
        {
            yield return "an alternative name is malformed (RFC 5280 §4.2.1.6)";
        }
    }

    /// <summary>The value has at most 20 octets; a sign octet before them does not count.</summary>
    private static bool IsPositive(ReadOnlySpan<byte> serial) => (serial[0] & 0x80) == 0 && serial.TrimStart((byte)0).Length is > 0 and <= LongestSerial;

    private static IEnumerable<string> Criticality(PathCertificate c, PathProfile profile)
    {
        foreach (var oid in NeverCritical.Where(c.IsCritical))
        {
            yield return $"the extension {oid} must not be critical (RFC 5280 §4.2)";
        }

        foreach (var oid in AlwaysCritical.Where(o => c.Extensions.ContainsKey(o) && !c.IsCritical(o)))
        {
            yield return $"the extension {oid} must be critical (RFC 5280 §4.2)";
        }

        if (profile.CriticalNameConstraints && c.NameConstraints is not null && !c.IsCritical(Oids.NameConstraints))
        {
            yield return "name constraints must be critical (RFC 5280 §4.2.1.10)";
        }
    }

    private static IEnumerable<string> KeyIdentifiers(PathCertificate c, PathRole role)
    {
        var mustNameKey = role != PathRole.Anchor || (!c.IsSelfIssued && c.AuthorityKey is null && !c.Signed.IsSignedBy(c.PublicKey));
        if (c.AuthorityKey?.KeyId is null && (mustNameKey && !(role != PathRole.Anchor && c.IsSelfIssued && c.Signed.IsSignedBy(c.PublicKey))))
        {
            yield return "the authority key identifier is missing (RFC 5280 §4.2.1.1)";
        }

        if (c.IsAuthority && c.SubjectKey is null)
        {
            yield return "a CA has no subject key identifier (RFC 5280 §4.2.1.2)";
        }
    }

    private static IEnumerable<string> Usage(PathCertificate c)
    {
        if (c.KeyUsage == KeyUsages.None)
        {
            yield return "the key usage allows nothing (RFC 5280 §4.2.1.3)";
        }

        if (((c.KeyUsage ?? KeyUsages.None) & Encryption) != KeyUsages.None && InheritedKeys.IsMlDsa(c.PublicKey))
        {
            yield return "a key that only signs is to encrypt (RFC 9881 §5)";
        }

        if (c.KeyUsage?.HasFlag(KeyUsages.CertificateSigning) is true && !c.IsAuthority)
        {
            yield return "it may sign certificates but is no CA (RFC 5280 §4.2.1.9)";
        }
    }

    private static IEnumerable<string> Authority(PathCertificate c, PathRole role)
    {
        if (role != PathRole.End && c.IsAuthority && !c.IsCritical(Oids.BasicConstraints))
        {
            yield return "the basic constraints of a CA must be critical (RFC 5280 §4.2.1.9)";
        }

        if (c.BasicConstraints is { PathLength: not null } constraints && !(constraints.IsAuthority && c.KeyUsage?.HasFlag(KeyUsages.CertificateSigning) is not false))
        {
            yield return "a path length is given by one who may not issue (RFC 5280 §4.2.1.9)";
        }

        if (role == PathRole.End && !c.IsAuthority && c.NameConstraints is not null)
        {
            yield return "name constraints stand in an end certificate (RFC 5280 §4.2.1.10)";
        }
    }
}
