using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Testing;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Renewal;

public sealed class SqliteRenewalTests(SqliteTrust databases) : RenewalSuite(databases), IClassFixture<SqliteTrust>;

public sealed class PostgresRenewalTests(PostgresTrust databases) : RenewalSuite(databases), IClassFixture<PostgresTrust>;

/// <summary>Renewing over HTTP, on either database.</summary>
public abstract class RenewalSuite(TrustDatabases databases) : IAsyncLifetime
{
    private static readonly TimeSpan InWindow = TimeSpan.FromDays(1095 - 59);
    private readonly AdjustableTime time = new();
    private readonly List<SoftwareSigner> keys = [];
    private Dictionary<string, string?> database = [];
    private TrustNode node = null!;

    public async ValueTask InitializeAsync()
    {
        database = await databases.CreateAsync();
        node = await databases.StartAsync(database, time);
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        keys.ForEach(k => k.Dispose());
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(SignatureSuite.International)]
    [InlineData(SignatureSuite.Sm)]
    public async Task Whoever_proves_the_old_key_gets_a_certificate_for_a_new_one(SignatureSuite suite)
    {
        var (old, key) = await IssueAsync(suite);
        var request = Request(key, old, Key(suite));
        var authority = "documents-" + suite.Name();
        await PostAsync(authority, old, request).RefusedAsync(HttpStatusCode.Conflict, "trust.renewal.early");
        time.Ahead += InWindow;
        var renewed = Certificate(await PostAsync(authority, old, request).AnswerAsync(HttpStatusCode.Created));
        Assert.Equal(old.SubjectDN.GetDerEncoded(), renewed.SubjectDN.GetDerEncoded());
        Assert.NotEqual(old.SubjectPublicKeyInfo.GetDerEncoded(), renewed.SubjectPublicKeyInfo.GetDerEncoded());
        Assert.True(renewed.NotAfter > old.NotAfter.AddDays(1000));

        var view = (await node.ViewAsync(authority, old)).GetProperty("certificate");
        Assert.Equal(("valid", TrustNode.Serial(renewed)), (view.GetProperty("status").GetString(), view.GetProperty("renewedBy").GetString()));
        Assert.Equal(TrustNode.Serial(old), (await node.ViewAsync(authority, renewed)).GetProperty("certificate").GetProperty("renews").GetString());

        // The same again, and after the old one's end: the same certificate.
        Assert.Equal(renewed, Certificate(await PostAsync(authority, old, request).AnswerAsync(HttpStatusCode.OK)));
        time.Ahead += TimeSpan.FromDays(100);
        Assert.Equal(renewed, Certificate(await PostAsync(authority, old, request).AnswerAsync(HttpStatusCode.OK)));
        await PostAsync(authority, old, Request(key, old, Key(suite))).RefusedAsync(HttpStatusCode.Conflict, "trust.renewal.expired");
    }

