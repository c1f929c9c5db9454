using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Yinxin.ServiceDefaults.Settings;
using IPNetwork = System.Net.IPNetwork;

namespace Yinxin.ServiceDefaults.Hosting;

/// <summary>
/// Where a request came from when proxies stand before the app: those that <see cref="AppSettings.TrustedProxies"/> names
/// are believed about who asked them and whether by HTTPS; nobody else is.
/// </summary>
internal sealed class TrustedProxies(IPNetwork[] networks)
{
    private const string Key = $"{AppSettings.Section}:{nameof(AppSettings.TrustedProxies)}";

    /// <summary>Bits before the IPv4 address in <c>::ffff:a.b.c.d</c>.</summary>
    private const int MappedPrefix = 96;

    /// <summary>Reads the setting; what it cannot mean stops the start.</summary>
    public static void AddTo(WebApplicationBuilder builder, AppSettings settings)
    {
        // The framework has a switch of its own (ASPNETCORE_FORWARDEDHEADERS_ENABLED) that believes everybody: what it puts into the pipeline finds nothing to read.
        builder.Services.Configure<ForwardedHeadersOptions>(o => o.ForwardedHeaders = ForwardedHeaders.None);

        // One value where a list belongs binds to nothing: the proxy would go unheeded and nobody would be told.
        if (!string.IsNullOrEmpty(builder.Configuration[Key]))
        {
            throw new InvalidOperationException($"{Key}: this is a list; write {Key}:0, {Key}:1 and so on.");
        }

        builder.Services.AddSingleton(new TrustedProxies([.. settings.TrustedProxies.Select(Network)]));
    }

    /// <summary>Call it before anything that asks for the address or the scheme of a request.</summary>
    public void StandBefore(WebApplication app)
    {
        if (networks.Length == 0)
        {
            return;
        }

        // From the last hop backwards as long as the one who wrote is named, however many there are: what a client wrote itself stands behind its own address.
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };
        // Loopback stands there by default.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks)
        {
            options.KnownIPNetworks.Add(network);
        }

        app.UseForwardedHeaders(options);
    }

    private static IPNetwork Network(string text)
    {
        var address = text.Split('/')[0];
        var cidr = address.Length < text.Length ? text : address + (address.Contains(':') ? "/128" : "/32");
        if (!IPAddress.TryParse(address, out var written) || !IsPlain(written, address) || !IPNetwork.TryParse(cidr, out var network))
        {
            throw new InvalidOperationException($"{Key}: «{text}» is neither an address such as 10.1.0.4 nor a network such as 10.1.0.0/16.");
        }

        // IPv4 is judged as IPv4, also where a socket for both shows it as ::ffff:a.b.c.d.
        if (network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedPrefix)
        {
            network = new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - MappedPrefix);
        }

        return network.PrefixLength > 0 ? network : throw new InvalidOperationException($"{Key}: «{text}» would believe everybody; name the proxies.");
    }

    /// <summary>The parser also takes 10.1 (10.0.0.1), 010.0.0.1 (8.0.0.1) and [::1]:80: whoever writes that means something else.</summary>
    private static bool IsPlain(IPAddress address, string text) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? !text.StartsWith('[') : address.ToString() == text;
}
