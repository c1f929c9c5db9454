using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Acme;

public sealed class SqliteIndependentClientTests(SqliteTrust databases) : IndependentClientSuite(databases), IClassFixture<SqliteTrust>;

public sealed class PostgresIndependentClientTests(PostgresTrust databases) : IndependentClientSuite(databases), IClassFixture<PostgresTrust>;

/// <summary>lego and Go's golang.org/x/crypto/acme get, renew and revoke certificates; openssl and Go judge them.</summary>
public abstract class IndependentClientSuite(TrustDatabases databases) : IAsyncLifetime
{
    private readonly AdjustableTime time = new();
    private TrustNode node = null!;
    private AcmePorts ports = null!;

    public async ValueTask InitializeAsync() => (node, ports, _) = await AcmeNode.StartAsync(databases, await databases.CreateAsync(), time);

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Lego_orders_proves_downloads_renews_and_revokes_and_openssl_believes_it()
    {
        using var lego = new Lego(node.Address, ports);
        await lego.RunAsync("http", ["www.example.test", "example.test"], "run");
        var certificate = X509CertificateLoader.LoadCertificateFromFile(lego.File("www.example.test.crt"));
        Assert.True(certificate.MatchesHostname("example.test"));
        await VerifyAsync(lego.File("www.example.test.crt"));

        await lego.RunAsync("http", ["www.example.test", "example.test"], "renew", "--days", "100", "--no-random-sleep");
        var renewed = X509CertificateLoader.LoadCertificateFromFile(lego.File("www.example.test.crt"));
        Assert.NotEqual(certificate.SerialNumber, renewed.SerialNumber);

        var issued = await node.Client.GetAsync("api/certificates?profile=tls").AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(2, issued.GetProperty("certificates").GetArrayLength());
        await lego.RunAsync("http", ["www.example.test"], "revoke", "--reason", "4");
        var view = await node.ViewAsync("tls-international", CertificateReading.Read(renewed.RawData));
        Assert.Equal(("revoked", "superseded"), (view.GetProperty("certificate").GetProperty("status").GetString(), view.GetProperty("certificate").GetProperty("reason").GetString()));
        Assert.StartsWith("acme:", view.GetProperty("changes")[0].GetProperty("actor").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lego_proves_by_tls()
    {
        using var lego = new Lego(node.Address, ports) { Options = ["--key-type", "rsa2048"] };
        await lego.RunAsync("tls", ["tls.example.test"], "run");
        await VerifyAsync(lego.File("tls.example.test.crt"));
    }

    [Fact]
    public async Task Go_orders_names_and_an_address_changes_its_key_revokes_by_the_certificate_s_key_and_leaves()
    {
        var root = Path.GetTempFileName();
        await File.WriteAllBytesAsync(root, await node.Public.GetByteArrayAsync("ca/root-international.cer"));
        var (code, output) = await GoJudge.RunAsync(
            "-directory", new Uri(node.Address, "acme/directory").ToString(), "-http", FormattableString.Invariant($"{ports.Http}"), "-tls", FormattableString.Invariant($"{ports.Tls}"), "-root", root);
        Assert.True(code == 0, output);
        var issued = await node.Client.GetAsync("api/certificates?profile=tls&status=revoked").AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(["keyCompromise", "keyCompromise"], issued.GetProperty("certificates").EnumerateArray().Select(c => c.GetProperty("reason").GetString()));
        File.Delete(root);
    }

    /// <summary>openssl builds the path from what the client was given, to the root that we publish.</summary>
    private async Task VerifyAsync(string chain)
    {
        var root = Path.ChangeExtension(chain, ".root");
        var der = await node.Public.GetByteArrayAsync("ca/root-international.cer");
        await File.WriteAllTextAsync(root, PemEncoding.WriteString("CERTIFICATE", der));
        var (code, output) = await Judge.RunAsync("openssl", "verify", "-purpose", "sslserver", "-CAfile", root, "-untrusted", chain, chain);
        Assert.True(code == 0, output);
    }
}
