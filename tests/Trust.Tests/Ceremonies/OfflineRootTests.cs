using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Keys;
using Yinxin.Trust.Server;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Tests.Ceremonies;

/// <summary>The whole ceremony: the roots are made offline, the server asks, the custodians answer, the server works; openssl judges every chain.</summary>
public sealed class OfflineRootTests : IAsyncLifetime
{
    private static readonly string[] Roles = ["documents", "organisations", "persons", "seals", "tls", "tsa"];
    private readonly Uri address = new(FormattableString.Invariant($"http://localhost:{FreePort.Next()}"));
    private readonly HttpClient client = new();
    private CeremonyDesk desk = null!;
    private WebApplication? app;

    public async ValueTask InitializeAsync()
    {
        desk = await CeremonyDesk.SetAsync();
        desk.Demand("init", "--directory", "@root", "--custodians", "@a.pem", "@b.pem", "@c.pem", "--threshold", "2", "--address", address.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        client.Dispose();
        desk.Dispose();
    }

    [Theory]
    [InlineData("international", SignatureSuite.International, "tsa")]
    [InlineData("sm", SignatureSuite.Sm, "tsa/sm")]
    public async Task The_server_runs_from_an_offline_root_and_through_its_rotation(string name, SignatureSuite suite, string path)
    {
        Carry();
        var refused = await Assert.ThrowsAsync<KeyStoreException>(StartAsync);
        Assert.Equal(KeyStoreException.Offline, refused.Code);
        IssueRequests();
        await StartAsync();
        await JudgeAsync(name, "root-" + name + "-g1");
        await StampAsync(suite, path);

        // A new root: what the old one issued stays valid under either, and after the server's CAs are certified anew both ways hold.
        await StopAsync();
        desk.Demand("rotate", "--directory", "@root", "--suite", name, "--shares", desk.Open('a'), desk.Open('b'));
        Carry();
        await StartAsync();
        await JudgeAsync(name, $"root-{name}-g1");
        await JudgeAsync(name, $"root-{name}-g2", $"cross-{name}-g2-g1");
        await StopAsync();
        IssueRequests();
        await StartAsync();
        await JudgeAsync(name, $"root-{name}-g2");
        await JudgeAsync(name, $"root-{name}-g1", $"cross-{name}-g1-g2");
        var bundle = TrustBundle.Parse(await client.GetByteArrayAsync(new Uri(address, "trust-bundle.json")));
        Assert.Equal(2, bundle.AnchorsFor("root", suite).Count);
        Assert.Contains(bundle.Crls, c => c.Url.AbsolutePath == $"/crl/root-{name}-g1.crl" && c.Crl is not null);
        await StampAsync(suite, path);
    }

    [Fact]
    public async Task A_server_in_use_goes_on_while_the_authorities_of_persons_and_organisations_are_owed()
    {
        Carry();
        await Assert.ThrowsAsync<KeyStoreException>(StartAsync);
        IssueRequests();
        var late = Directory.GetFiles(desk.At("import/certificates")).Where(f => Path.GetFileName(f) is var name && (name.StartsWith("persons-", StringComparison.Ordinal) || name.StartsWith("organisations-", StringComparison.Ordinal))).ToList();
        Assert.Equal(4, late.Count);
        foreach (var file in late)
        {
            File.Move(file, file + ".later");
        }

        await StartAsync();
        Assert.True(File.Exists(desk.At("import/requests/persons-sm.csr.pem")));
        Assert.Equal("Degraded", await client.GetStringAsync(new Uri(address, "health/ready")));
        await StampAsync(SignatureSuite.Sm, "tsa/sm");
        Assert.Empty(await AnchorsAsync());
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await client.GetAsync(new Uri(address, "ca/persons-sm.cer"))).StatusCode);
        await StopAsync();

        foreach (var file in late)
        {
            File.Move(file + ".later", file);
        }

        await StartAsync();
        Assert.Equal(2, (await AnchorsAsync()).Count);
        Assert.Equal("Healthy", await client.GetStringAsync(new Uri(address, "health/ready")));

