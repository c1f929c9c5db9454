using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;

namespace Yinxin.Trust.Certificates.Paths.Names;

/// <summary>The name space that a CA is bound to (RFC 5280 §4.2.1.10), every subtree well formed.</summary>
/// <param name="Permitted">Names must lie in one of these, kind by kind.</param>
/// <param name="Excluded">Names must lie in none of these.</param>
public sealed record NameConstraintsValue(IReadOnlyList<GeneralName> Permitted, IReadOnlyList<GeneralName> Excluded)
{
    internal static NameConstraintsValue Read(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var permitted = ReadSubtrees(sequence, 0);
        var excluded = ReadSubtrees(sequence, 1);
        sequence.ThrowIfNotEmpty();
        return permitted.Count + excluded.Count > 0 ? new(permitted, excluded) : throw new CryptographicException("The name constraints are empty.");
    }

    private static List<GeneralName> ReadSubtrees(AsnReader sequence, int number)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, number, isConstructed: true);
        if (!sequence.HasData || !sequence.PeekTag().HasSameClassAndValue(tag))
        {
            return [];
        }

        var list = sequence.ReadSequence(tag);
        var subtrees = new List<GeneralName>();
        while (list.HasData)
        {
            var subtree = list.ReadSequence();
            var name = GeneralName.Read(subtree.ReadEncodedValue());

            // minimum is its default 0 and maximum absent (RFC 5280 §4.2.1.10): nothing may follow.
            subtree.ThrowIfNotEmpty();
            subtrees.Add(IsWellFormed(name) ? name : throw new CryptographicException("A name constraint is malformed."));
        }

        return subtrees.Count > 0 ? subtrees : throw new CryptographicException("The name constraints hold an empty list.");
    }

    private static bool IsWellFormed(GeneralName subtree) => subtree.Kind switch
    {
        // No wildcard and no leading period: only URIs have that (RFC 5280 §4.2.1.10). An empty name stands for all.
        GeneralNameKind.Dns => subtree.Text.Length == 0 || HostNames.IsHostName(subtree.Text),
        GeneralNameKind.Mail => Mailboxes.IsConstraint(subtree.Text),
        GeneralNameKind.Uri => HostNames.IsHostName(subtree.Text.StartsWith('.') ? subtree.Text[1..] : subtree.Text) && !IPAddress.TryParse(subtree.Text, out _),
        GeneralNameKind.Ip => subtree.Bytes.Length is 8 or 32 && IsMask(subtree.Bytes.Span[(subtree.Bytes.Length / 2)..]),
        _ => true,
    };

    /// <summary>Ones, then zeros (RFC 4632): a mask with holes is no range.</summary>
    private static bool IsMask(ReadOnlySpan<byte> mask)
    {
        var ended = false;
        foreach (var octet in mask)
        {
            for (var bit = 0x80; bit > 0; bit >>= 1)
            {
                var set = (octet & bit) != 0;
                if (set && ended)
                {
                    return false;
                }

                ended = !set;
            }
        }

        return true;
    }
}
