using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Yinxin.Trust.Server.Features.Acme.Validation;

namespace Yinxin.Trust.Tests.Acme;

/// <summary>Names of the tests' own: all below <c>example.test</c> are this machine unless a test says otherwise, all others are unknown.</summary>
public sealed class TestNames : INameResolution
{
    private readonly ConcurrentDictionary<string, Func<IPAddress[]>> names = new(StringComparer.OrdinalIgnoreCase);

    public void Set(string name, params string[] addresses) => names[name] = () => [.. addresses.Select(IPAddress.Parse)];

    /// <summary>A name that resolves differently each time.</summary>
    public void Set(string name, Func<string> address) => names[name] = () => [IPAddress.Parse(address())];

    Task<IPAddress[]> INameResolution.ResolveAsync(string name, CancellationToken cancellationToken) =>
        names.TryGetValue(name, out var addresses) ? Task.FromResult(addresses())
        : name is "localhost" or "example.test" || name.EndsWith(".example.test", StringComparison.Ordinal) ? Task.FromResult<IPAddress[]>([IPAddress.Loopback])
        : throw new SocketException((int)SocketError.HostNotFound);
}
