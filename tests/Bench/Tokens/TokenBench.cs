using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Yinxin.Bench.Load;
using Yinxin.Bench.Peers;
using Yinxin.Launch.Platform;

namespace Yinxin.Bench.Tokens;

/// <summary>The token endpoint with client credentials, beside a bare OpenIddict, beside npm oidc-provider, and beside the signature it has to make.</summary>
internal static class TokenBench
{
    private const int Rounds = 3;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        var bareAddress = new Uri(FormattableString.Invariant($"http://localhost:{workplace.BasePort + 20}"));
        var nodeAddress = new Uri(FormattableString.Invariant($"http://localhost:{workplace.BasePort + 21}"));
        await using var platform = await workplace.StartPlatformAsync();
        await using var bare = await ChildProcess.StartAsync(
            "dotnet", [typeof(TokenBench).Assembly.Location, "peer-openiddict", FormattableString.Invariant($"{bareAddress.Port}")], new Uri(bareAddress, "/ready"));
        await using var node = await OidcProviderPeer.StartAsync(nodeAddress);

        var ours = new List<double>();
        var theirs = new List<double>();
        var nodes = new List<double>();
        var client = workplace.Description.Clients.First(c => c.Type == "confidential");
        var ourToken = new Uri(workplace.Description.Issuer + "/connect/token");
        await LoadAsync(ourToken, client.ClientId, client.ClientSecret!, "scope=seal.apply", TimeSpan.FromSeconds(3));
        await LoadAsync(new Uri(bareAddress, "/connect/token"), BareOpenIddict.ClientId, BareOpenIddict.ClientSecret, "", TimeSpan.FromSeconds(3));
        await LoadAsync(new Uri(nodeAddress, "/token"), BareOpenIddict.ClientId, BareOpenIddict.ClientSecret, "scope=bench", TimeSpan.FromSeconds(3));
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(await LoadAsync(ourToken, client.ClientId, client.ClientSecret!, "scope=seal.apply", Round));
            theirs.Add(await LoadAsync(new Uri(bareAddress, "/connect/token"), BareOpenIddict.ClientId, BareOpenIddict.ClientSecret, "", Round));
            nodes.Add(await LoadAsync(new Uri(nodeAddress, "/token"), BareOpenIddict.ClientId, BareOpenIddict.ClientSecret, "scope=bench", Round));
        }

        var rate = Median(ours);
        var signatures = SignaturesPerSecond();
        return
        [
            new("token endpoint, client credentials, ES256", rate, "1/s"),
            new("bare OpenIddict, EF Core on SQLite", Median(theirs), "1/s", rate / Median(theirs), "≥ 10"),
            new("npm oidc-provider, in memory", Median(nodes), "1/s", rate / Median(nodes), "≥ 1"),
            new("raw ES256 signatures, one core", signatures, "1/s", rate / signatures),
        ];
    }

    private static Task<double> LoadAsync(Uri endpoint, string clientId, string secret, string parameters, TimeSpan duration)
    {
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(clientId)}:{Uri.EscapeDataString(secret)}"));
        var body = parameters.Length == 0 ? "grant_type=client_credentials" : "grant_type=client_credentials&" + parameters;
        return Wrk.PostFormAsync(endpoint, body, "Basic " + basic, duration);
    }

    private static double SignaturesPerSecond()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var data = RandomNumberGenerator.GetBytes(600);
        for (var i = 0; i < 2000; i++)
        {
            key.SignData(data, HashAlgorithmName.SHA256);
        }

        var watch = Stopwatch.StartNew();
        var count = 0;
        while (watch.Elapsed < TimeSpan.FromSeconds(2))
        {
            key.SignData(data, HashAlgorithmName.SHA256);
            count++;
        }

        return count / watch.Elapsed.TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
