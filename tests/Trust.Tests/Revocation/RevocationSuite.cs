using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Testing;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Log;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Revocation;

public sealed class SqliteRevocationTests(SqliteTrust databases) : RevocationSuite(databases), IClassFixture<SqliteTrust>;

public sealed class PostgresRevocationTests(PostgresTrust databases) : RevocationSuite(databases), IClassFixture<PostgresTrust>;

/// <summary>Revoking, holding and releasing over HTTP, on either database.</summary>
public abstract class RevocationSuite(TrustDatabases databases) : IAsyncLifetime
{
    private const string Authority = "documents-international";
    private readonly AdjustableTime time = new();
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
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_certificate_is_revoked_once_and_for_good()
    {
        var certificate = await node.IssueAsync();
        var since = DateTimeOffset.UtcNow.AddMinutes(-1);
        var view = await node.RevokeAsync(Authority, certificate, "keyCompromise", since).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(("revoked", "keyCompromise"), (Text(view, "status"), Text(view, "reason")));
        Assert.Equal(since.ToUnixTimeSeconds(), view.GetProperty("invalidityDate").GetDateTimeOffset().ToUnixTimeSeconds());

        time.Ahead += TimeSpan.FromHours(1);
        var again = await node.RevokeAsync(Authority, certificate, "keyCompromise", since).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(view.GetProperty("revokedAt").GetDateTimeOffset().ToUnixTimeMilliseconds(), again.GetProperty("revokedAt").GetDateTimeOffset().ToUnixTimeMilliseconds());
        await node.RevokeAsync(Authority, certificate, "superseded").RefusedAsync(HttpStatusCode.Conflict, "trust.revocation.final");
        await node.RevokeAsync(Authority, certificate, "removeFromCRL").RefusedAsync(HttpStatusCode.Conflict, "trust.revocation.final");
        Assert.Single((await node.ViewAsync(Authority, certificate)).GetProperty("changes").EnumerateArray());
    }

    [Fact]
    public async Task A_hold_is_lifted_or_becomes_a_revocation_from_the_holds_time()
    {
        var released = await node.IssueAsync();
        await node.RevokeAsync(Authority, released, "removeFromCRL").RefusedAsync(HttpStatusCode.Conflict, "trust.revocation.notHeld");
        Assert.Equal("held", Text(await node.RevokeAsync(Authority, released, "certificateHold").AnswerAsync(HttpStatusCode.OK), "status"));
        await node.RevokeAsync(Authority, released, "certificateHold").AnswerAsync(HttpStatusCode.OK);
        Assert.Equal("valid", Text(await node.RevokeAsync(Authority, released, "removeFromCRL").AnswerAsync(HttpStatusCode.OK), "status"));
        await node.RevokeAsync(Authority, released, "removeFromCRL").AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(["valid", "held"], (await node.ViewAsync(Authority, released)).GetProperty("changes").EnumerateArray().Select(c => Text(c, "status")));

        var revoked = await node.IssueAsync();
        var held = (await node.RevokeAsync(Authority, revoked, "certificateHold").AnswerAsync(HttpStatusCode.OK)).GetProperty("revokedAt").GetDateTimeOffset();
        time.Ahead += TimeSpan.FromHours(2);
        var final = await node.RevokeAsync(Authority, revoked, "privilegeWithdrawn").AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(("revoked", held.ToUnixTimeMilliseconds()), (Text(final, "status"), final.GetProperty("revokedAt").GetDateTimeOffset().ToUnixTimeMilliseconds()));
    }

    [Fact]
    public async Task Every_reason_for_an_end_certificate_is_taken()
    {
        foreach (var reason in new[] { "keyCompromise", "affiliationChanged", "superseded", "cessationOfOperation", "privilegeWithdrawn" })
        {
            var certificate = await node.IssueAsync();
            Assert.Equal(reason, Text(await node.RevokeAsync(Authority, certificate, reason).AnswerAsync(HttpStatusCode.OK), "reason"));
        }
    }

