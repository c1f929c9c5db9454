using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.Testing;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Acme;

public sealed class SqliteOrderTests(SqliteTrust databases) : OrderSuite(databases), IClassFixture<SqliteTrust>;

public sealed class PostgresOrderTests(PostgresTrust databases) : OrderSuite(databases), IClassFixture<PostgresTrust>;

/// <summary>Orders, certificates, revocation and renewal (RFC 8555 §7.4 to §7.6, RFC 9773), attacks beside, on either database.</summary>
public abstract class OrderSuite(TrustDatabases databases) : AcmeTestBase(databases, ("Acme:FailuresPerName", "2"), ("Acme:Looks", "1"), ("Acme:NamesInOrder", "5"))
{
    [Fact]
    public async Task Names_and_addresses_become_one_certificate_that_enters_table_audit_and_log()
    {
        var order = await (await Client.OrderAsync("A.example.test", "127.0.0.1", "a.example.test", "b.example.test")).ProveAsync(Proofs);
        Assert.Equal(3, order.Body.GetProperty("identifiers").GetArrayLength());
        var answer = await AcmeClient.BodyAsync(await order.FinalizeAsync(Requests.For("b.example.test", "a.example.test", "127.0.0.1")), HttpStatusCode.OK);
        Assert.Equal("valid", answer.GetProperty("status").GetString());
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(await order.DownloadAsync());
        Assert.Equal(2, chain.Count);
        Assert.True(chain[0].MatchesHostname("127.0.0.1") && chain[0].MatchesHostname("b.example.test") && !chain[0].MatchesHostname("c.example.test"));
        var view = await Node.ViewAsync("tls-international", CertificateReading.Read(chain[0].RawData));
        Assert.Equal("CN=a.example.test", view.GetProperty("certificate").GetProperty("subject").GetString());
        Assert.Equal("valid", view.GetProperty("certificate").GetProperty("status").GetString());
        await using var scope = Node.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TrustContext>();
        var actions = await database.Set<AuditRecord>().Select(a => a.Action).ToListAsync();
        Assert.All(["trust.acme.account.created", "trust.acme.order.created", "trust.acme.authorization.proved", "trust.acme.order.issued", "trust.certificate.issued"], a => Assert.Contains(a, actions));
        Assert.Empty((await scope.ServiceProvider.GetRequiredService<AuditVerifier>().VerifyAsync(default)).Faults);
    }

