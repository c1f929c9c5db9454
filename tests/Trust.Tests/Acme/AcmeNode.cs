using Microsoft.Extensions.DependencyInjection;
using Yinxin.Testing;
using Yinxin.Trust.Server.Features.Acme.Validation;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Acme;

/// <summary>A node of Trust that issues for <c>localhost</c>, <c>example.test</c> and addresses of loopback.</summary>
public static class AcmeNode
{
    public static async Task<(TrustNode Node, AcmePorts Ports, TestNames Names)> StartAsync(
        TrustDatabases databases, Dictionary<string, string?> database, AdjustableTime time, params (string Key, string Value)[] settings)
    {
        var ports = new AcmePorts(FreePort.Next(), FreePort.Next());
        var names = new TestNames();
        (string, string)[] all =
        [
            ("Acme:Names:0", "localhost"), ("Acme:Names:1", "example.test"), ("Acme:Networks:0", "127.0.0.0/8"), ("Acme:Networks:1", "::1/128"),
            ("Acme:HttpPort", FormattableString.Invariant($"{ports.Http}")), ("Acme:TlsPort", FormattableString.Invariant($"{ports.Tls}")), ("Acme:LookPause", "00:00:00.100"), .. settings,
        ];
        var node = await databases.StartAsync(database, time, all, services => services.AddSingleton<INameResolution>(names));
        return (node, ports, names);
    }
}

/// <summary>Where the node looks at proofs.</summary>
/// <param name="Http">http-01.</param>
/// <param name="Tls">tls-alpn-01.</param>
public sealed record AcmePorts(int Http, int Tls);