    [Fact]
    public async Task Orders_against_the_rules_are_refused()
    {
        var certificate = await node.IssueAsync();
        var now = DateTimeOffset.UtcNow;
        foreach (var reason in new[] { "unspecified", "aACompromise", "KeyCompromise", "", "7" })
        {
            await node.RevokeAsync(Authority, certificate, reason).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.revocation.reason");
        }

        await node.RevokeAsync(Authority, certificate, "cACompromise").RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.revocation.notAuthority");
        await node.RevokeAsync(Authority, certificate, "keyCompromise", now.AddMinutes(1)).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.revocation.invalidityDate");
        await node.RevokeAsync(Authority, certificate, "keyCompromise", now.AddDays(-1)).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.revocation.invalidityDate");
        await node.RevokeAsync(Authority, certificate, "certificateHold", now).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.revocation.invalidityDate");
        await node.RevokeAsync("seals-sm", certificate, "keyCompromise").RefusedAsync(HttpStatusCode.NotFound, "trust.certificate.unknown");
        await node.RevokeAsync("nobody", certificate, "keyCompromise").RefusedAsync(HttpStatusCode.NotFound, "trust.certificate.unknown");
        time.Ahead += TimeSpan.FromDays(1096);
        await node.RevokeAsync(Authority, certificate, "keyCompromise").RefusedAsync(HttpStatusCode.Conflict, "trust.certificate.expired");
    }

