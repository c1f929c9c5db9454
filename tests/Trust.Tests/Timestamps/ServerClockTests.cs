using Org.BouncyCastle.Asn1.Cmp;
using Org.BouncyCastle.Asn1.Tsp;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Tests.Clocks;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Tests.Timestamps;

/// <summary>The server stamps only while its clock is sure, and goes on when a TSA certificate nears its end.</summary>
public sealed class ServerClockTests : IDisposable
{
    private static readonly byte[] Request = new TimeStampReq(
        new MessageImprint(HashFunction.Sha256.Identifier(), new byte[32]), null, null, Org.BouncyCastle.Asn1.DerBoolean.True, null).GetDerEncoded();

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-clock-");
    private readonly AdjustableTime time = new();

    public void Dispose() => directory.Delete(recursive: true);

    [Theory]
    [InlineData(0, true)]
    [InlineData(30, false)]
    public async Task It_stamps_by_a_time_server_that_agrees_and_refuses_by_one_that_does_not(int secondsAhead, bool stamps)
    {
        using var first = new LoopbackTimeServer { Ahead = TimeSpan.FromSeconds(secondsAhead) };
        using var second = new LoopbackTimeServer { Ahead = TimeSpan.FromSeconds(secondsAhead) };
        await using var server = await StartAsync(
            ("Trust:Time:Kernel", "false"), ("Trust:Time:Servers:0", $"127.0.0.1:{first.Port}"), ("Trust:Time:Servers:1", $"localhost:{second.Port}"), ("Trust:Time:Quorum", "2"),
            ("Trust:Time:Wait", "00:00:20"));
        foreach (var path in new[] { "tsa", "tsa/sm" })
        {
            var response = await server.AskAsync(Request, path);
            Assert.Equal(stamps, response.TimeStampToken is not null);
            Assert.Equal(stamps ? null : new PkiFailureInfo(PkiFailureInfo.TimeNotAvailable), response.Status.FailInfo);
        }

        Assert.Equal(stamps ? "Healthy" : "Degraded", await server.Client.GetStringAsync(new Uri(server.Address, "health/ready")));
    }

    [Fact]
    public async Task It_refuses_after_a_leap_of_the_clock()
    {
        using var source = new LoopbackTimeServer();
        await using var server = await StartAsync(
            ("Trust:Time:Kernel", "false"), ("Trust:Time:Servers:0", $"127.0.0.1:{source.Port}"), ("Trust:Time:Accuracy", "00:00:00.900"), ("Trust:Time:Wait", "00:00:20"));
        var granted = await server.AskAsync(Request);
        Assert.Equal(TimeSpan.FromMilliseconds(900), TimestampToken.Read(granted.TimeStampToken.GetDerEncoded()).Accuracy);
        time.Ahead = TimeSpan.FromSeconds(-5);
        Assert.Equal(new PkiFailureInfo(PkiFailureInfo.TimeNotAvailable), (await server.AskAsync(Request)).Status.FailInfo);
    }

    [Fact]
    public async Task Openssl_names_the_failure()
    {
        await using var server = await StartAsync(("Trust:Time:Kernel", "false"), ("Trust:Time:Servers:0", "127.0.0.1:9"), ("Trust:Time:Wait", "00:00:00.100"));
        var file = Path.Combine(directory.FullName, "reply");
        await File.WriteAllBytesAsync(file, (await server.AskAsync(Request)).GetDerEncoded());
        Assert.Contains("time source", (await Judge.RunAsync("openssl", "ts", "-reply", "-in", file, "-text")).Output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Trust:Time:Servers:0", "no host:port:x")]
    [InlineData("Trust:Time:Quorum", "5")]
    [InlineData("Trust:Time:Accuracy", "00:00:05")]
    public async Task Wrong_settings_stop_the_start(string key, string value)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync((key, value)));
        Assert.Contains("Trust:Time", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_TSA_near_its_end_is_followed_by_a_new_one_and_old_tokens_stay_valid()
    {
        (string, string) trusted = ("Trust:Time:TrustSystemClock", "true");
        byte[] before;
        await using (var server = await StartAsync(trusted))
        {
            before = (await server.AskAsync(Request)).TimeStampToken.GetDerEncoded();
        }

        time.Ahead = TimeSpan.FromDays((4 * 365) + 30);
        await using var second = await StartAsync(trusted);
        var old = TimestampToken.Read(before);
        foreach (var (path, suite) in new[] { ("tsa", SignatureSuite.International), ("tsa/sm", SignatureSuite.Sm) })
        {
            var token = TimestampToken.Read((await second.AskAsync(Request, path)).TimeStampToken.GetDerEncoded());
            Assert.True(token.SignerCertificate.NotAfter > (time.GetUtcNow() + TimeSpan.FromDays(4 * 365)).UtcDateTime);
            Assert.False(token.SignerCertificate.GetPublicKey().Equals(old.SignerCertificate.GetPublicKey()));
            var bundle = await second.BundleAsync();
            Assert.Equal(Outcome.Passed, Check.Overall(token.VerifyDigest(HashFunction.Sha256, new byte[32], ValidationMaterial.Of(AnchorPurposes.Tsa, bundle.AnchorsFor("tsa", suite), bundle.CertificateCrls))));
        }

        var now = await second.BundleAsync();
        Assert.Equal(Outcome.Passed, Check.Overall(old.VerifyDigest(HashFunction.Sha256, new byte[32], ValidationMaterial.Of(now))));

        // Another node that joins takes the new one, and a start in the same year makes no further one.
        await using var third = await StartAsync(trusted);
        var renewed = TimestampToken.Read((await second.AskAsync(Request)).TimeStampToken.GetDerEncoded());
        var joined = TimestampToken.Read((await third.AskAsync(Request)).TimeStampToken.GetDerEncoded());
        Assert.Equal(renewed.SignerCertificate, joined.SignerCertificate);
    }

    private Task<TimestampServer> StartAsync(params (string Key, string Value)[] settings) => TimestampServer.StartAsync(directory.FullName, time, settings);
}
