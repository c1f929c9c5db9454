using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.Testing;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Acme;

/// <summary>A server of the house gets its own TLS certificate from Trust, keeps it over a restart, and renews it while it runs.</summary>
public sealed class SiteCertificateTests(SqliteTrust databases) : IClassFixture<SqliteTrust>, IAsyncLifetime
{
    private readonly AdjustableTime time = new();
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-site-");
    private readonly Uri address = new(FormattableString.Invariant($"https://localhost:{FreePort.Next()}"));
    private TrustNode trust = null!;
    private AcmePorts ports = null!;

    public async ValueTask InitializeAsync() =>
        (trust, ports, _) = await AcmeNode.StartAsync(databases, await databases.CreateAsync(), time, ("Acme:ExternalAccountRequired", "true"));

    public async ValueTask DisposeAsync()
    {
        await trust.DisposeAsync();
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_server_has_a_certificate_when_it_listens_keeps_it_and_renews_it_while_it_runs()
    {
        using var keeper = trust.With("trust.acme");
        var key = await keeper.PostAsJsonAsync("api/acme/external-keys", new { name = "样例节点" }).AnswerAsync(HttpStatusCode.Created);
        (string, string?)[] binding = [("ExternalKeyId", key.GetProperty("keyId").GetString()), ("ExternalHmacKey", key.GetProperty("hmacKey").GetString())];
        string first;
        await using (var app = await StartAsync(binding))
        {
            first = await SerialAsync(verify: true);
        }

        await using var again = await StartAsync(binding);
        Assert.Equal(first, await SerialAsync(verify: true));
        Assert.Equal(1, await IssuedAsync());

        time.Ahead += TimeSpan.FromDays(70);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await SerialAsync(verify: false) == first)
        {
            await Task.Delay(50, limit.Token);
        }

        Assert.Equal(2, await IssuedAsync());
        Assert.DoesNotContain(directory.EnumerateFiles("*", SearchOption.AllDirectories), f => File.ReadAllText(f.FullName).Contains("PRIVATE KEY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_refused_listens_and_shakes_no_hands()
    {
        await using var app = await StartAsync([]);
        await Assert.ThrowsAsync<HttpRequestException>(() => SerialAsync(verify: true));
        Assert.Equal(0, await IssuedAsync());
    }

    [Fact]
    public void A_directory_on_plain_http_elsewhere_and_a_missing_host_stop_the_start()
    {
        Assert.Contains("HTTPS", Assert.Throws<InvalidOperationException>(() => Build([("Directory", "http://ca.example/directory")])).Message, StringComparison.Ordinal);
        Assert.Contains("Host", Assert.Throws<InvalidOperationException>(() => Build([("Host", "")])).Message, StringComparison.Ordinal);
    }

    private async Task<WebApplication> StartAsync((string Key, string? Value)[] settings)
    {
        var app = Build(settings);
        await app.StartAsync();
        return app;
    }

    private WebApplication Build((string Key, string? Value)[] settings)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.Trust.Tests", [], builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["App:Address"] = address.ToString(),
                ["App:DataDirectory"] = directory.FullName,
                ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["SiteCertificate:Acme:Directory"] = new Uri(trust.Address, "acme/directory").ToString(),
                ["SiteCertificate:Acme:Host"] = "localhost",
                ["SiteCertificate:Acme:HttpPort"] = FormattableString.Invariant($"{ports.Http}"),
                ["SiteCertificate:Acme:Interval"] = "00:00:00.100",
            });
            builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => "SiteCertificate:Acme:" + s.Key, s => s.Value));
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
            builder.Logging.ClearProviders();
        });
        return builder.Build();
    }

    private async Task<int> IssuedAsync() => (await trust.Client.GetAsync("api/certificates?profile=tls").AnswerAsync(HttpStatusCode.OK)).GetProperty("certificates").GetArrayLength();

    /// <summary>What a new connection is shown; verified up to Trust's root, if the clock is the real one.</summary>
    private async Task<string> SerialAsync(bool verify)
    {
        using var root = X509CertificateLoader.LoadCertificate(await trust.Public.GetByteArrayAsync("ca/root-international.cer"));
        var serial = "";
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, sent, _) =>
        {
            var site = (X509Certificate2)certificate!;
            serial = site.SerialNumber;
            using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
            chain.ChainPolicy.CustomTrustStore.Add(root);
            chain.ChainPolicy.ExtraStore.AddRange(sent!.ChainPolicy.ExtraStore);
            return !verify || (site.MatchesHostname("localhost") && chain.Build(site));
        };
        using var client = new HttpClient(handler);
        using var response = await client.GetAsync(address);
        return serial;
    }
}
