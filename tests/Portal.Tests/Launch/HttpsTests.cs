using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Launch.Demo;
using Yinxin.Launch.Platform;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Launch;

/// <summary>The platform under HTTPS with a certificate that its own CA issued.</summary>
public sealed class OwnCertificatePlatform : PlatformFixture
{
    protected override Task<PlatformOptions> OptionsAsync(PlatformOptions options) => Task.FromResult(options with { OwnCertificate = true });
}

public sealed class HttpsTests(OwnCertificatePlatform platform) : IClassFixture<OwnCertificatePlatform>
{
    [Fact]
    public async Task A_citizen_signs_in_through_every_app_that_must_call_another()
    {
        using var roots = X509CertificateLoader.LoadCertificateFromFile(platform.Running.TrustedRootsPath!);
        using var browser = new HttpBrowser(handler => Trust(handler, roots));
        var account = platform.Account("citizen02");
        Assert.StartsWith("https://", platform.Address("web"), StringComparison.Ordinal);
        await browser.GetAsync(platform.Address("web") + "/cases");
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Name"] = account.SignInName, ["Password"] = account.Password });

        // Web asked Identity for tokens and Desk for the cases, and Desk asked Identity for its keys.
        Assert.Equal((HttpStatusCode.OK, platform.Address("web") + "/cases"), (browser.Status, browser.Address.GetLeftPart(UriPartial.Path)));
        var session = browser.Cookies.GetAllCookies().Single(c => c.Name == "__Host-yinxin.web.session");
        Assert.True(session is { Secure: true, HttpOnly: true, Path: "/" });
        using var headers = new HttpClient(Trust(new SocketsHttpHandler(), roots));
        using var page = await headers.GetAsync(platform.Address("web"));
        Assert.Contains("max-age=", Assert.Single(page.Headers.GetValues("Strict-Transport-Security")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Openssl_accepts_the_chain_the_name_and_the_purpose()
    {
        var tls = Path.Combine(platform.DataDirectory, "tls");
        var (code, output) = await Judge.RunAsync(
            "openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "localhost",
            "-CAfile", Path.Combine(tls, "root.pem"), "-untrusted", Path.Combine(tls, "certificate.pem"), Path.Combine(tls, "certificate.pem"));
        Assert.True(code == 0, output);
        Assert.StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----", await File.ReadAllTextAsync(Path.Combine(tls, "key.pem")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_does_not_trust_the_root_is_not_connected()
    {
        using var stranger = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync(platform.Address("web")));
    }

    [Theory]
    [InlineData("yinxin.example.cn")]
    [InlineData("192.0.2.7")]
    public async Task An_address_that_others_can_reach_is_refused_without_a_certificate(string host)
    {
        var options = new PlatformOptions { DataDirectory = Path.Combine(platform.DataDirectory, "refused"), BasePort = FreePort.Range(9), Host = host, LogLevel = LogLevel.None };
        var refused = await Assert.ThrowsAsync<PlatformException>(() => RunningPlatform.StartAsync(options));
        Assert.Contains("--certificate", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_there_is_named()
    {
        var options = new PlatformOptions { DataDirectory = Path.Combine(platform.DataDirectory, "refused"), BasePort = FreePort.Range(9), CertificatePath = "/nowhere/site.pem", LogLevel = LogLevel.None };
        var refused = await Assert.ThrowsAsync<PlatformException>(() => RunningPlatform.StartAsync(options));
        Assert.Contains("/nowhere/site.pem", refused.Message, StringComparison.Ordinal);
    }

    private static SocketsHttpHandler Trust(SocketsHttpHandler handler, X509Certificate2 root)
    {
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { root },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        return handler;
    }
}
