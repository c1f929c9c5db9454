using System.Net;
using Microsoft.Extensions.Options;

namespace Yinxin.Trust.Server.Features.Acme.Validation;

/// <summary>The networks that <c>Acme:Networks</c> names. Whatever a client or a name server says, nothing outside is connected to.</summary>
internal sealed class AllowedNetworks(IOptions<AcmeSettings> settings)
{
    private readonly IPNetwork[] networks = [.. settings.Value.Networks.Select(Parse)];

    public bool Contain(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(networks, n => n.Contains(plain));
    }

    private static IPNetwork Parse(string network) =>
        IPNetwork.TryParse(network, out var read) ? read : throw new InvalidOperationException($"{AcmeSettings.Section}:{nameof(AcmeSettings.Networks)}: {network} is no network such as 10.1.0.0/16.");
}
