using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Ocsp;
using Yinxin.Trust.Revocation;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Ocsp;

public sealed class SqliteOcspServerTests(SqliteTrust databases) : OcspServerSuite(databases), IClassFixture<SqliteTrust>;

public sealed class PostgresOcspServerTests(PostgresTrust databases) : OcspServerSuite(databases), IClassFixture<PostgresTrust>;

/// <summary>OCSP over HTTP, judged by openssl's client and by our own verification, on either database.</summary>
public abstract class OcspServerSuite(TrustDatabases databases) : IAsyncLifetime
{
    private const string International = "documents-international";
    private const string Sm = "documents-sm";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("yinxin-ocsp-");
    private readonly AdjustableTime time = new();
    private Dictionary<string, string?> database = [];

    public async ValueTask InitializeAsync() => database = await databases.CreateAsync();

    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("-sha1")]
    [InlineData("-sha256")]
    public async Task Openssl_learns_good_then_revoked_with_and_without_a_nonce(string hash)
    {
        await using var node = await StartAsync();
        var certificate = await node.IssueAsync();
        Assert.Contains("Response verify OK", await OpensslAsync(node, certificate, hash), StringComparison.Ordinal);
        Assert.Contains("end.pem: good", await OpensslAsync(node, certificate, hash, "-no_nonce"), StringComparison.Ordinal);
        await node.RevokeAsync(International, certificate, "keyCompromise").AnswerAsync(HttpStatusCode.OK);
        foreach (var nonce in new string[][] { [hash], [hash, "-no_nonce"] })
        {
            var output = await OpensslAsync(node, certificate, nonce);
            Assert.Contains("Response verify OK", output, StringComparison.Ordinal);
            Assert.Contains("end.pem: revoked", output, StringComparison.Ordinal);
            Assert.Contains("Reason: keyCompromise", output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(SignatureSuite.International, International, HashFunction.Sha256)]
    [InlineData(SignatureSuite.Sm, Sm, HashFunction.Sm3)]
    [InlineData(SignatureSuite.Sm, Sm, HashFunction.Sha1)]
    public async Task A_status_is_followed_through_hold_and_release(SignatureSuite suite, string authority, HashFunction hash)
    {
        await using var node = await StartAsync();
        var certificate = await node.IssueAsync(suite: suite);
        Assert.Equal(OcspCertificateStatus.Good, (await AskAsync(node, authority, certificate, hash)).Status);
        await node.RevokeAsync(authority, certificate, "certificateHold").AnswerAsync(HttpStatusCode.OK);
        var held = await AskAsync(node, authority, certificate, hash);
        Assert.Equal((OcspCertificateStatus.Revoked, RevocationReason.CertificateHold), (held.Status, held.Reason!.Value));
        await node.RevokeAsync(authority, certificate, "removeFromCRL").AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(OcspCertificateStatus.Good, (await AskAsync(node, authority, certificate, hash)).Status);
    }

    [Fact]
    public async Task Openssl_reads_an_sm2_answer_and_verifies_its_signature()
    {
        await using var node = await StartAsync();
        var certificate = await node.IssueAsync(suite: SignatureSuite.Sm);
        await SaveAsync(certificate, "end.pem");
        await SaveAsync(await node.AuthorityAsync(Sm), "issuer.pem");

        // Its ocsp command cannot be told the SM2 user id; its dgst command can.
        var (_, output) = await Judge.RunAsync(
            "openssl", "ocsp", "-issuer", In("issuer.pem"), "-cert", In("end.pem"), "-url", new Uri(node.Address, $"ocsp/{Sm}").ToString(), "-noverify", "-respout", In("answer.der"));
        Assert.Contains("end.pem: good", output, StringComparison.Ordinal);
        var response = OcspResponse.Read(await File.ReadAllBytesAsync(In("answer.der")));
        var key = response.Certificates.Single().SubjectPublicKeyInfo.GetDerEncoded();
        using var judge = new Suites.OpensslJudge();
        var options = Suites.OpensslJudge.OptionsOf(SignatureAlgorithm.Sm2);
        Assert.True(await judge.VerifiesAsync(key, response.SignedData.ToArray(), response.Signature.ToArray(), options));
        Assert.False(await judge.VerifiesAsync(key, [.. response.SignedData.ToArray(), 0], response.Signature.ToArray(), options));
    }

    [Fact]
    public async Task What_was_never_issued_is_revoked_and_a_foreign_certificate_is_unknown()
    {
        await using var node = await StartAsync();
        var (issuer, root) = (await node.AuthorityAsync(International), await node.AuthorityAsync("root-international"));
        var certificate = await node.IssueAsync();
        var ids = new[]
        {
            CertificateId.Of(certificate.SerialNumber, issuer, HashFunction.Sha256),
            CertificateId.Of(BigInteger.ValueOf(4711), issuer, HashFunction.Sha256),
            CertificateId.Of(certificate.SerialNumber, root, HashFunction.Sha256),
        };
        var response = OcspResponse.Read(await PostAsync(node, International, new OcspRequest(ids, Nonce: null).Encode()));
        Assert.Equal([OcspCertificateStatus.Good, OcspCertificateStatus.Revoked, OcspCertificateStatus.Unknown], response.Answers.Select(a => a.Status));
        Assert.True(response.Answers[1].IsNeverIssued);
        Assert.Equal(OcspResponseStatus.Unauthorized, OcspResponse.Read(await PostAsync(node, International, new OcspRequest([ids[2]], Nonce: null).Encode())).Status);
    }

    [Fact]
    public async Task A_kept_answer_is_served_by_get_until_half_its_life_and_never_with_a_nonce()
    {
        await using var node = await StartAsync();
        var certificate = await node.IssueAsync();
        var issuer = await node.AuthorityAsync(International);
        var id = CertificateId.Of(certificate.SerialNumber, issuer, HashFunction.Sha256);
        var path = Path(International, new OcspRequest([id], Nonce: null).Encode());
        using var first = await node.Public.GetAsync(path);
        var der = await first.Content.ReadAsByteArrayAsync();
        Assert.Equal("application/ocsp-response", first.Content.Headers.ContentType!.MediaType);
        Assert.Equal(TimeSpan.FromMinutes(5), first.Headers.CacheControl!.MaxAge);
        var answer = OcspResponse.Read(der).Answers.Single();
        Assert.Equal((answer.ThisUpdate, answer.NextUpdate), (first.Content.Headers.LastModified, first.Content.Headers.Expires));
        time.Ahead += TimeSpan.FromHours(5);
        Assert.Equal(der, await node.Public.GetByteArrayAsync(path));
        Assert.Equal(der, await PostAsync(node, International, new OcspRequest([id], Nonce: null).Encode()));
        using var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        Assert.Equal(HttpStatusCode.NotModified, (await node.Public.SendAsync(again)).StatusCode);
        time.Ahead += TimeSpan.FromHours(2);
        Assert.NotEqual(der, await node.Public.GetByteArrayAsync(path));

        var nonce = OcspRequest.NewNonce();
        using var live = await node.Public.GetAsync(Path(International, new OcspRequest([id], nonce).Encode()));
        Assert.True(live.Headers.CacheControl!.NoStore);
        Assert.Equal(nonce, OcspResponse.Read(await live.Content.ReadAsByteArrayAsync()).Nonce!.Value.ToArray());
    }

    [Fact]
    public async Task Every_spelling_of_a_get_is_understood()
    {
        await using var node = await StartAsync();
        var issuer = await node.AuthorityAsync(International);
        for (var i = 0; i < 40; i++)
        {
            // Nonces make the base64 differ: with slashes, two in a row, plus signs, padding.
            var request = new OcspRequest([CertificateId.Of(BigInteger.ValueOf(i), issuer, HashFunction.Sha1)], OcspRequest.NewNonce());
            var base64 = Convert.ToBase64String(request.Encode());
            foreach (var text in new[] { base64, Uri.EscapeDataString(base64), base64.Replace("+", "%2b", StringComparison.Ordinal).Replace("=", "%3d", StringComparison.Ordinal) })
            {
                var response = OcspResponse.Read(await RawAsync(node, $"/ocsp/{International}/{text}"));
                Assert.Equal(request.Nonce!.Value.ToArray(), response.Nonce!.Value.ToArray());
            }
        }
    }

    [Theory]
    [InlineData("AAAA")]
    [InlineData("MAA=")]
    [InlineData("not-base64")]
    [InlineData("")]
    public async Task A_malformed_get_is_told_so(string text)
    {
        await using var node = await StartAsync();
        Assert.Equal(OcspResponseStatus.MalformedRequest, OcspResponse.Read(await node.Public.GetByteArrayAsync($"ocsp/{International}/{text}")).Status);
    }

    [Fact]
    public async Task A_wrong_type_a_large_body_and_many_certificates_are_refused()
    {
        await using var node = await StartAsync();
        var issuer = await node.AuthorityAsync(International);
        await node.Public.PostAsync($"ocsp/{International}", new StringContent("x")).RefusedAsync(HttpStatusCode.UnsupportedMediaType, "ocsp.contentType");
        await node.Public.PostAsync($"ocsp/{International}", Content(new byte[9000])).RefusedAsync(HttpStatusCode.RequestEntityTooLarge, "http.bodyTooLarge");
        Assert.Equal(HttpStatusCode.NotFound, (await node.Public.PostAsync("ocsp/nobody", Content([0x30]))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await node.Public.PostAsync("ocsp/timestamps-sm", Content([0x30]))).StatusCode);
        var many = new OcspRequest([.. Enumerable.Range(1, 11).Select(i => CertificateId.Of(BigInteger.ValueOf(i), issuer, HashFunction.Sha1))], Nonce: null);
        Assert.Equal(OcspResponseStatus.MalformedRequest, OcspResponse.Read(await PostAsync(node, International, many.Encode())).Status);
    }

    [Fact]
    public async Task Who_asks_too_often_for_fresh_answers_is_told_to_try_later()
    {
        await using var node = await StartAsync(("Trust:Ocsp:SignedPerMinute", "3"));
        var certificate = await node.IssueAsync();
        var id = CertificateId.Of(certificate.SerialNumber, await node.AuthorityAsync(International), HashFunction.Sha256);
        var kept = new OcspRequest([id], Nonce: null).Encode();
        Assert.Equal(OcspResponseStatus.Successful, OcspResponse.Read(await PostAsync(node, International, kept)).Status);
        var statuses = new List<OcspResponseStatus>();
        for (var i = 0; i < 5; i++)
        {
            statuses.Add(OcspResponse.Read(await PostAsync(node, International, new OcspRequest([id], OcspRequest.NewNonce()).Encode())).Status);
        }

        Assert.Equal(OcspResponseStatus.TryLater, statuses[^1]);
        Assert.Equal(OcspResponseStatus.Successful, OcspResponse.Read(await PostAsync(node, International, kept)).Status);
    }

    [Fact]
    public async Task Another_node_tells_the_new_status_soon()
    {
        await using var node = await StartAsync();
        await using var other = await StartAsync(("Trust:Revocation:Watch", "00:00:00.050"));
        var certificate = await node.IssueAsync();
        var issuer = await node.AuthorityAsync(International);
        var request = new OcspRequest([CertificateId.Of(certificate.SerialNumber, issuer, HashFunction.Sha256)], Nonce: null).Encode();
        Assert.Equal(OcspCertificateStatus.Good, OcspResponse.Read(await PostAsync(other, International, request)).Answers[0].Status);
        await node.RevokeAsync(International, certificate, "superseded").AnswerAsync(HttpStatusCode.OK);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (OcspResponse.Read(await PostAsync(other, International, request)).Answers[0].Status != OcspCertificateStatus.Revoked)
        {
            await Task.Delay(20, limit.Token);
        }
    }

    [Fact]
    public async Task A_responder_is_followed_by_another_before_it_ends_and_when_it_is_revoked()
    {
        await using var node = await StartAsync();
        await using var other = await StartAsync();
        var certificate = await node.IssueAsync();
        var first = await ResponderAsync(node, certificate);
        Assert.Equal(first, await ResponderAsync(other, certificate));
        Assert.NotNull(first.GetExtensionValue(Org.BouncyCastle.Asn1.Ocsp.OcspObjectIdentifiers.PkixOcspNocheck));
        time.Ahead += TimeSpan.FromDays(21);
        var second = await ResponderAsync(node, certificate);
        Assert.NotEqual(first, second);
        Assert.Equal(second, await ResponderAsync(other, certificate));
        await node.RevokeAsync(International, second, "keyCompromise").AnswerAsync(HttpStatusCode.OK);
        Assert.NotEqual(second, await ResponderAsync(node, certificate));
    }

    [Fact]
    public async Task A_responder_without_a_key_says_try_later()
    {
        // The next node finds a stored key that does not open.
        await using var node = await StartAsync(("Trust:Revocation:Watch", "00:01:00"));
        var certificate = await node.IssueAsync();
        var request = new OcspRequest([CertificateId.Of(certificate.SerialNumber, await node.AuthorityAsync(International), HashFunction.Sha256)], Nonce: null).Encode();
        Assert.Equal(OcspResponseStatus.Successful, OcspResponse.Read(await PostAsync(node, International, request)).Status);
        await using (var scope = node.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<TrustContext>().Set<OcspResponderRecord>().ExecuteUpdateAsync(s => s.SetProperty(r => r.EncryptedKey, new byte[64]));
        }

        await using var broken = await StartAsync();
        Assert.Equal(OcspResponseStatus.TryLater, OcspResponse.Read(await PostAsync(broken, International, request)).Status);
    }

    [Fact]
    public async Task Every_address_in_a_certificate_answers()
    {
        await using var node = await StartAsync();
        foreach (var (suite, name) in new[] { (SignatureSuite.International, International), (SignatureSuite.Sm, Sm) })
        {
            var certificate = await node.IssueAsync(suite: suite);
            foreach (var subject in new[] { certificate, await node.AuthorityAsync(name) })
            {
                var access = AuthorityInformationAccess.GetInstance(subject.GetExtensionParsedValue(X509Extensions.AuthorityInfoAccess)).GetAccessDescriptions();
                var issuers = new Uri(access.Single(a => a.AccessMethod.Equals(AccessDescription.IdADCAIssuers)).AccessLocation.Name.ToString()!);
                var responder = new Uri(access.Single(a => a.AccessMethod.Equals(AccessDescription.IdADOcsp)).AccessLocation.Name.ToString()!);
                var issuer = Certificates.CertificateReading.Read(await node.Public.GetByteArrayAsync(issuers));
                var id = CertificateId.Of(subject.SerialNumber, issuer, HashFunction.Sha256);
                using var answer = await node.Public.PostAsync(responder, Content(new OcspRequest([id], Nonce: null).Encode()));
                var result = OcspResponse.Read(await answer.Content.ReadAsByteArrayAsync()).Verify(new OcspExpectation(subject, issuer, time.GetUtcNow()));
                Assert.Equal(OcspCertificateStatus.Good, result.Answer!.Status);
                var points = CrlDistPoint.GetInstance(subject.GetExtensionParsedValue(X509Extensions.CrlDistributionPoints)).GetDistributionPoints();
                var crl = GeneralNames.GetInstance(points[0].DistributionPointName.Name).GetNames()[0].Name.ToString()!;
                Assert.True(Certificates.CertificatePath.IsIssuedBy(await node.CrlAsync(crl), issuer));
            }
        }
    }

    private Task<TrustNode> StartAsync(params (string Key, string Value)[] settings) => databases.StartAsync(database, time, settings);

    private async Task<OcspAnswer> AskAsync(TrustNode node, string authority, X509Certificate certificate, HashFunction hash)
    {
        var issuer = await node.AuthorityAsync(authority);
        var nonce = OcspRequest.NewNonce();
        var id = CertificateId.Of(certificate.SerialNumber, issuer, hash);
        var expectation = new OcspExpectation(certificate, issuer, time.GetUtcNow());
        var live = OcspResponse.Read(await PostAsync(node, authority, new OcspRequest([id], nonce).Encode())).Verify(expectation with { Nonce = nonce });
        var kept = OcspResponse.Read(await PostAsync(node, authority, new OcspRequest([id], Nonce: null).Encode())).Verify(expectation);
        Assert.Equal(live.Answer!.Status, kept.Answer!.Status);
        return kept.Answer;
    }

    private static async Task<X509Certificate> ResponderAsync(TrustNode node, X509Certificate certificate)
    {
        var id = CertificateId.Of(certificate.SerialNumber, await node.AuthorityAsync(International), HashFunction.Sha256);
        return OcspResponse.Read(await PostAsync(node, International, new OcspRequest([id], OcspRequest.NewNonce()).Encode())).Certificates.Single();
    }

    private static async Task<byte[]> PostAsync(TrustNode node, string authority, byte[] request)
    {
        using var response = await node.Public.PostAsync($"ocsp/{authority}", Content(request));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync();
    }

    private static ByteArrayContent Content(byte[] request) => new(request) { Headers = { ContentType = new MediaTypeHeaderValue("application/ocsp-request") } };

    private static string Path(string authority, byte[] request) => $"ocsp/{authority}/{Uri.EscapeDataString(Convert.ToBase64String(request))}";

    /// <summary>The path as it stands: .NET's client would write some of it otherwise.</summary>
    private static async Task<byte[]> RawAsync(TrustNode node, string path)
    {
        using var tcp = new System.Net.Sockets.TcpClient();
        await tcp.ConnectAsync("localhost", node.Address.Port);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost:{node.Address.Port}\r\nConnection: close\r\n\r\n"));
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer);
        var bytes = answer.ToArray();
        return bytes[(bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..];
    }

    private async Task<string> OpensslAsync(TrustNode node, X509Certificate certificate, params string[] options)
    {
        await SaveAsync(certificate, "end.pem");
        await SaveAsync(await node.AuthorityAsync(International), "issuer.pem");
        await SaveAsync(await node.AuthorityAsync("root-international"), "root.pem");
        var (_, output) = await Judge.RunAsync("openssl", [
            "ocsp", .. options, "-issuer", In("issuer.pem"), "-cert", In("end.pem"), "-url", new Uri(node.Address, $"ocsp/{International}").ToString(),
            "-CAfile", In("root.pem"), "-verify_other", In("issuer.pem")]);
        return output;
    }

    private Task SaveAsync(X509Certificate certificate, string name) => File.WriteAllTextAsync(In(name), new string(PemEncoding.Write("CERTIFICATE", certificate.GetEncoded())) + "\n");

    private string In(string name) => System.IO.Path.Combine(folder.FullName, name);
}
