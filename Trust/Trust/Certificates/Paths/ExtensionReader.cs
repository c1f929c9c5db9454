using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Yinxin.Trust.Certificates.Paths.Names;
using Yinxin.Trust.Certificates.Paths.Revocation;

namespace Yinxin.Trust.Certificates.Paths;

/// <summary>Reads the extensions that validation knows (RFC 5280 §4.2); one that is malformed makes the certificate malformed, critical or not.</summary>
internal static class ExtensionReader
{
    private static readonly Dictionary<string, Action<PathCertificate, AsnReader>> Readers = new(StringComparer.Ordinal)
    {
        [Oids.BasicConstraints] = (c, r) => c.BasicConstraints = ReadBasicConstraints(r),
        [Oids.KeyUsage] = (c, r) => c.KeyUsage = ReadKeyUsage(r),
        [Oids.ExtendedKeyUsage] = (c, r) => c.ExtendedKeyUsage = ReadOids(r),
        [Oids.SubjectAlternativeName] = (c, r) => c.AlternativeNames = GeneralName.ReadAll(r.ReadSequence()),
        [Oids.IssuerAlternativeName] = (_, r) => GeneralName.ReadAll(r.ReadSequence()),
        [Oids.NameConstraints] = (c, r) => c.NameConstraints = NameConstraintsValue.Read(r),
        [Oids.CertificatePolicies] = (c, r) => c.Policies = ReadPolicies(r),
        [Oids.PolicyMappings] = (c, r) => c.PolicyMappings = ReadMappings(r),
        [Oids.PolicyConstraints] = (c, r) => c.PolicyConstraints = ReadPolicyConstraints(r),
        [Oids.InhibitAnyPolicy] = (c, r) => c.InhibitAnyPolicy = ReadCount(r, Asn1Tag.Integer),
        [Oids.AuthorityKeyIdentifier] = (c, r) => c.AuthorityKey = ReadAuthorityKey(r),
        [Oids.SubjectKeyIdentifier] = (c, r) => c.SubjectKey = NotEmpty(r.ReadOctetString()),
        [Oids.CrlDistributionPoints] = (c, r) => c.DistributionPoints = DistributionPoint.ReadAll(r),
        [Oids.FreshestCrl] = (_, r) => DistributionPoint.ReadAll(r),
        [Oids.AuthorityInformationAccess] = (_, r) => ReadAccess(r),
    };

    /// <summary>What may be critical because it is processed; authority information needs no processing to validate a path.</summary>
    public static bool IsKnown(string oid) => Readers.ContainsKey(oid);

    public static void ReadInto(PathCertificate certificate)
    {
        foreach (var extension in certificate.Extensions.Values)
        {
            if (Readers.TryGetValue(extension.Oid, out var read))
            {
                var reader = new AsnReader(extension.Value, AsnEncodingRules.DER);
                read(certificate, reader);
                reader.ThrowIfNotEmpty();
            }
        }
    }

    public static AuthorityKeyValue ReadAuthorityKey(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        ReadOnlyMemory<byte>? keyId = null;
        var names = false;
        while (sequence.HasData)
        {
            var tag = sequence.PeekTag();
            switch (tag.TagClass == TagClass.ContextSpecific ? tag.TagValue : -1)
            {
                case 0 when keyId is null && !names:
                    keyId = NotEmpty(sequence.ReadOctetString(tag));
                    break;
                case 1:
                    GeneralName.ReadAll(sequence.ReadSequence(tag));
                    names = true;
                    break;
                case 2:
                    sequence.ReadIntegerBytes(tag);
                    names = true;
                    break;
                default:
                    throw new CryptographicException("The authority key identifier is malformed.");
            }
        }

        return new AuthorityKeyValue(keyId, names);
    }

    public static int ReadCount(AsnReader reader, Asn1Tag tag)
    {
        var number = reader.ReadInteger(tag);

        // Larger than any path is as good as no limit.
        return number.Sign >= 0 ? (int)System.Numerics.BigInteger.Min(number, 1_000_000) : throw new CryptographicException("A count is negative.");
    }

