using System.Net;
using System.Net.Sockets;

namespace Yinxin.Identity.Server.Features.History;

/// <summary>A network address as its owner may see it among their sign-ins: enough to tell home from elsewhere, no trace of one machine.</summary>
internal static class AddressMasking
{
    /// <summary><c>203.0.113.*</c>; of IPv6 the first three groups (the provider's customer).</summary>
    public static string Mask(IPAddress? address)
    {
        switch (address)
        {
            case null:
                return "-";
            case { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }:
                var bytes = address.GetAddressBytes();
                return $"{Convert.ToHexStringLower(bytes, 0, 2)}:{Convert.ToHexStringLower(bytes, 2, 2)}:{Convert.ToHexStringLower(bytes, 4, 2)}:*";
            default:
                var text = address.MapToIPv4().ToString();
                return text[..(text.LastIndexOf('.') + 1)] + "*";
        }
    }
}
