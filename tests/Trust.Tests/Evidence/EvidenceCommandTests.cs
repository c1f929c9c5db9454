using System.CommandLine;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Cli;
using Yinxin.Trust.Evidence;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Tests.Timestamps;

namespace Yinxin.Trust.Tests.Evidence;

/// <summary>The commands against a running TSA of each suite.</summary>
public sealed class EvidenceCommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-evidence-");
    private readonly AdjustableTime time = new();
    private TimestampServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TimestampServer.StartAsync(At("data"), time, ("Trust:Time:TrustSystemClock", "true"));
        await File.WriteAllTextAsync(At("one"), "一");
        await File.WriteAllTextAsync(At("two"), "二");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData("tsa", "sha256", "sha512")]
    [InlineData("tsa/sm", "sm3", "sha3-256")]
    public async Task Files_get_records_that_are_renewed_and_verified(string tsa, string first, string next)
    {
        var address = new Uri(server.Address, tsa).ToString();
        Assert.Equal(0, await RunAsync("create", "--tsa", address, "--hash", first, At("one"), At("two")));
        Assert.Equal(0, await VerifyAsync("one", "two"));
        time.Ahead = TimeSpan.FromMinutes(1);
        Assert.Equal(0, await RunAsync("renew", "--tsa", address, At("one"), At("two")));
        time.Ahead = TimeSpan.FromMinutes(2);
        Assert.Equal(0, await RunAsync("renew", "--tsa", address, "--hash", next, At("one"), At("two")));
        Assert.Equal(0, await VerifyAsync("one", "two"));

        await File.AppendAllTextAsync(At("two"), "!");
        Assert.Equal(1, await VerifyAsync("one", "two"));
        Assert.Equal(2, await RunAsync("renew", "--tsa", address, "--hash", "sha384", At("two")));
        Assert.Equal(2, await RunAsync("create", "--tsa", address, At("one")));
        Assert.Equal(2, await VerifyAsync("three"));
    }

    [Fact]
    public async Task Verify_knows_until_when_algorithms_are_relied_on_and_whether_the_renewal_came_before()
    {
        using var archive = new Archive();
        On(2027);
        var record = await EvidenceRecords.CreateAsync([[EvidenceDocument.File(At("one"))]], HashFunction.Sha256, archive.Tsa(SignatureSuite.International, SignatureAlgorithm.Rs256), default);
        Assert.Equal(0, await VerifiedAsync(record[0]));

        // RSASSA-PKCS1-v1_5 ends with 2028.
        On(2029);
        Assert.Equal(1, await VerifiedAsync(record[0]));
        var late = await EvidenceRecords.RenewTimestampsAsync(record, archive.Tsa(SignatureSuite.International), default);
        Assert.Equal(1, await VerifiedAsync(late[0]));
        On(2028);
        var renewed = await EvidenceRecords.RenewTimestampsAsync(record, archive.Tsa(SignatureSuite.International), default);
        On(2029);
        Assert.Equal(0, await VerifiedAsync(renewed[0]));

        void On(int year) => time.Ahead = archive.Time.Ahead = new DateTimeOffset(year, 2, 1, 0, 0, 0, TimeSpan.Zero) - TimeProvider.System.GetUtcNow();

        async Task<int> VerifiedAsync(EvidenceRecord made)
        {
            await File.WriteAllBytesAsync(At("one.ers"), made.Encode());
            await File.WriteAllBytesAsync(At("decades.json"), archive.Bundle().ToJson());
            return await RunAsync("verify", "--bundle", At("decades.json"), At("one"));
        }
    }

    [Fact]
    public async Task A_TSA_that_is_not_there_leaves_nothing()
    {
        Assert.Equal(2, await RunAsync("create", "--tsa", FormattableString.Invariant($"http://localhost:{FreePort.Next()}/tsa"), At("one")));
        Assert.False(File.Exists(At("one.ers")));
    }

    private async Task<int> VerifyAsync(params string[] names)
    {
        await File.WriteAllBytesAsync(At("bundle.json"), (await server.BundleAsync()).ToJson());
        return await RunAsync(["verify", "--bundle", At("bundle.json"), .. names.Select(At)]);
    }

    private async Task<int> RunAsync(params string[] arguments) =>
        await TrustCommand.Create(time).Parse(["evidence", .. arguments]).InvokeAsync(new InvocationConfiguration { Output = TextWriter.Null, Error = TextWriter.Null }, TestContext.Current.CancellationToken);

    private string At(string name) => Path.Combine(directory.FullName, name);
}
