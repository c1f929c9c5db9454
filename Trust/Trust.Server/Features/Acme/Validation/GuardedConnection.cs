using System.Net;
using System.Net.Sockets;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Validation;

/// <summary>Finds the addresses of a name; the seam by which tests have names of their own.</summary>
internal interface INameResolution
{
    Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellationToken);
}

internal sealed class SystemNameResolution : INameResolution
{
    public Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(name, cancellationToken);
}

/// <summary>
/// Connects to strangers' servers, but only within the allowed networks. The address that is judged is the one that is connected to: a name that
/// resolves differently a moment later (DNS rebinding) gains nothing.
/// </summary>
internal sealed class GuardedConnection(INameResolution names, AllowedNetworks networks)
{
    private const int MostAddresses = 8;

    /// <exception cref="AcmeException">dns, or rejectedIdentifier for a name whose addresses are all outside.</exception>
    /// <exception cref="SocketException">No address answers.</exception>
    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var addresses = await AddressesAsync(host, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] found;
        try
        {
            found = IPAddress.TryParse(host, out var literal) ? [literal] : await names.ResolveAsync(host, cancellationToken);
        }
        catch (SocketException)
        {
            throw AcmeErrorKind.Dns.Because("The name could not be resolved.");
        }

        IPAddress[] allowed = [.. found.Where(networks.Contain).Take(MostAddresses)];
        return allowed.Length > 0 ? allowed : throw AcmeErrorKind.RejectedIdentifier.Because("The name has no address in the networks that are looked at.");
    }
}