    private static BasicConstraintsValue ReadBasicConstraints(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var authority = sequence.HasData && sequence.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && sequence.ReadBoolean();
        int? length = sequence.HasData ? ReadCount(sequence, Asn1Tag.Integer) : null;
        sequence.ThrowIfNotEmpty();
        return new BasicConstraintsValue(authority, length);
    }

    private static KeyUsages ReadKeyUsage(AsnReader reader)
    {
        var bits = reader.ReadBitString(out var unused);
        var usages = KeyUsages.None;
        for (var i = 0; i < (bits.Length * 8) - unused; i++)
        {
            if ((bits[i / 8] & (0x80 >> (i % 8))) != 0)
            {
                usages |= i <= 8 ? (KeyUsages)(1 << i) : throw new CryptographicException("The key usage has bits that there are not.");
            }
        }

        return usages;
    }

    private static List<string> ReadOids(AsnReader reader)
    {
        var list = reader.ReadSequence();
        var oids = new List<string>();
        while (list.HasData)
        {
            oids.Add(list.ReadObjectIdentifier());
        }

        return oids.Count > 0 ? oids : throw new CryptographicException("The extended key usage is empty.");
    }

    private static List<CertificatePolicy> ReadPolicies(AsnReader reader)
    {
        var list = reader.ReadSequence();
        var policies = new List<CertificatePolicy>();
        while (list.HasData)
        {
            var policy = list.ReadSequence();
            var oid = policy.ReadObjectIdentifier();
            policies.Add(new CertificatePolicy(oid, policy.HasData ? ReadNotices(policy.ReadSequence()) : []));
            policy.ThrowIfNotEmpty();
        }

        return policies.Count > 0 && policies.DistinctBy(p => p.Oid, StringComparer.Ordinal).Count() == policies.Count ? policies
            : throw new CryptographicException("The certificate policies are empty, or name one twice.");
    }

    private static List<string> ReadNotices(AsnReader qualifiers)
    {
        var notices = new List<string>();
        while (qualifiers.HasData)
        {
            var qualifier = qualifiers.ReadSequence();
            if (qualifier.ReadObjectIdentifier() == Oids.UserNotice)
            {
                var notice = qualifier.ReadSequence();
                while (notice.HasData)
                {
                    var value = notice.ReadEncodedValue();
                    if (DirectoryString.Read(value) is { } text)
                    {
                        notices.Add(text);
                    }
                }
            }
            else
            {
                qualifier.ReadEncodedValue();
            }

            qualifier.ThrowIfNotEmpty();
        }

        return notices;
    }

    private static List<(string, string)> ReadMappings(AsnReader reader)
    {
        var list = reader.ReadSequence();
        var mappings = new List<(string, string)>();
        while (list.HasData)
        {
            var pair = list.ReadSequence();
            mappings.Add((pair.ReadObjectIdentifier(), pair.ReadObjectIdentifier()));
            pair.ThrowIfNotEmpty();
        }

        return mappings.Count > 0 ? mappings : throw new CryptographicException("The policy mappings are empty.");
    }

    private static PolicyConstraintsValue ReadPolicyConstraints(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        int? explicitPolicy = Optional(sequence, 0);
        int? mapping = Optional(sequence, 1);
        sequence.ThrowIfNotEmpty();
        return explicitPolicy is null && mapping is null ? throw new CryptographicException("The policy constraints are empty.") : new(explicitPolicy, mapping);

        static int? Optional(AsnReader sequence, int number)
        {
            var tag = new Asn1Tag(TagClass.ContextSpecific, number);
            return sequence.HasData && sequence.PeekTag().HasSameClassAndValue(tag) ? ReadCount(sequence, tag) : null;
        }
    }

    private static void ReadAccess(AsnReader reader)
    {
        var list = reader.ReadSequence();
        if (!list.HasData)
        {
            throw new CryptographicException("The authority information access is empty.");
        }

        while (list.HasData)
        {
            var description = list.ReadSequence();
            description.ReadObjectIdentifier();
            GeneralName.Read(description.ReadEncodedValue());
            description.ThrowIfNotEmpty();
        }
    }

    private static ReadOnlyMemory<byte> NotEmpty(byte[] value) => value.Length > 0 ? value : throw new CryptographicException("A key identifier is empty.");
}
