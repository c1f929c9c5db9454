namespace Yinxin.Trust.Certificates.Paths.Names;

/// <summary>Whether a name lies in a subtree of name constraints (RFC 5280 §4.2.1.10).</summary>
internal static class Subtrees
{
    /// <summary>Null when the name is of a form, or so written, that it cannot be decided: then the certificate is refused.</summary>
    /// <param name="name">Of the same kind as the subtree.</param>
    /// <param name="subtree">The constraint.</param>
    /// <param name="excluding">A wildcard is permitted where all that it stands for is, and excluded where anything of it is (CVE-2025-61727).</param>
    public static bool? Contains(GeneralName name, GeneralName subtree, bool excluding) => name.Kind switch
    {
        GeneralNameKind.Dns => HostNames.IsPattern(name.Text) ? Dns(name.Text, subtree.Text, excluding) : null,
        GeneralNameKind.Mail => Mailboxes.IsMailbox(name.Text) ? Mailboxes.IsWithin(name.Text, subtree.Text) : null,
        GeneralNameKind.Uri => Uri(name.Text, subtree.Text),
        GeneralNameKind.Ip => Ip(name.Bytes.Span, subtree.Bytes.Span),
        GeneralNameKind.Directory => name.Directory!.IsWithin(subtree.Directory!),
        _ => null,
    };

    private static bool Dns(string name, string domain, bool excluding)
    {
        if (!name.StartsWith("*.", StringComparison.Ordinal))
        {
            return HostNames.IsWithin(name, domain);
        }

        var below = name.AsSpan(2);
        return HostNames.IsWithin(below, domain) || (excluding && HostNames.IsWithin(domain, below) && domain.AsSpan(0, Math.Max(0, domain.Length - below.Length - 1)).IndexOf('.') < 0);
    }

    /// <summary>The host exactly, or with a leading period whatever lies below it; a URI without a host name cannot be judged.</summary>
    private static bool? Uri(string name, string constraint)
    {
        if (!System.Uri.TryCreate(name, UriKind.Absolute, out var uri) || uri.HostNameType != UriHostNameType.Dns || !HostNames.IsHostName(uri.Host))
        {
            return null;
        }

        return constraint.StartsWith('.') ? uri.Host.EndsWith(constraint, StringComparison.OrdinalIgnoreCase) : uri.Host.Equals(constraint, StringComparison.OrdinalIgnoreCase);
    }

    private static bool? Ip(ReadOnlySpan<byte> address, ReadOnlySpan<byte> range)
    {
        if (address.Length is not (4 or 16))
        {
            return null;
        }

        if (range.Length != 2 * address.Length)
        {
            return false;
        }

        for (var i = 0; i < address.Length; i++)
        {
            var mask = range[address.Length + i];
            if ((address[i] & mask) != (range[i] & mask))
            {
                return false;
            }
        }

        return true;
    }
}
