using System.Formats.Asn1;
using System.Security.Cryptography;
using Yinxin.Trust.Certificates.Paths.Names;

namespace Yinxin.Trust.Certificates.Paths.Revocation;

/// <summary>What a revocation list covers (issuing distribution point, RFC 5280 §5.2.5).</summary>
/// <param name="Names">Full names of its distribution point; empty when none are given.</param>
/// <param name="Relative">DER of a name relative to the CRL's issuer, or null.</param>
/// <param name="OnlyUsers">End certificates only.</param>
/// <param name="OnlyAuthorities">CA certificates only.</param>
/// <param name="Reasons">Reasons covered, as bits of ReasonFlags.</param>
/// <param name="Indirect">May hold certificates of other issuers.</param>
/// <param name="OnlyAttributes">Attribute certificates only.</param>
internal sealed record IssuingPoint(
    IReadOnlyList<GeneralName> Names, ReadOnlyMemory<byte>? Relative, bool OnlyUsers, bool OnlyAuthorities, int Reasons, bool Indirect, bool OnlyAttributes)
{
    public static IssuingPoint Everything { get; } = new([], null, false, false, RevocationReasons.All, false, false);

    public bool HasName => Names.Count > 0 || Relative is not null;

    public static IssuingPoint Read(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var point = Everything;
        var last = -1;
        while (sequence.HasData)
        {
            var tag = sequence.PeekTag();
            var number = tag.TagClass == TagClass.ContextSpecific && tag.TagValue > last ? tag.TagValue : -1;
            switch (number)
            {
                case 0:
                    var name = sequence.ReadSequence(tag);
                    var (names, relative) = DistributionPoint.ReadName(name);
                    name.ThrowIfNotEmpty();
                    point = point with { Names = names, Relative = relative };
                    break;
                case 1:
                    point = point with { OnlyUsers = True(sequence, tag) };
                    break;
                case 2:
                    point = point with { OnlyAuthorities = True(sequence, tag) };
                    break;
                case 3:
                    point = point with { Reasons = RevocationReasons.Read(sequence, tag) };
                    break;
                case 4:
                    point = point with { Indirect = True(sequence, tag) };
                    break;
                case 5:
                    point = point with { OnlyAttributes = True(sequence, tag) };
                    break;
                default:
                    throw new CryptographicException("The issuing distribution point is malformed.");
            }

            last = number;
        }

        // At most one of them (RFC 5280 §5.2.5).
        return (point.OnlyUsers ? 1 : 0) + (point.OnlyAuthorities ? 1 : 0) + (point.OnlyAttributes ? 1 : 0) <= 1 ? point
            : throw new CryptographicException("The issuing distribution point limits itself twice.");
    }

    /// <summary>The same scope, as a delta list must have (RFC 5280 §5.2.4).</summary>
    public bool IsSameScope(IssuingPoint other) =>
        OnlyUsers == other.OnlyUsers && OnlyAuthorities == other.OnlyAuthorities && OnlyAttributes == other.OnlyAttributes && Indirect == other.Indirect && Reasons == other.Reasons
        && Names.Count == other.Names.Count && Names.All(n => other.Names.Any(n.IsSame))
        && (Relative is null) == (other.Relative is null) && (Relative is null || Relative.Value.Span.SequenceEqual(other.Relative!.Value.Span));

    private static bool True(AsnReader sequence, Asn1Tag tag) =>
        sequence.ReadBoolean(tag) ? true : throw new CryptographicException("The issuing distribution point writes out a default.");
}
