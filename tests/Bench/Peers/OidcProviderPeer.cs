using System.Diagnostics;
using Yinxin.Bench.Load;

namespace Yinxin.Bench.Peers;

/// <summary>npm oidc-provider in a Node process; its packages are fetched on first use.</summary>
internal static class OidcProviderPeer
{
    public static async Task<ChildProcess> StartAsync(Uri address)
    {
        var directory = Path.Combine(AppContext.BaseDirectory, "Peers", "oidc-provider");
        if (!Directory.Exists(Path.Combine(directory, "node_modules")))
        {
            using var install = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]) { WorkingDirectory = directory })
                ?? throw new InvalidOperationException("npm did not start; install Node.js with npm.");
            await install.WaitForExitAsync();
        }

        return await ChildProcess.StartAsync(
            "node", [Path.Combine(directory, "server.mjs"), FormattableString.Invariant($"{address.Port}")], new Uri(address, "/.well-known/openid-configuration"), directory);
    }
}
