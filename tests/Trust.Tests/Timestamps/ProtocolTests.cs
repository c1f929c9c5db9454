using System.Net;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cmp;
using Org.BouncyCastle.Asn1.Tsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Tests.Timestamps;

/// <summary>RFC 3161 over HTTP by the profile of EN 319 422: what is wrong with a request is told by the protocol, what is right is judged by openssl.</summary>
public sealed class ProtocolTests : IAsyncLifetime
{
    private static readonly DerObjectIdentifier Sha256 = new("2.16.840.1.101.3.4.2.1");
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-tsa-");
    private TimestampServer server = null!;

    public static TheoryData<string, byte[], int> Refusals => new()
    {
        { "nothing", [], PkiFailureInfo.BadDataFormat },
        { "no ASN.1", [1, 2, 3], PkiFailureInfo.BadDataFormat },
        { "a length beyond the end", [0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF], PkiFailureInfo.BadDataFormat },
        { "trailing bytes", [.. Request(), 0], PkiFailureInfo.BadDataFormat },
        { "indefinite length", [0x30, 0x80, .. Request()[2..], 0, 0], PkiFailureInfo.BadDataFormat },
        { "deep nesting", [.. Enumerable.Repeat(new byte[] { 0x30, 0x80 }, 400).SelectMany(b => b)], PkiFailureInfo.BadDataFormat },
        { "too large", Request(nonce: BigInteger.One.ShiftLeft(9000)), PkiFailureInfo.BadDataFormat },
        { "a nonce of 257 bits", Request(nonce: BigInteger.One.ShiftLeft(256)), PkiFailureInfo.BadDataFormat },
        { "version 2", new DerSequence(DerInteger.ValueOf(2), Imprint(Sha256, 32)).GetDerEncoded(), PkiFailureInfo.BadRequest },
        { "an unknown element", new DerSequence(DerInteger.ValueOf(1), Imprint(Sha256, 32), new DerUtf8String("x")).GetDerEncoded(), PkiFailureInfo.BadDataFormat },
        { "a digest of 31 bytes", Request(digest: 31), PkiFailureInfo.BadDataFormat },
        { "a digest of 33 bytes", Request(digest: 33), PkiFailureInfo.BadDataFormat },
        { "SHA-1", Request("1.3.14.3.2.26", 20), PkiFailureInfo.BadAlg },
        { "MD5", Request("1.2.840.113549.2.5", 16), PkiFailureInfo.BadAlg },
        { "an unknown hash", Request("1.2.3.4"), PkiFailureInfo.BadAlg },
        { "another policy", Request(policy: "1.2.3.4"), PkiFailureInfo.UnacceptedPolicy },
        { "a critical extension", Request(extension: true), PkiFailureInfo.UnacceptedExtension },
        { "an extension", Request(extension: false), PkiFailureInfo.UnacceptedExtension },
    };

    public async ValueTask InitializeAsync() => server = await TimestampServer.StartAsync(directory.FullName, TimeProvider.System, ("Trust:Time:TrustSystemClock", "true"));

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Every_wrong_request_is_rejected_with_its_failure()
    {
        foreach (var (name, request, failure) in Refusals.Select(r => r.Data))
        {
            var response = await server.AskAsync(request);
            Assert.True(response.Status.StatusObject.HasValue((int)PkiStatus.Rejection), name);
            Assert.True(new PkiFailureInfo(failure).Equals(response.Status.FailInfo), name + ": " + response.Status.StatusString[0]);
            Assert.Null(response.TimeStampToken);
        }
    }