    [Fact]
    public async Task An_order_is_finalized_once_whoever_asks_at_the_same_time()
    {
        var order = await (await Client.OrderAsync("once.example.test")).ProveAsync(Proofs);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => order.FinalizeAsync(Requests.For("once.example.test"))));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(5, answers.Count(a => a.StatusCode == HttpStatusCode.Forbidden));
        Assert.Equal(1, (await Node.Client.GetAsync("api/certificates?profile=tls").AnswerAsync(HttpStatusCode.OK)).GetProperty("certificates").GetArrayLength());
        await RefusedAsync(order.FinalizeAsync(Requests.For("once.example.test")), HttpStatusCode.Forbidden, "orderNotReady");
    }

    [Fact]
    public async Task Two_nodes_are_one_server()
    {
        await using var second = await SecondNodeAsync();
        var message = AcmeClient.Sign(Client.Key, await Client.HeaderAsync(Client.Kid!), "").ToJsonString();
        Assert.Equal(HttpStatusCode.OK, (await Client.SendAsync(new Uri(second.Address, new Uri(Client.Kid!).PathAndQuery).ToString(), message)).StatusCode);
        await RefusedAsync(Client.SendAsync(Client.Kid!, message), HttpStatusCode.BadRequest, "badNonce");

        var order = await (await Client.OrderAsync("a.example.test", "b.example.test")).ProveAsync(Proofs);
        Assert.Equal(2, Proofs.Requests);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Client.PostToAsync(
            i % 2 == 0 ? Node.Address : second.Address, order.Finalize, $$"""{"csr":"{{Base64Url.EncodeToString(Requests.For("a.example.test", "b.example.test"))}}"}""")));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(1, (await Node.Client.GetAsync("api/certificates?profile=tls").AnswerAsync(HttpStatusCode.OK)).GetProperty("certificates").GetArrayLength());
    }

    [Fact]
    public async Task A_request_for_other_names_or_with_a_wrong_key_is_refused_and_the_order_stays_ready()
    {
        var order = await (await Client.OrderAsync("a.example.test", "b.example.test")).ProveAsync(Proofs);
        foreach (var csr in new[]
        {
            Requests.For("a.example.test"), Requests.For("a.example.test", "b.example.test", "c.example.test"), Requests.For("a.example.test", "*.example.test"),
            Requests.For("a.example.test", "b.example.test", "x@example.test"), Requests.WithSubject("CN=c.example.test", "a.example.test", "b.example.test"), Requests.For(),
            Requests.For(Client.Key, "a.example.test", "b.example.test"), Changed(Requests.For("a.example.test", "b.example.test")), [0x30, 0x00],
        })
        {
            await RefusedAsync(order.FinalizeAsync(csr), HttpStatusCode.BadRequest, "badCSR");
        }

        using var other = await OtherAsync();
        await RefusedAsync(order.FinalizeAsync(Requests.For(other.Key, "a.example.test", "b.example.test")), HttpStatusCode.BadRequest, "badCSR");
        using var weak = RSA.Create(1024);
        await RefusedAsync(order.FinalizeAsync(Requests.For(weak, "a.example.test", "b.example.test")), HttpStatusCode.BadRequest, "badCSR");
        using var large = RSA.Create(4104);
        await RefusedAsync(order.FinalizeAsync(Requests.For(large, "a.example.test", "b.example.test")), HttpStatusCode.BadRequest, "badPublicKey");
        Assert.Equal("ready", (await order.ReadAsync()).GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, (await order.FinalizeAsync(Requests.WithSubject("CN=B.example.test", "a.example.test"))).StatusCode);
    }

    [Fact]
    public async Task Nothing_of_another_account_is_seen_or_used()
    {
        var order = await Client.OrderAsync("a.example.test");
        var (challenge, _) = await order.ChallengeAsync();
        using var other = await OtherAsync();
        await RefusedAsync(other.PostAsync(order.Url), HttpStatusCode.NotFound, "malformed");
        await RefusedAsync(other.PostAsync(order.Authorization()), HttpStatusCode.NotFound, "malformed");
        await RefusedAsync(other.PostAsync(order.Authorization(), """{"status":"deactivated"}"""), HttpStatusCode.NotFound, "malformed");
        await RefusedAsync(other.PostAsync(challenge, "{}"), HttpStatusCode.NotFound, "malformed");
        await order.ProveAsync(Proofs);
        await RefusedAsync((order with { Client = other }).FinalizeAsync(Requests.For("a.example.test")), HttpStatusCode.NotFound, "malformed");
        await AcmeClient.BodyAsync(await order.FinalizeAsync(Requests.For("a.example.test")), HttpStatusCode.OK);
        await RefusedAsync(other.PostAsync((await order.ReadAsync()).GetProperty("certificate").GetString()!), HttpStatusCode.NotFound, "malformed");
    }

    [Fact]
    public async Task Names_that_are_not_issued_are_refused_each_with_its_reason()
    {
        var problem = await RefusedAsync(
            Client.PostAsync(Client.Url("new-order"), AcmeClient.Order("a.example.test", "example.com", "*.example.test", "a..example.test", "10.0.0.1")), HttpStatusCode.BadRequest, "rejectedIdentifier");
        Assert.Equal(
            ["example.com", "*.example.test", "a..example.test", "10.0.0.1"],
            problem.GetProperty("subproblems").EnumerateArray().Select(p => p.GetProperty("identifier").GetProperty("value").GetString()));
        foreach (var name in new[] { "notexample.test", "example.test.evil", "a_b.example.test", "-a.example.test", "sub.localhost", "localhost.", "例子.example.test", new string('a', 64) + ".example.test" })
        {
            await RefusedAsync(Client.PostAsync(Client.Url("new-order"), AcmeClient.Order(name)), HttpStatusCode.BadRequest, "rejectedIdentifier");
        }

        await RefusedAsync(Client.PostAsync(Client.Url("new-order"), """{"identifiers":[{"type":"email","value":"a@b"}]}"""), HttpStatusCode.BadRequest, "unsupportedIdentifier");
        foreach (var body in new[]
        {
            "{}", """{"identifiers":[]}""", """{"identifiers":[{"type":"dns"}]}""", """{"identifiers":[{"type":"ip","value":"127.1"}]}""", """{"identifiers":[{"type":"ip","value":"::ffff:127.0.0.1"}]}""",
            """{"identifiers":[{"type":"dns","value":"a.example.test"}],"notAfter":"2027-01-01T00:00:00Z"}""", AcmeClient.Order([.. Enumerable.Range(0, 6).Select(i => $"a{i}.example.test")]),
        })
        {
            await RefusedAsync(Client.PostAsync(Client.Url("new-order"), body), HttpStatusCode.BadRequest, "malformed");
        }
    }

    [Fact]
    public async Task A_given_up_authorization_ends_the_order()
    {
        var order = await (await Client.OrderAsync("a.example.test", "b.example.test")).ProveAsync(Proofs);
        var authorization = await AcmeClient.BodyAsync(await Client.PostAsync(order.Authorization(), """{"status":"deactivated"}"""), HttpStatusCode.OK);
        Assert.Equal("deactivated", authorization.GetProperty("status").GetString());
        Assert.Equal("invalid", (await order.ReadAsync()).GetProperty("status").GetString());
        await RefusedAsync(order.FinalizeAsync(Requests.For("a.example.test", "b.example.test")), HttpStatusCode.Forbidden, "orderNotReady");
        await RefusedAsync(Client.PostAsync(order.Authorization(1), """{"status":"valid"}"""), HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task An_expired_order_is_invalid_and_goes_with_the_housekeeping()
    {
        var order = await (await Client.OrderAsync("a.example.test")).ProveAsync(Proofs);
        var kept = await (await Client.OrderAsync("b.example.test")).ProveAsync(Proofs);
        await AcmeClient.BodyAsync(await kept.FinalizeAsync(Requests.For("b.example.test")), HttpStatusCode.OK);
        Time.Ahead += TimeSpan.FromHours(25);
        Assert.Equal("invalid", (await order.ReadAsync()).GetProperty("status").GetString());
        await RefusedAsync(order.FinalizeAsync(Requests.For("a.example.test")), HttpStatusCode.Forbidden, "orderNotReady");
        Time.Ahead += TimeSpan.FromDays(8);
        await using (var scope = Node.Services.CreateAsyncScope())
        {
            var database = scope.ServiceProvider.GetRequiredService<TrustContext>();
            Assert.True(await database.Set<AcmeUsedNonce>().AnyAsync());
            foreach (var task in scope.ServiceProvider.GetServices<IHousekeepingTask>())
            {
                await task.SweepAsync(default);
            }

            Assert.False(await database.Set<AcmeUsedNonce>().AnyAsync());
            Assert.Equal(1, await database.Set<AcmeOrder>().CountAsync());
            Assert.Equal(1, await database.Set<AcmeAuthorization>().CountAsync());
        }

        await RefusedAsync(Client.PostAsync(order.Url), HttpStatusCode.NotFound, "malformed");
        Assert.Equal("valid", (await kept.ReadAsync()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_certificate_is_revoked_by_its_account_its_key_or_who_proved_its_names_and_nobody_else()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (byKey, byAccount, byNames) = (await IssueAsync(key, "a.example.test"), await IssueAsync(null, "a.example.test"), await IssueAsync(null, "a.example.test"));
        using var other = await OtherAsync();
        await RefusedAsync(other.PostAsync(other.Url("revoke-cert"), Revocation(byAccount)), HttpStatusCode.Forbidden, "unauthorized");
        using var stranger = new AcmeClient(Node.Address);
        await RefusedAsync(stranger.PostAsync(stranger.Url("revoke-cert"), Revocation(byAccount)), HttpStatusCode.Forbidden, "unauthorized");
        foreach (var reason in new[] { "2", "6", "8", "9", "10", "99", "\"1\"" })
        {
            await RefusedAsync(Client.PostAsync(Client.Url("revoke-cert"), Revocation(byAccount, reason)), HttpStatusCode.BadRequest, "badRevocationReason");
        }

        using var holder = new AcmeClient(Node.Address) { Key = key };
        Assert.Equal(HttpStatusCode.OK, (await holder.PostAsync(holder.Url("revoke-cert"), Revocation(byKey, "1"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Client.PostAsync(Client.Url("revoke-cert"), Revocation(byAccount))).StatusCode);
        await RefusedAsync(Client.PostAsync(Client.Url("revoke-cert"), Revocation(byAccount)), HttpStatusCode.BadRequest, "alreadyRevoked");
        await (await other.OrderAsync("a.example.test")).ProveAsync(Proofs);
        Assert.Equal(HttpStatusCode.OK, (await other.PostAsync(other.Url("revoke-cert"), Revocation(byNames, "5"))).StatusCode);
        Assert.Equal("keyCompromise", (await Node.ViewAsync("tls-international", CertificateReading.Read(byKey.RawData))).GetProperty("certificate").GetProperty("reason").GetString());
        await RefusedAsync(Client.PostAsync(Client.Url("revoke-cert"), """{"certificate":"MAA"}"""), HttpStatusCode.NotFound, "malformed");
        var department = await Node.IssueAsync();
        await RefusedAsync(Client.PostAsync(Client.Url("revoke-cert"), $$"""{"certificate":"{{Base64Url.EncodeToString(department.GetEncoded())}}"}"""), HttpStatusCode.NotFound, "malformed");
    }

    [Fact]
    public async Task Renewal_is_suggested_late_in_life_and_at_once_after_a_revocation_and_an_order_names_what_it_replaces()
    {
        var certificate = await IssueAsync(null, "a.example.test");
        var identifier = Identifier(certificate);
        using var answer = await Node.Public.GetAsync("acme/renewal-info/" + identifier);
        var window = (await AcmeClient.BodyAsync(answer, HttpStatusCode.OK)).GetProperty("suggestedWindow");
        Assert.InRange(window.GetProperty("start").GetDateTimeOffset() - DateTimeOffset.UtcNow, TimeSpan.FromDays(59), TimeSpan.FromDays(61));
        Assert.True(window.GetProperty("end").GetDateTimeOffset() < new DateTimeOffset(certificate.NotAfter));
        Assert.NotNull(answer.Headers.RetryAfter);
        foreach (var wrong in new[] { "x", identifier + "A", identifier.Split('.')[0] + ".AQ", "AAAA." + identifier.Split('.')[1] })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await Node.Public.GetAsync("acme/renewal-info/" + wrong)).StatusCode);
        }

        using var other = await OtherAsync();
        var body = $$"""{"identifiers":[{"type":"dns","value":"a.example.test"}],"replaces":"{{identifier}}"}""";
        await RefusedAsync(other.PostAsync(other.Url("new-order"), body), HttpStatusCode.Forbidden, "unauthorized");
        await RefusedAsync(Client.PostAsync(Client.Url("new-order"), body.Replace("a.example", "b.example", StringComparison.Ordinal)), HttpStatusCode.BadRequest, "malformed");
        var renewed = await AcmeClient.BodyAsync(await Client.PostAsync(Client.Url("new-order"), body), HttpStatusCode.Created);
        Assert.Equal(identifier, renewed.GetProperty("replaces").GetString());
        await RefusedAsync(Client.PostAsync(Client.Url("new-order"), body), HttpStatusCode.Conflict, "alreadyReplaced");

        await Client.PostAsync(Client.Url("revoke-cert"), Revocation(certificate));
        var after = (await AcmeClient.BodyAsync(await Node.Public.GetAsync("acme/renewal-info/" + identifier), HttpStatusCode.OK)).GetProperty("suggestedWindow");
        Assert.True(after.GetProperty("end").GetDateTimeOffset() < DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task A_certificate_is_followed_by_the_next_of_its_account_with_the_same_names_and_by_no_other()
    {
        var first = await IssueAsync(null, "a.example.test", "b.example.test");
        await IssueAsync(null, "a.example.test");
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await LinkAsync(first, "renewedBy")).ValueKind);
        var second = await IssueAsync(null, "b.example.test", "a.example.test");
        Assert.Equal(Serial(second), (await LinkAsync(first, "renewedBy")).GetString());
        Assert.Equal(Serial(first), (await LinkAsync(second, "renews")).GetString());

        static string Serial(X509Certificate2 certificate) => TrustNode.Serial(CertificateReading.Read(certificate.RawData));
        async Task<System.Text.Json.JsonElement> LinkAsync(X509Certificate2 certificate, string member) =>
            (await Node.ViewAsync("tls-international", CertificateReading.Read(certificate.RawData))).GetProperty("certificate").GetProperty(member);
    }

    [Fact]
    public async Task Failed_proofs_of_a_name_are_limited_and_the_answer_says_how_long()
    {
        for (var i = 0; i < 2; i++)
        {
            var order = await Client.OrderAsync("fails.example.test");
            await Client.PostAsync((await order.ChallengeAsync()).Url, "{}");
            await order.UntilAsync("invalid");
        }

        using var refused = await Client.PostAsync(Client.Url("new-order"), AcmeClient.Order("fails.example.test"));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(60));
        await Client.OrderAsync("works.example.test");
        Time.Ahead += TimeSpan.FromMinutes(61);
        await Client.OrderAsync("fails.example.test");
    }

    private async Task<X509Certificate2> IssueAsync(ECDsa? key, params string[] names)
    {
        var order = await (await Client.OrderAsync(names)).ProveAsync(Proofs);
        await AcmeClient.BodyAsync(await order.FinalizeAsync(key is null ? Requests.For(names) : Requests.For(key, names)), HttpStatusCode.OK);
        return X509Certificate2.CreateFromPem(await order.DownloadAsync());
    }

    private static string Revocation(X509Certificate2 certificate, string? reason = null) =>
        $$"""{"certificate":"{{Base64Url.EncodeToString(certificate.RawData)}}"{{(reason is null ? "" : ",\"reason\":" + reason)}}}""";

    /// <summary>RFC 9773 §4.1, by the platform's own reading of the certificate.</summary>
    private static string Identifier(X509Certificate2 certificate)
    {
        var issuer = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Single().KeyIdentifier!.Value.Span;
        return $"{Base64Url.EncodeToString(issuer)}.{Base64Url.EncodeToString(certificate.SerialNumberBytes.Span)}";
    }

    private static byte[] Changed(byte[] csr)
    {
        csr[^1] ^= 1;
        return csr;
    }
}