    [Fact]
    public async Task A_renewal_made_by_openssl_is_taken()
    {
        var (old, key) = await IssueAsync(SignatureSuite.International);
        time.Ahead += InWindow;
        var folder = Directory.CreateTempSubdirectory("yinxin-renewal-");
        try
        {
            await File.WriteAllTextAsync(At("old.pem"), PemEncoding.WriteString("CERTIFICATE", old.GetEncoded()));
            await File.WriteAllTextAsync(At("old.key"), PemEncoding.WriteString("PRIVATE KEY", key.ExportPkcs8()));
            await OpensslAsync("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", At("new.key"), "-outform", "DER", "-out", At("new.csr"), "-utf8", "-subj", "/C=CN/O=样例局/CN=样例科室");
            await OpensslAsync("cms", "-sign", "-cades", "-md", "sha256", "-nodetach", "-binary", "-in", At("new.csr"), "-signer", At("old.pem"), "-inkey", At("old.key"), "-outform", "DER", "-out", At("renewal.cms"));
            var renewed = Certificate(await PostAsync("documents-international", old, await File.ReadAllBytesAsync(At("renewal.cms"))).AnswerAsync(HttpStatusCode.Created));
            Assert.Equal(old.SubjectDN.GetDerEncoded(), renewed.SubjectDN.GetDerEncoded());
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        string At(string name) => Path.Combine(folder.FullName, name);

        static async Task OpensslAsync(params string[] arguments)
        {
            var (exit, output) = await Judge.RunAsync("openssl", arguments);
            Assert.True(exit == 0, output);
        }
    }

    [Fact]
    public async Task Without_both_proofs_nothing_is_renewed()
    {
        var (old, key) = await IssueAsync(SignatureSuite.International);
        var (other, otherKey) = await IssueAsync(SignatureSuite.International);
        time.Ahead += InWindow;
        var good = Request(key, old, Key(SignatureSuite.International));
        await PostAsync("documents-international", old, Request(otherKey, other, Key(SignatureSuite.International))).RefusedAsync(HttpStatusCode.Forbidden, "trust.renewal.possession");
        await PostAsync("documents-international", old, Request(otherKey, old, Key(SignatureSuite.International))).RefusedAsync(HttpStatusCode.BadRequest, "trust.renewal.malformed");
        await PostAsync("documents-international", old, CertificateRequest.Create(Key(SignatureSuite.International), old.SubjectDN)).RefusedAsync(HttpStatusCode.BadRequest, "trust.renewal.malformed");
        await PostAsync("documents-international", old, RenewalRequest.Create(key, old, [1, 2, 3])).RefusedAsync(HttpStatusCode.BadRequest, "trust.renewal.malformed");
        await PostAsync("documents-international", old, []).RefusedAsync(HttpStatusCode.BadRequest, "trust.renewal.malformed");
        await PostAsync("documents-international", old, new byte[300_000]).RefusedAsync(HttpStatusCode.BadRequest, "trust.renewal.malformed");
        for (var at = 0; at < good.Length; at += 7)
        {
            var changed = good.ToArray();
            changed[at] ^= 1;
            using var response = await PostAsync("documents-international", old, changed);
            Assert.True((int)response.StatusCode is 400 or 403, FormattableString.Invariant($"byte {at}: {response.StatusCode}"));
        }

        Assert.Equal(JsonValueKind.Null, (await node.ViewAsync("documents-international", old)).GetProperty("certificate").GetProperty("renewedBy").ValueKind);
    }

    [Fact]
    public async Task Another_subject_the_same_key_and_another_suite_are_refused()
    {
        var (old, key) = await IssueAsync(SignatureSuite.International);
        time.Ahead += InWindow;
        var stranger = RenewalRequest.Create(key, old, CertificateRequest.Create(Key(SignatureSuite.International), DistinguishedName.Of("样例局", "另一科室")));
        await PostAsync("documents-international", old, stranger).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.renewal.subject");
        await PostAsync("documents-international", old, Request(key, old, key)).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.renewal.sameKey");
        await PostAsync("documents-international", old, Request(key, old, Key(SignatureSuite.Sm))).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.profile.suite");
        await PostAsync("documents-sm", old, Request(key, old, Key(SignatureSuite.International))).RefusedAsync(HttpStatusCode.NotFound, "trust.certificate.unknown");
        using var reader = node.With("trust.read");
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsJsonAsync($"api/certificates/documents-international/{TrustNode.Serial(old)}/renewal", new { request = "" })).StatusCode);
    }

    [Fact]
    public async Task A_profile_may_let_the_key_go_on()
    {
        var key = Key(SignatureSuite.International);
        var csr = CertificateRequest.Create(key, new X509Name([X509Name.CN], ["site.example"]));
        var old = Certificate(await node.Client.PostAsJsonAsync("api/certificates", new { csr, profile = "tls" }).AnswerAsync(HttpStatusCode.Created));
        time.Ahead += TimeSpan.FromDays(61);
        var renewed = Certificate(await PostAsync("tls-international", old, RenewalRequest.Create(key, old, csr)).AnswerAsync(HttpStatusCode.Created));
        Assert.NotEqual(old.SerialNumber, renewed.SerialNumber);
        Assert.Equal(renewed, Certificate(await PostAsync("tls-international", old, RenewalRequest.Create(key, old, csr)).AnswerAsync(HttpStatusCode.OK)));
    }

    [Fact]
    public async Task What_is_held_or_revoked_is_not_renewed()
    {
        var (old, key) = await IssueAsync(SignatureSuite.Sm);
        time.Ahead += InWindow;
        var request = Request(key, old, Key(SignatureSuite.Sm));
        await node.RevokeAsync("documents-sm", old, "certificateHold").AnswerAsync(HttpStatusCode.OK);
        await PostAsync("documents-sm", old, request).RefusedAsync(HttpStatusCode.Conflict, "trust.renewal.held");
        await node.RevokeAsync("documents-sm", old, "keyCompromise").AnswerAsync(HttpStatusCode.OK);
        await PostAsync("documents-sm", old, request).RefusedAsync(HttpStatusCode.Conflict, "trust.renewal.revoked");
    }

    [Fact]
    public async Task The_old_certificate_is_superseded_when_asked()
    {
        var (old, key) = await IssueAsync(SignatureSuite.International);
        time.Ahead += InWindow;
        var request = Request(key, old, Key(SignatureSuite.International));
        var renewed = Certificate(await PostAsync("documents-international", old, request, supersede: true).AnswerAsync(HttpStatusCode.Created));
        Assert.Equal(renewed, Certificate(await PostAsync("documents-international", old, request, supersede: true).AnswerAsync(HttpStatusCode.OK)));
        var view = await node.ViewAsync("documents-international", old);
        Assert.Equal(("revoked", "superseded"), (view.GetProperty("certificate").GetProperty("status").GetString(), view.GetProperty("certificate").GetProperty("reason").GetString()));
        Assert.Single(view.GetProperty("changes").EnumerateArray());
        var crl = await node.CrlAsync("crl/documents-international.crl");
        Assert.NotNull(crl.GetRevokedCertificate(old.SerialNumber));
        Assert.Null(crl.GetRevokedCertificate(renewed.SerialNumber));
        await using var scope = node.Services.CreateAsyncScope();
        Assert.Empty((await scope.ServiceProvider.GetRequiredService<AuditVerifier>().VerifyAsync(default)).Faults);
    }

    [Fact]
    public async Task Of_many_renewals_at_once_on_two_nodes_one_counts()
    {
        await using var other = await databases.StartAsync(database, time);
        var (old, key) = await IssueAsync(SignatureSuite.Sm);
        time.Ahead += InWindow;
        var requests = Enumerable.Range(0, 4).Select(_ => Request(key, old, Key(SignatureSuite.Sm))).ToList();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => PostAsync("documents-sm", old, requests[i / 2 % 4], on: i % 2 == 0 ? node : other)));
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        Assert.Equal(3, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(12, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
        var issued = await node.Client.GetAsync("api/certificates?authority=documents-sm&profile=department").AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(2, issued.GetProperty("certificates").GetArrayLength());
    }

    [Fact]
    public async Task When_the_successor_is_revoked_the_old_one_may_be_renewed_anew()
    {
        var (old, key) = await IssueAsync(SignatureSuite.International);
        time.Ahead += InWindow;
        var lost = Certificate(await PostAsync("documents-international", old, Request(key, old, Key(SignatureSuite.International))).AnswerAsync(HttpStatusCode.Created));
        var again = Request(key, old, Key(SignatureSuite.International));
        var refused = await PostAsync("documents-international", old, again).RefusedAsync(HttpStatusCode.Conflict, "trust.renewal.renewed");
        Assert.Equal(TrustNode.Serial(lost), refused.GetProperty("renewedBy").GetString());
        await node.RevokeAsync("documents-international", lost, "keyCompromise").AnswerAsync(HttpStatusCode.OK);
        await PostAsync("documents-international", old, again).AnswerAsync(HttpStatusCode.Created);
    }

    private static byte[] Request(SoftwareSigner old, X509Certificate certificate, SoftwareSigner fresh) =>
        RenewalRequest.Create(old, certificate, CertificateRequest.Create(fresh, certificate.SubjectDN));

    private static X509Certificate Certificate(JsonElement answer) => CertificateReading.Read(answer.GetProperty("certificate").GetBytesFromBase64());

    private SoftwareSigner Key(SignatureSuite suite)
    {
        var key = SoftwareSigner.Generate(suite);
        keys.Add(key);
        return key;
    }

    private async Task<(X509Certificate Certificate, SoftwareSigner Key)> IssueAsync(SignatureSuite suite)
    {
        var key = Key(suite);
        var csr = CertificateRequest.Create(key, DistinguishedName.Of("样例局", "样例科室"));
        return (Certificate(await node.Client.PostAsJsonAsync("api/certificates", new { csr, profile = "department" }).AnswerAsync(HttpStatusCode.Created)), key);
    }

    private Task<HttpResponseMessage> PostAsync(string authority, X509Certificate certificate, byte[] request, bool supersede = false, TrustNode? on = null) =>
        (on ?? node).Client.PostAsJsonAsync($"api/certificates/{authority}/{TrustNode.Serial(certificate)}/renewal", new { request, supersede });
}
