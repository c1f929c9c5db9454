using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>
/// From where, as records hold it: the text of an address. A range is what such texts begin with, so it ends where a part of an address ends: /8, /16 and /24 of IPv4, /32, /48 and /64 of IPv6.
/// </summary>
/// <param name="Texts">The whole text of an address, or the beginning of a range; of IPv4 also as a server on IPv6 sees it.</param>
/// <param name="IsRange">Whether they are beginnings.</param>
internal sealed record AuditAddress(IReadOnlyList<string> Texts, bool IsRange)
{
    private const string Mapped = "::ffff:";

    /// <summary>Null where it is neither an address nor a range that can be searched for.</summary>
    public static AuditAddress? Parse(string typed)
    {
        var parts = typed.Split('/');

        // A scope behind %, or a port behind a bracket, may be any text to the library: a name or a number of somebody too.
        if (parts.Length > 2 || parts[0].Any(c => !char.IsAsciiHexDigit(c) && c is not (':' or '.')) || !IPAddress.TryParse(parts[0], out var address))
        {
            return null;
        }

        // Numbers and short forms are addresses too, to the library; nobody means them, and a number of a person would be one.
        if (address.AddressFamily == AddressFamily.InterNetwork && parts[0] != address.ToString())
        {
            return null;
        }

        if (parts.Length == 1)
        {
            var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            return new AuditAddress(Spellings(plain.ToString(), plain.AddressFamily), IsRange: false);
        }

        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var length) && !address.IsIPv4MappedToIPv6 && Beginning(address, length) is { } beginning
            ? new AuditAddress(Spellings(beginning, address.AddressFamily), IsRange: true)
            : null;
    }

    private static string[] Spellings(string text, AddressFamily family) => family == AddressFamily.InterNetwork ? [text, Mapped + text] : [text];

    private static string? Beginning(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return length is 8 or 16 or 24 ? string.Join('.', bytes.Take(length / 8).Select(b => b.ToString(CultureInfo.InvariantCulture))) + "." : null;
        }

        if (length is not (32 or 48 or 64))
        {
            return null;
        }

        var groups = Enumerable.Range(0, length / 16).Select(i => (bytes[2 * i] << 8) | bytes[(2 * i) + 1]).ToList();

        // Groups of zeros beside one another are left out of the text, here or behind: then addresses of one range do not begin alike.
        var leftOut = groups[^1] == 0 || groups.Zip(groups.Skip(1)).Any(pair => pair.First == 0 && pair.Second == 0);
        return leftOut ? null : string.Join(':', groups.Select(g => g.ToString("x", CultureInfo.InvariantCulture))) + ":";
    }
}
