using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Revocation;

public sealed class SqliteRevocationListTests(SqliteTrust databases) : RevocationListSuite(databases), IClassFixture<SqliteTrust>;

public sealed class PostgresRevocationListTests(PostgresTrust databases) : RevocationListSuite(databases), IClassFixture<PostgresTrust>;

/// <summary>CRLs over HTTP, judged by openssl, on either database.</summary>
public abstract class RevocationListSuite(TrustDatabases databases) : IAsyncLifetime
{
    private const string Authority = "documents-international";
    private const string Path = $"crl/{Authority}.crl";
    private const string ExpiredCertsOnCrl = "2.5.29.60";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("yinxin-crl-");
    private readonly AdjustableTime time = new();
    private Dictionary<string, string?> database = [];

    public async ValueTask InitializeAsync() => database = await databases.CreateAsync();

    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_revocation_is_on_the_next_list_and_openssl_refuses_the_certificate()
    {
        await using var node = await databases.StartAsync(database, time);
        var certificate = await node.IssueAsync();
        var since = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60);
        var before = await node.CrlAsync(Path);
        Assert.Equal(0, await JudgeAsync(node, certificate, Path));

        await node.RevokeAsync(Authority, certificate, "keyCompromise", since).AnswerAsync(HttpStatusCode.OK);
        var after = await node.CrlAsync(Path);
        Assert.True(Number(after) > Number(before));
        var entry = after.GetRevokedCertificate(certificate.SerialNumber);
        Assert.Equal(1, DerEnumerated.GetInstance(entry.GetExtensionParsedValue(X509Extensions.ReasonCode)).IntValueExact);
        Assert.Equal(since.UtcDateTime, Asn1GeneralizedTime.GetInstance(entry.GetExtensionParsedValue(X509Extensions.InvalidityDate)).ToDateTime().ToUniversalTime());
        Assert.NotEqual(0, await JudgeAsync(node, certificate, Path));
        Assert.True(CertificatePath.IsIssuedBy(after, await node.AuthorityAsync(Authority)));
    }

    [Fact]
    public async Task A_delta_list_says_what_changed_since_its_base_and_openssl_uses_it()
    {
        await using var node = await databases.StartAsync(database, time);
        var (old, fresh) = (await node.IssueAsync(), await node.IssueAsync());
        await node.RevokeAsync(Authority, old, "certificateHold").AnswerAsync(HttpStatusCode.OK);
        var full = await node.CrlAsync(Path);
        await SaveCrlAsync(full, "base.pem");
        time.Ahead += TimeSpan.FromHours(25);
        await node.RevokeAsync(Authority, old, "removeFromCRL").AnswerAsync(HttpStatusCode.OK);
        await node.RevokeAsync(Authority, fresh, "superseded").AnswerAsync(HttpStatusCode.OK);

        var newest = await node.CrlAsync(Path);
        var delta = await node.CrlAsync(Freshest(newest).AbsolutePath);
        Assert.Equal(Number(newest), Number(delta));
        Assert.Equal(Number(full), DerInteger.GetInstance(delta.GetExtensionParsedValue(X509Extensions.DeltaCrlIndicator)).LongValueExact);
        Assert.Contains(X509Extensions.DeltaCrlIndicator.Id, delta.GetCriticalExtensionOids());
        Assert.Equal((8, 4), (Reason(delta, old), Reason(delta, fresh)));
        Assert.Null(newest.GetRevokedCertificate(old.SerialNumber));
        Assert.NotNull(newest.GetRevokedCertificate(fresh.SerialNumber));

        // openssl with the old base and the delta comes to the same judgement as with the new full list.
        await SaveCrlAsync(delta, "delta.pem");
        Assert.Equal(0, await JudgeDeltaAsync(node, old));
        Assert.NotEqual(0, await JudgeDeltaAsync(node, fresh));
    }

    [Fact]
    public async Task A_list_is_made_anew_in_time_although_nobody_asks()
    {
        await using var node = await databases.StartAsync(database, time, ("Trust:Revocation:Watch", "00:00:00.050"));
        var first = await node.CrlAsync("crl/seals-sm.crl");
        time.Ahead += TimeSpan.FromHours(6);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await NewestAsync(node, "seals-sm") <= Number(first))
        {
            await Task.Delay(20, limit.Token);
        }

        var second = await node.CrlAsync("crl/seals-sm.crl");
        Assert.True(second.NextUpdate > first.NextUpdate);
        Assert.True(CertificatePath.IsIssuedBy(second, await node.AuthorityAsync("seals-sm")));
    }

    [Fact]
    public async Task An_expired_site_leaves_after_one_more_scheduled_list()
    {
        const string list = "crl/tls-international.crl";
        await using var node = await databases.StartAsync(database, time);
        var certificate = await node.IssueAsync("tls", name: "site.example");
        await node.RevokeAsync("tls-international", certificate, "superseded").AnswerAsync(HttpStatusCode.OK);
        time.Ahead += TimeSpan.FromDays(90) + TimeSpan.FromMinutes(1);
        Assert.NotNull((await node.CrlAsync(list)).GetRevokedCertificate(certificate.SerialNumber));

        // A list that a revocation brings about does not count.
        time.Ahead += TimeSpan.FromMinutes(1);
        await node.RevokeAsync("tls-international", await node.IssueAsync("tls", name: "site.example"), "superseded").AnswerAsync(HttpStatusCode.OK);
        time.Ahead += TimeSpan.FromHours(6);
        var later = await node.CrlAsync(list);
        Assert.Null(later.GetRevokedCertificate(certificate.SerialNumber));
        Assert.DoesNotContain(ExpiredCertsOnCrl, later.GetNonCriticalExtensionOids());
    }

    [Fact]
    public async Task What_signs_documents_stays_on_the_list_after_its_end_and_the_list_says_so()
    {
        await using var node = await databases.StartAsync(database, time);
        var certificate = await node.IssueAsync();
        await node.RevokeAsync(Authority, certificate, "superseded").AnswerAsync(HttpStatusCode.OK);
        time.Ahead += TimeSpan.FromDays(1097);
        await node.CrlAsync(Path);
        time.Ahead += TimeSpan.FromHours(7);
        var later = await node.CrlAsync(Path);
        Assert.NotNull(later.GetRevokedCertificate(certificate.SerialNumber));
        var since = DerGeneralizedTime.GetInstance(Asn1Object.FromByteArray(later.GetExtensionValue(new DerObjectIdentifier(ExpiredCertsOnCrl)).GetOctets()));
        Assert.Equal((await node.AuthorityAsync(Authority)).NotBefore, since.ToDateTime());
    }

    [Fact]
    public async Task Nodes_of_one_database_serve_the_same_list()
    {
        await using var node = await databases.StartAsync(database, time, ("Trust:Revocation:Watch", "00:00:00.050"));
        await using var other = await databases.StartAsync(database, time, ("Trust:Revocation:Watch", "00:00:00.050"));
        time.Ahead += TimeSpan.FromHours(7);
        var lists = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => (i % 2 == 0 ? node : other).Public.GetByteArrayAsync(Path)));
        Assert.All(lists, l => Assert.Equal(lists[0], l));

        var certificate = await node.IssueAsync();
        await node.RevokeAsync(Authority, certificate, "superseded").AnswerAsync(HttpStatusCode.OK);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await other.CrlAsync(Path)).GetRevokedCertificate(certificate.SerialNumber) is null)
        {
            await Task.Delay(20, limit.Token);
        }
    }

    [Fact]
    public async Task A_part_of_the_certificates_has_its_list_and_says_so()
    {
        await using var node = await databases.StartAsync(database, time, ("Trust:Revocation:Partitions", "3"));
        var parts = new HashSet<string>();
        for (var i = 0; i < 8; i++)
        {
            var certificate = await node.IssueAsync();
            var point = DistributionPoint(certificate);
            Assert.Null((await node.CrlAsync(point.AbsolutePath)).GetRevokedCertificate(certificate.SerialNumber));
            await node.RevokeAsync(Authority, certificate, "superseded").AnswerAsync(HttpStatusCode.OK);
            parts.Add(point.AbsolutePath);
            var part = await node.CrlAsync(point.AbsolutePath);
            var scope = IssuingDistributionPoint.GetInstance(part.GetExtensionParsedValue(X509Extensions.IssuingDistributionPoint));
            Assert.Contains(X509Extensions.IssuingDistributionPoint.Id, part.GetCriticalExtensionOids());
            Assert.Equal(point.AbsoluteUri, Name(scope.DistributionPoint));
            Assert.NotNull(part.GetRevokedCertificate(certificate.SerialNumber));
            Assert.NotEqual(0, await JudgeAsync(node, certificate, point.AbsolutePath));
            Assert.NotNull((await node.CrlAsync(Freshest(part).AbsolutePath)).GetRevokedCertificate(certificate.SerialNumber));
            var others = Enumerable.Range(1, 3).Select(n => $"/crl/{Authority}/{n}.crl").Where(p => p != point.AbsolutePath);
            foreach (var other in others)
            {
                Assert.Null((await node.CrlAsync(other)).GetRevokedCertificate(certificate.SerialNumber));
            }
        }

        var whole = await node.CrlAsync(Path);
        Assert.Equal(8, whole.GetRevokedCertificates().Count);
        Assert.Null(whole.GetExtensionValue(X509Extensions.IssuingDistributionPoint));

        // The part is drawn by lot: eight may fall into one.
        for (var i = 0; parts.Count == 1 && i < 50; i++)
        {
            parts.Add(DistributionPoint(await node.IssueAsync()).AbsolutePath);
        }

        Assert.True(parts.Count > 1);
    }

    [Fact]
    public async Task A_copy_is_known_by_its_tag_and_date()
    {
        await using var node = await databases.StartAsync(database, time);
        using var first = await node.Public.GetAsync(Path);
        Assert.Equal("application/pkix-crl", first.Content.Headers.ContentType!.MediaType);
        Assert.InRange(first.Headers.CacheControl!.MaxAge!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Assert.NotNull(first.Content.Headers.LastModified);
        Assert.Equal(HttpStatusCode.NotModified, await AskAsync(r => r.Headers.IfNoneMatch.Add(first.Headers.ETag!)));
        Assert.Equal(HttpStatusCode.NotModified, await AskAsync(r => r.Headers.IfModifiedSince = first.Content.Headers.LastModified));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(r => r.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"other\""))));
        using var head = await node.Public.SendAsync(new HttpRequestMessage(HttpMethod.Head, Path));
        Assert.Equal((HttpStatusCode.OK, first.Content.Headers.ContentLength), (head.StatusCode, head.Content.Headers.ContentLength));

        await node.RevokeAsync(Authority, await node.IssueAsync(), "superseded").AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(r => r.Headers.IfNoneMatch.Add(first.Headers.ETag!)));

        async Task<HttpStatusCode> AskAsync(Action<HttpRequestMessage> set)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Path);
            set(request);
            using var response = await node.Public.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Theory]
    [InlineData("crl/nobody.crl")]
    [InlineData("crl/timestamps-sm.crl")]
    [InlineData("crl/seals-sm/1.crl")]
    [InlineData("crl/seals-sm/0.crl")]
    [InlineData("crl/seals-sm/1001.crl")]
    [InlineData("crl/nobody/delta.crl")]
    [InlineData("crl/..%2f..%2fetc%2fpasswd.crl")]
    public async Task There_is_no_other_list(string path)
    {
        await using var node = await databases.StartAsync(database, time);
        using var response = await node.Public.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static long Number(X509Crl crl) => DerInteger.GetInstance(crl.GetExtensionParsedValue(X509Extensions.CrlNumber)).LongValueExact;

    private static int Reason(X509Crl crl, X509Certificate certificate) =>
        DerEnumerated.GetInstance(crl.GetRevokedCertificate(certificate.SerialNumber).GetExtensionParsedValue(X509Extensions.ReasonCode)).IntValueExact;

    private static Uri Freshest(X509Crl crl) => new(Name(CrlDistPoint.GetInstance(crl.GetExtensionParsedValue(X509Extensions.FreshestCrl)).GetDistributionPoints()[0].DistributionPointName));

    private static Uri DistributionPoint(X509Certificate certificate) =>
        new(Name(CrlDistPoint.GetInstance(certificate.GetExtensionParsedValue(X509Extensions.CrlDistributionPoints)).GetDistributionPoints()[0].DistributionPointName));

    private static string Name(DistributionPointName name) => GeneralNames.GetInstance(name.Name).GetNames()[0].Name.ToString()!;

    private static async Task<long> NewestAsync(TrustNode node, string authority)
    {
        await using var scope = node.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<TrustContext>().Set<PublishedList>().Where(l => l.Authority == authority).MaxAsync(l => l.Number);
    }

    private async Task<int> JudgeAsync(TrustNode node, X509Certificate certificate, string crl)
    {
        await SaveCrlAsync(await node.CrlAsync(crl), "list.pem");
        return await JudgeAsync(node, certificate, ["-crl_check", "-CRLfile", In("list.pem")]);
    }

    private Task<int> JudgeDeltaAsync(TrustNode node, X509Certificate certificate) => JudgeAsync(
        node, certificate,
        ["-crl_check", "-extended_crl", "-use_deltas", "-CRLfile", In("base.pem"), "-CRLfile", In("delta.pem"), "-attime", FormattableString.Invariant($"{time.GetUtcNow().ToUnixTimeSeconds() + 5}")]);

    private async Task<int> JudgeAsync(TrustNode node, X509Certificate certificate, string[] how)
    {
        await SaveAsync("CERTIFICATE", certificate.GetEncoded(), "end.pem");
        await SaveAsync("CERTIFICATE", (await node.AuthorityAsync(Authority)).GetEncoded(), "issuer.pem");
        await SaveAsync("CERTIFICATE", (await node.AuthorityAsync("root-international")).GetEncoded(), "root.pem");
        return (await Judge.RunAsync("openssl", ["verify", "-CAfile", In("root.pem"), "-untrusted", In("issuer.pem"), .. how, In("end.pem")])).ExitCode;
    }

    private Task SaveCrlAsync(X509Crl crl, string name) => SaveAsync("X509 CRL", crl.GetEncoded(), name);

    private Task SaveAsync(string label, byte[] der, string name) => File.WriteAllTextAsync(In(name), new string(PemEncoding.Write(label, der)) + "\n");

    private string In(string name) => System.IO.Path.Combine(folder.FullName, name);
}
