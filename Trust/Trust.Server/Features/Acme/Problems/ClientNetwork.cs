using System.Net;

namespace Yinxin.Trust.Server.Features.Acme.Problems;

/// <summary>Whom a limit of an address counts: an IPv4 address, or the /64 that one customer of a network usually gets whole (RFC 6177).</summary>
internal static class ClientNetwork
{
    private const int PrefixBytes = 8;

    public static string Of(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bytes = plain.GetAddressBytes();
        if (bytes.Length <= PrefixBytes)
        {
            return plain.ToString();
        }

        Array.Clear(bytes, PrefixBytes, bytes.Length - PrefixBytes);
        return new IPAddress(bytes) + "/64";
    }
}
