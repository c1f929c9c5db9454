using System.Buffers;

namespace Yinxin.Trust.Certificates.Paths.Names;

/// <summary>DNS names as certificates write them: the preferred name syntax (RFC 1034 §3.5, RFC 1123 §2.1), which knows no underscore.</summary>
internal static class HostNames
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    public static bool IsHostName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > 253)
        {
            return false;
        }

        foreach (var range in name.Split('.'))
        {
            var label = name[range];
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-' || label.ContainsAnyExcept(Allowed))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A host name, or one whose whole first label is an asterisk.</summary>
    public static bool IsPattern(string name) => IsHostName(name.StartsWith("*.", StringComparison.Ordinal) ? name.AsSpan(2) : name);

    /// <summary>The name itself or anything with labels added to its left.</summary>
    public static bool IsWithin(ReadOnlySpan<char> name, ReadOnlySpan<char> domain) =>
        domain.IsEmpty || (name.EndsWith(domain, StringComparison.OrdinalIgnoreCase) && (name.Length == domain.Length || name[^(domain.Length + 1)] == '.'));
}