    [Fact]
    public async Task Only_the_right_scope_revokes_and_reads()
    {
        var certificate = await node.IssueAsync();
        var path = $"api/certificates/{Authority}/{TrustNode.Serial(certificate)}";
        using var reader = node.With("trust.read");
        using var issuer = node.With("trust.certify");
        Assert.Equal(HttpStatusCode.Unauthorized, (await node.Public.PostAsJsonAsync(path + "/revocation", new { reason = "superseded" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsJsonAsync(path + "/revocation", new { reason = "superseded" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await issuer.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await node.Public.GetAsync("api/certificates")).StatusCode);
    }

    [Fact]
    public async Task What_would_break_the_standards_is_not_issued()
    {
        using var key = SoftwareSigner.Generate(SignatureSuite.International);
        var csr = Convert.ToBase64String(CertificateRequest.Create(key, DistinguishedName.Of(new string('长', 65), "样例")));
        var problem = await node.Client.PostAsJsonAsync("api/certificates", new { csr, profile = "department" }).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.certificate.lint");
        Assert.Equal("rfc5280.attributeLength", Text(problem.GetProperty("rules")[0], "code"));
    }

    [Fact]
    public async Task A_sites_certificate_names_its_host_where_verifiers_look()
    {
        using var key = SoftwareSigner.Generate(SignatureSuite.International);
        var answer = await AskAsync("site.example").AnswerAsync(HttpStatusCode.Created);
        using var certificate = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(answer.GetProperty("certificate").GetBytesFromBase64());
        Assert.True(certificate.MatchesHostname("site.example"));
        await AskAsync("no host").RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.profile.subject");

        Task<HttpResponseMessage> AskAsync(string host) => node.Client.PostAsJsonAsync(
            "api/certificates", new { csr = Convert.ToBase64String(CertificateRequest.Create(key, new X509Name([X509Name.CN], [host]))), profile = "tls" });
    }

    [Fact]
    public async Task A_certificate_of_a_ca_can_be_revoked_by_its_root()
    {
        var authority = await node.AuthorityAsync("documents-sm");
        var view = await node.RevokeAsync("root-sm", authority, "cACompromise").AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(("revoked", "issuing"), (Text(view, "status"), Text(view, "profile")));
        Assert.NotNull((await node.CrlAsync("crl/root-sm.crl")).GetRevokedCertificate(authority.SerialNumber));
    }

    [Fact]
    public async Task Of_many_orders_at_once_on_two_nodes_one_counts()
    {
        await using var other = await databases.StartAsync(database, time);
        var certificate = await node.IssueAsync();
        string[] reasons = ["keyCompromise", "superseded", "affiliationChanged", "cessationOfOperation"];
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => (i % 2 == 0 ? node : other).RevokeAsync(Authority, certificate, reasons[i / 2 % 4])));
        Assert.Equal(4, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(12, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
        Assert.Single((await node.ViewAsync(Authority, certificate)).GetProperty("changes").EnumerateArray());
        await using var scope = node.Services.CreateAsyncScope();
        Assert.Empty((await scope.ServiceProvider.GetRequiredService<AuditVerifier>().VerifyAsync(default)).Faults);
    }

    [Fact]
    public async Task The_transparency_log_holds_every_change()
    {
        var certificate = await node.IssueAsync();
        await node.RevokeAsync(Authority, certificate, "certificateHold").AnswerAsync(HttpStatusCode.OK);
        await node.RevokeAsync(Authority, certificate, "removeFromCRL").AnswerAsync(HttpStatusCode.OK);
        await node.RevokeAsync(Authority, certificate, "superseded").AnswerAsync(HttpStatusCode.OK);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var kinds = new HashSet<string>();
        while (!kinds.IsSupersetOf(["certificate.issued", "certificate.held", "certificate.released", "certificate.revoked"]))
        {
            await Task.Delay(50, limit.Token);
            kinds = await LoggedKindsAsync();
        }
    }

    [Fact]
    public async Task The_list_is_filtered_and_paged_without_gaps()
    {
        for (var i = 0; i < 7; i++)
        {
            var certificate = await node.IssueAsync(name: i % 2 == 0 ? "甲科" : "乙科");
            if (i == 0)
            {
                await node.RevokeAsync(Authority, certificate, "superseded").AnswerAsync(HttpStatusCode.OK);
            }
        }

        var seen = new List<string>();
        string? after = "";
        while (after is not null)
        {
            var page = await ListAsync($"?authority={Authority}&profile=department&limit=3{(after.Length == 0 ? "" : "&after=" + after)}");
            var rows = page.GetProperty("certificates").EnumerateArray().ToList();
            Assert.InRange(rows.Count, 1, 3);
            seen.AddRange(rows.Select(r => Text(r, "serial")));
            after = page.GetProperty("next").GetString();
        }

        Assert.Equal((7, 7), (seen.Count, seen.Distinct().Count()));
        Assert.Equal(4, await CountAsync($"?authority={Authority}&subject={Uri.EscapeDataString("甲科")}"));
        Assert.Equal(1, await CountAsync("?status=revoked&profile=department"));
        Assert.Equal(1, await CountAsync($"?serial={seen[0].ToUpperInvariant()}"));
        Assert.Equal(0, await CountAsync($"?authority={Authority}&issuedBefore=2020-01-01T00:00:00Z"));
        Assert.Equal(7, await CountAsync($"?authority={Authority}&profile=department&issuedFrom=2020-01-01T00:00:00%2B08:00&endsBefore=2100-01-01T00:00:00Z"));
        foreach (var bad in new[] { "?limit=0", "?limit=201", "?status=good", "?after=%25%25", "?after=eHh4", "?subject=" + new string('x', 101) })
        {
            await node.Client.GetAsync("api/certificates" + bad).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.certificates.filter");
        }

        Assert.Equal(0, await CountAsync("?subject=" + Uri.EscapeDataString("%' OR 1=1 --")));
    }

    private Task<JsonElement> ListAsync(string query) => node.Client.GetAsync("api/certificates" + query).AnswerAsync(HttpStatusCode.OK);

    private async Task<int> CountAsync(string query) => (await ListAsync(query)).GetProperty("certificates").GetArrayLength();

    private async Task<HashSet<string>> LoggedKindsAsync()
    {
        using var response = await node.Public.GetAsync("log/checkpoint");
        if (response.StatusCode != HttpStatusCode.OK || Checkpoint.Parse(SignedNote.Parse(await response.Content.ReadAsByteArrayAsync()).Text) is not { Size: > 0 and < 256 } head)
        {
            return [];
        }

        var bundle = await node.Public.GetByteArrayAsync($"log/tile/entries/000.p/{head.Size}");
        return [.. EntryBundle.Decode(bundle, (int)head.Size).Select(e => LogEntry.Decode(e.Span).Kind)];
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