        async Task<IReadOnlyList<Org.BouncyCastle.X509.X509Certificate>> AnchorsAsync() =>
            TrustBundle.Parse(await client.GetByteArrayAsync(new Uri(address, "trust-bundle.json"))).AnchorsFor(AnchorPurposes.ClientAuthentication, SignatureSuite.Sm);
    }

    [Fact]
    public async Task The_exported_bundle_verifies_what_the_server_stamps()
    {
        Carry();
        await Assert.ThrowsAsync<KeyStoreException>(StartAsync);
        IssueRequests();
        await StartAsync();
        desk.Demand("export-bundle", "--directory", "@root", "--out", "@bundle.json", "--license-status", "http://localhost:7104/api/status/");
        var bundle = TrustBundle.Parse(await File.ReadAllBytesAsync(desk.At("bundle.json")));
        foreach (var (suite, path) in new[] { (SignatureSuite.International, "tsa"), (SignatureSuite.Sm, "tsa/sm") })
        {
            var token = TimestampToken.Read(await TimestampClient.StampAsync(client, new Uri(address, path), suite, "data"u8.ToArray(), default));
            Assert.NotEqual(Outcome.Failed, Check.Overall(token.Verify("data"u8, ValidationMaterial.Of(AnchorPurposes.Tsa, bundle.AnchorsFor(AnchorPurposes.Tsa, suite), bundle.CertificateCrls))));
            Assert.Equal(Outcome.Failed, Check.Overall(token.Verify("data"u8, ValidationMaterial.Of(AnchorPurposes.Tsa, bundle.AnchorsFor(AnchorPurposes.SealMaker, suite), bundle.CertificateCrls))));
        }

        desk.Refuses("ceremony.exists", "export-bundle", "--directory", "@root", "--out", "@bundle.json");
    }

    [Fact]
    public async Task A_revoked_CA_is_refused_by_openssl()
    {
        Carry();
        await Assert.ThrowsAsync<KeyStoreException>(StartAsync);
        IssueRequests();
        var (certificate, root) = (desk.At("root/public/certificates/tls-international.pem"), desk.At("root/public/certificates/root-international-g1.pem"));
        await CrlPemAsync();
        await desk.Openssl("verify", "-crl_check", "-CRLfile", desk.At("crl.pem"), "-CAfile", root, certificate);

        desk.Demand("crl", "--directory", "@root", "--revoke", "tls-international", "--reason", "2", "--shares", desk.Open('a'), desk.Open('b'));
        await CrlPemAsync();
        var (exit, output) = await Judge.RunAsync("openssl", "verify", "-crl_check", "-CRLfile", desk.At("crl.pem"), "-CAfile", root, certificate);
        Assert.NotEqual(0, exit);
        Assert.Contains("revoked", output, StringComparison.Ordinal);
        await desk.Openssl("verify", "-crl_check", "-CRLfile", desk.At("crl.pem"), "-CAfile", root, desk.At("root/public/certificates/tsa-international.pem"));
        Assert.Contains("CA Compromise", await desk.Openssl("crl", "-in", desk.At("crl.pem"), "-noout", "-text"), StringComparison.OrdinalIgnoreCase);

        Task<string> CrlPemAsync() => desk.Openssl("crl", "-inform", "DER", "-in", desk.At("root/public/crls/root-international-g1.crl"), "-out", desk.At("crl.pem"));
    }

    [Fact]
    public async Task Requests_that_are_wrong_are_refused_and_none_is_certified()
    {
        Carry();
        await Assert.ThrowsAsync<KeyStoreException>(StartAsync);
        var good = await File.ReadAllTextAsync(desk.At("import/requests/documents-sm.csr.pem"));
        Refused("root-sm", good);
        Refused("documents-international", good);
        Refused("cross-x-sm", good);
        Refused("Documents-sm", good);
        Refused("documents-sm", good[..^200] + good[^199..]);
        Refused("documents-sm", "nothing");
        await desk.Openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", desk.At("x.key"), "-out", desk.At("x.csr"), "-subj", "/C=CN/O=x/OU=y/CN=z");
        Refused("documents-international", await File.ReadAllTextAsync(desk.At("x.csr")));
        Directory.CreateDirectory(desk.At("none"));
        desk.Refuses("ceremony.request", "issue-ca", "--directory", "@root", "--requests", "@none", "--shares", desk.Open('a'), desk.Open('b'));
        Assert.Equal(2, Directory.GetFiles(desk.At("root/public/certificates")).Length);

        void Refused(string name, string request)
        {
            var folder = Directory.CreateDirectory(desk.At("wrong"));
            File.WriteAllText(desk.At($"wrong/{name}.csr.pem"), request);
            desk.Refuses("ceremony.request", "issue-ca", "--directory", "@root", "--requests", "@wrong", "--shares", desk.Open('a'), desk.Open('b'));
            folder.Delete(recursive: true);
        }
    }

    /// <summary>As a person carries <c>public/</c> on a stick.</summary>
    private void Carry()
    {
        foreach (var file in Directory.GetFiles(desk.At("root/public"), "*", SearchOption.AllDirectories))
        {
            var place = desk.At("import/" + Path.GetRelativePath(desk.At("root/public"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Copy(file, place, overwrite: true);
        }
    }

    private void IssueRequests()
    {
        desk.Demand("issue-ca", "--directory", "@root", "--requests", "@import/requests", "--shares", desk.Open('b'), desk.Open('c'));
        Carry();
    }

    private async Task StartAsync()
    {
        app = TrustServerApp.Build([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["App:Address"] = address.ToString(),
                ["App:DataDirectory"] = desk.At("data"),
                ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["Addresses:Trust"] = address.ToString(),
                ["Trust:Time:TrustSystemClock"] = "true",
                ["Trust:Authorities:Import"] = desk.At("import"),
            });
            builder.Logging.ClearProviders();
        });
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await StopAsync();
            throw;
        }
    }

    private async Task StopAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
            app = null;
        }
    }

    /// <summary>
    /// Every CA that the server publishes, under this root, and the CRL that the certificate names. Of an SM2 chain openssl takes the id for the
    /// lowest certificate only, so it judges each step by itself.
    /// </summary>
    private async Task JudgeAsync(string suite, string root, string? cross = null)
    {
        var rootFile = await FetchAsync(root);
        var between = cross is null ? null : await FetchAsync(cross);
        foreach (var role in Roles)
        {
            var certificate = await FetchAsync($"{role}-{suite}");
            if (suite == "sm")
            {
                await desk.Openssl("verify", "-vfyopt", "distid:1234567812345678", "-partial_chain", "-CAfile", between ?? rootFile, certificate);
                await desk.Openssl("verify", "-vfyopt", "distid:1234567812345678", "-CAfile", rootFile, between ?? certificate);
            }
            else
            {
                string[] untrusted = between is null ? [] : ["-untrusted", between];
                await desk.Openssl(["verify", "-CAfile", rootFile, .. untrusted, certificate]);
            }

            var text = await desk.Openssl("x509", "-in", certificate, "-noout", "-text");
            var crl = text.Split('\n').Single(l => l.Contains(".crl", StringComparison.Ordinal)).Split("URI:")[1].Trim();
            Assert.NotEmpty(await client.GetByteArrayAsync(new Uri(crl)));
        }
    }

    private async Task StampAsync(SignatureSuite suite, string path)
    {
        var token = TimestampToken.Read(await TimestampClient.StampAsync(client, new Uri(address, path), suite, "data"u8.ToArray(), default));
        var bundle = TrustBundle.Parse(await client.GetByteArrayAsync(new Uri(address, "trust-bundle.json")));
        Assert.NotEqual(Outcome.Failed, Check.Overall(token.Verify("data"u8, ValidationMaterial.Of(AnchorPurposes.Tsa, bundle.AnchorsFor(AnchorPurposes.Tsa, suite), bundle.CertificateCrls))));
    }

    private async Task<string> FetchAsync(string name)
    {
        var file = desk.At(string.Create(CultureInfo.InvariantCulture, $"{name}.fetched.pem"));
        var der = await client.GetByteArrayAsync(new Uri(address, $"ca/{name}.cer"));
        await File.WriteAllTextAsync(file, System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", der));
        return file;
    }
}