    [Fact]
    public async Task Openssl_reads_a_rejection()
    {
        var file = At("reply");
        await File.WriteAllBytesAsync(file, (await server.AskAsync(Request(policy: "1.2.3.4"))).GetDerEncoded());
        var (_, text) = await Judge.RunAsync("openssl", "ts", "-reply", "-in", file, "-text");
        Assert.Contains("Rejected", text, StringComparison.Ordinal);
        Assert.Contains("policy", text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("application/timestamp-query", HttpStatusCode.OK)]
    [InlineData("Application/Timestamp-Query; charset=binary", HttpStatusCode.OK)]
    [InlineData("application/timestamp-reply", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/octet-stream", HttpStatusCode.UnsupportedMediaType)]
    public async Task The_media_type_is_what_the_RFC_says(string type, HttpStatusCode status)
    {
        using var response = await server.PostAsync(Request(), "tsa", type);
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_and_another_method_are_refused_by_HTTP()
    {
        using var large = await server.PostAsync(new byte[5000], "tsa", "application/timestamp-query");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using var get = await server.Client.GetAsync(new Uri(server.Address, "tsa"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
    }

    [Theory]
    [InlineData("tsa")]
    [InlineData("tsa/sm")]
    public async Task A_token_is_as_the_profile_wants_it(string path)
    {
        var nonce = new BigInteger("123456789abcdef0", 16);
        var response = await server.AskAsync(Request(nonce: nonce), path);
        var token = Cms.CmsReading.Read(response.TimeStampToken.GetDerEncoded());
        var info = TstInfo.GetInstance(token.Content);

        Assert.Equal(nonce, info.Nonce.Value);
        Assert.Equal(BigInteger.One, info.Accuracy.Seconds.Value);
        Assert.Null(info.Ordering is { IsTrue: true } ? info : null);
        Assert.Null(info.Extensions);
        Assert.Equal(TimestampAuthority.Policy, info.Policy);
        Assert.True(X509Name.GetInstance(info.Tsa.Name).Equivalent(token.SignerCertificate.SubjectDN, inOrder: true));
        Assert.EndsWith("Z", info.GenTime.TimeString, StringComparison.Ordinal);
        var usage = token.SignerCertificate.CertificateStructure.TbsCertificate.Extensions.GetExtension(X509Extensions.ExtendedKeyUsage);
        Assert.True(usage.IsCritical);
        Assert.Equal([KeyPurposeID.id_kp_timeStamping], ExtendedKeyUsage.GetInstance(usage.GetParsedValue()).GetAllUsages());
    }

    [Fact]
    public async Task Certificates_are_inside_only_when_asked_for()
    {
        var without = Org.BouncyCastle.Asn1.Cms.SignedData.GetInstance((await server.AskAsync(Request(certificates: false))).TimeStampToken.Content);
        Assert.Null(without.Certificates);
        var with = Org.BouncyCastle.Asn1.Cms.SignedData.GetInstance((await server.AskAsync(Request())).TimeStampToken.Content);
        Assert.Equal(2, with.Certificates.Count);
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("sha384")]
    [InlineData("sha512")]
    [InlineData("sha3-256")]
    [InlineData("sha3-384")]
    [InlineData("sha3-512")]
    [InlineData("sm3")]
    public async Task Openssl_accepts_tokens_over_each_digest_and_our_own_reading_too(string digest)
    {
        await File.WriteAllTextAsync(At("data"), "印信");
        await DemandAsync("ts", "-query", "-data", At("data"), "-" + digest, "-cert", "-out", At("query"));
        var response = await server.AskAsync(await File.ReadAllBytesAsync(At("query")));
        await File.WriteAllBytesAsync(At("reply"), response.GetDerEncoded());
        foreach (var name in new[] { "root", "tsa" })
        {
            await File.WriteAllBytesAsync(At(name + ".cer"), await server.Client.GetByteArrayAsync(new Uri(server.Address, $"ca/{name}-international.cer")));
            await DemandAsync("x509", "-inform", "DER", "-in", At(name + ".cer"), "-out", At(name + ".pem"));
        }

        await DemandAsync("ts", "-verify", "-queryfile", At("query"), "-in", At("reply"), "-CAfile", At("root.pem"), "-untrusted", At("tsa.pem"));
        await File.WriteAllTextAsync(At("data"), "印信!");
        Assert.NotEqual(0, (await Judge.RunAsync("openssl", "ts", "-verify", "-data", At("data"), "-in", At("reply"), "-CAfile", At("root.pem"), "-untrusted", At("tsa.pem"))).ExitCode);

        var bundle = await server.BundleAsync();
        var token = TimestampToken.Read(response.TimeStampToken.GetDerEncoded());
        var anchors = bundle.AnchorsFor("tsa", SignatureSuite.International);
        Assert.Equal(Outcome.Passed, Check.Overall(token.Verify("印信"u8, ValidationMaterial.Of(AnchorPurposes.Tsa, anchors, bundle.CertificateCrls))));
        Assert.Equal(Outcome.Failed, Check.Overall(token.Verify("印信!"u8, ValidationMaterial.Of(AnchorPurposes.Tsa, anchors, bundle.CertificateCrls))));
    }

    [Fact]
    public async Task Serials_of_two_nodes_that_stamp_at_once_are_all_different()
    {
        await using var second = await TimestampServer.StartAsync(directory.FullName, TimeProvider.System, ("Trust:Time:TrustSystemClock", "true"));
        var request = Request(certificates: false);
        var serials = await Task.WhenAll(Enumerable.Range(0, 400).Select(async i =>
        {
            var response = await (i % 2 == 0 ? server : second).AskAsync(request, i % 4 < 2 ? "tsa" : "tsa/sm");
            var content = Org.BouncyCastle.Asn1.Cms.SignedData.GetInstance(response.TimeStampToken.Content).EncapContentInfo.Content;
            return TstInfo.GetInstance(Asn1OctetString.GetInstance(content).GetOctets()).SerialNumber.Value;
        }));
        Assert.Equal(serials.Length, serials.Distinct().Count());
        Assert.All(serials, s => Assert.InRange(s.BitLength, 64, 160));
    }

    private static byte[] Request(string hash = "2.16.840.1.101.3.4.2.1", int digest = 32, string? policy = null, BigInteger? nonce = null, bool? extension = null, bool certificates = true)
    {
        var extensions = extension is { } critical ? new X509Extensions(new Dictionary<DerObjectIdentifier, X509Extension> { [new DerObjectIdentifier("1.2.3.4.5")] = new(critical, new DerOctetString([5, 0])) }) : null;
        return new TimeStampReq(
            Imprint(new DerObjectIdentifier(hash), digest), policy is null ? null : new DerObjectIdentifier(policy), nonce is null ? null : new DerInteger(nonce),
            certificates ? DerBoolean.True : null, extensions).GetDerEncoded();
    }

    private static MessageImprint Imprint(DerObjectIdentifier hash, int length) => new(new AlgorithmIdentifier(hash), new byte[length]);

    private static async Task DemandAsync(params string[] arguments)
    {
        var (exit, output) = await Judge.RunAsync("openssl", arguments);
        Assert.True(exit == 0, output);
    }

    private string At(string name) => Path.Combine(directory.FullName, name);
}
