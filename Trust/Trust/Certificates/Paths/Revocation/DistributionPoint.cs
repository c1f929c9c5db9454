using System.Formats.Asn1;
using System.Security.Cryptography;
using Yinxin.Trust.Certificates.Paths.Names;

namespace Yinxin.Trust.Certificates.Paths.Revocation;

/// <summary>Where a certificate says that its revocation list is (RFC 5280 §4.2.1.13).</summary>
/// <param name="Names">Full names; empty when none are given.</param>
/// <param name="Relative">DER of a name relative to the CRL's issuer, or null.</param>
/// <param name="Reasons">Reasons that the list there covers, as bits of ReasonFlags.</param>
/// <param name="Issuers">Who signs the list, when it is not the certificate's issuer.</param>
public sealed record DistributionPoint(IReadOnlyList<GeneralName> Names, ReadOnlyMemory<byte>? Relative, int Reasons, IReadOnlyList<GeneralName> Issuers)
{
    /// <summary>A list of its issuer for all reasons, for certificates that say nothing (RFC 5280 §6.3.3, end).</summary>
    internal static DistributionPoint Unstated { get; } = new([], null, RevocationReasons.All, []);

    internal bool HasName => Names.Count > 0 || Relative is not null;

    internal static IReadOnlyList<DistributionPoint> ReadAll(AsnReader reader)
    {
        var list = reader.ReadSequence();
        var points = new List<DistributionPoint>();
        while (list.HasData)
        {
            points.Add(Read(list.ReadSequence()));
        }

        return points.Count > 0 ? points : throw new CryptographicException("The distribution points are empty.");
    }

    /// <summary>DistributionPointName inside its explicit tag.</summary>
    internal static (IReadOnlyList<GeneralName> Names, ReadOnlyMemory<byte>? Relative) ReadName(AsnReader name)
    {
        var tag = name.PeekTag();
        if (tag.HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            return (GeneralName.ReadAll(name.ReadSequence(tag)), null);
        }

        // An implicitly tagged SET: given its own tag back, it can be put behind the issuer's name.
        var set = name.ReadSetOf(new Asn1Tag(TagClass.ContextSpecific, 1, isConstructed: true));
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSetOf())
        {
            while (set.HasData)
            {
                writer.WriteEncodedValue(set.ReadEncodedValue().Span);
            }
        }

        return ([], writer.Encode());
    }

    private static DistributionPoint Read(AsnReader point)
    {
        IReadOnlyList<GeneralName> names = [];
        ReadOnlyMemory<byte>? relative = null;
        var reasons = RevocationReasons.All;
        IReadOnlyList<GeneralName> issuers = [];
        while (point.HasData)
        {
            var tag = point.PeekTag();
            switch (tag.TagClass == TagClass.ContextSpecific ? tag.TagValue : -1)
            {
                case 0:
                    var name = point.ReadSequence(tag);
                    (names, relative) = ReadName(name);
                    name.ThrowIfNotEmpty();
                    break;
                case 1:
                    reasons = RevocationReasons.Read(point, tag);
                    break;
                case 2:
                    issuers = GeneralName.ReadAll(point.ReadSequence(tag));
                    break;
                default:
                    throw new CryptographicException("A distribution point is malformed.");
            }
        }

        return names.Count == 0 && relative is null && issuers.Count == 0 ? throw new CryptographicException("A distribution point is empty.") : new(names, relative, reasons, issuers);
    }
}
