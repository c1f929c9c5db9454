using System.Buffers;

namespace Yinxin.Trust.Certificates.Paths.Names;

/// <summary>Mailboxes of RFC 5321 §4.1.2 as rfc822Name holds them, without quoting: <c>local@host</c>.</summary>
internal static class Mailboxes
{
    private static readonly SearchValues<char> Atom = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~.");

    public static bool IsMailbox(string text) =>
        text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && !text.AsSpan(0, at).ContainsAnyExcept(Atom) && HostNames.IsHostName(text.AsSpan(at + 1));

    /// <summary>A mailbox, a host, or a domain with its leading period (RFC 5280 §4.2.1.10).</summary>
    public static bool IsConstraint(string text) =>
        text.Contains('@', StringComparison.Ordinal) ? IsMailbox(text) : text.Length == 0 || HostNames.IsHostName(text.StartsWith('.') ? text.AsSpan(1) : text);

    /// <summary>The same mailbox: the host without regard to case, the local part exactly (RFC 5280 §7.5).</summary>
    public static bool IsSame(string left, string right)
    {
        var at = left.IndexOf('@', StringComparison.Ordinal);
        return at >= 0 && left.Length == right.Length && left.AsSpan(0, at).SequenceEqual(right.AsSpan(0, at)) && left.AsSpan(at).Equals(right.AsSpan(at), StringComparison.OrdinalIgnoreCase);
    }

    public static bool IsWithin(string mailbox, string constraint)
    {
        if (constraint.Contains('@', StringComparison.Ordinal))
        {
            return IsSame(mailbox, constraint);
        }

        var host = mailbox.AsSpan(mailbox.IndexOf('@', StringComparison.Ordinal) + 1);
        return constraint.Length == 0
            || (constraint[0] == '.' ? host.EndsWith(constraint, StringComparison.OrdinalIgnoreCase) : host.Equals(constraint, StringComparison.OrdinalIgnoreCase));
    }
}
