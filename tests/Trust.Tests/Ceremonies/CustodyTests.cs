using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Xunit;

namespace Yinxin.Trust.Tests.Ceremonies;

/// <summary>Any two of three open the roots, one never does; every share that is not right is named.</summary>
public sealed class CustodyTests : IAsyncLifetime
{
    private CeremonyDesk desk = null!;

    public async ValueTask InitializeAsync()
    {
        desk = await CeremonyDesk.SetAsync();
        desk.Init();
    }

    public ValueTask DisposeAsync()
    {
        desk.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData('a', 'b')]
    [InlineData('a', 'c')]
    [InlineData('c', 'b')]
    public void Any_two_custodians_open_the_roots(char first, char second) =>
        desk.Demand("crl", "--directory", "@root", "--shares", desk.Open(first), desk.Open(second));

    [Fact]
    public void One_custodian_does_not_and_neither_does_one_twice()
    {
        desk.Refuses("ceremony.shares.few", "crl", "--directory", "@root", "--shares", desk.Open('a'));
        desk.Refuses("ceremony.shares.few", "crl", "--directory", "@root", "--shares", desk.Open('a'), desk.Open('a'));
    }

    [Fact]
    public async Task Openssl_opens_a_share_of_each_kind_of_key_and_not_with_anothers()
    {
        foreach (var (number, name) in new[] { (1, "a"), (2, "b"), (3, "c") })
        {
            await desk.Openssl("cms", "-decrypt", "-inform", "PEM", "-in", desk.At($"root/shares/share-{number}.cms.pem"), "-inkey", desk.At(name + ".key"), "-passin", "pass:open sesame", "-out", desk.At($"by-openssl-{number}"));
        }

        desk.Demand("crl", "--directory", "@root", "--shares", "@by-openssl-2", "@by-openssl-3");
        desk.Refuses("ceremony.shares.changed", "open-share", "--share", "@root/shares/share-1.cms.pem", "--key", "@b.key", "--out", "@none");
        desk.Refuses("ceremony.shares.changed", "open-share", "--share", "@root/shares/share-2.cms.pem", "--key", "@a.key", "--out", "@none");
        desk.Refuses("ceremony.custodian", "open-share", "--share", "@root/shares/share-3.cms.pem", "--key", "@c.key", "--out", "@none");
    }

    [Fact]
    public void A_changed_share_is_named()
    {
        var share = JsonNode.Parse(File.ReadAllText(desk.At(desk.Open('a')[1..])))!;
        var secret = Convert.FromBase64String((string)share["secret"]!);
        secret[0] ^= 1;
        share["secret"] = Convert.ToBase64String(secret);
        File.WriteAllText(desk.At("changed.json"), share.ToJsonString());
        desk.Refuses("ceremony.shares.changed", "crl", "--directory", "@root", "--shares", "@changed.json", desk.Open('b'));
        File.WriteAllText(desk.At("changed.json"), "{}");
        desk.Refuses("ceremony.shares.changed", "crl", "--directory", "@root", "--shares", "@changed.json", desk.Open('b'));
    }

    [Fact]
    public void A_share_under_another_number_is_refused()
    {
        var share = JsonNode.Parse(File.ReadAllText(desk.At(desk.Open('a')[1..])))!;
        share["number"] = 3;
        File.WriteAllText(desk.At("renumbered.json"), share.ToJsonString());
        desk.Refuses("ceremony.shares.changed", "crl", "--directory", "@root", "--shares", "@renumbered.json", desk.Open('a'));
    }

    [Fact]
    public void A_share_of_another_ceremony_is_refused()
    {
        desk.Init("@other");
        desk.Refuses("ceremony.shares.foreign", "crl", "--directory", "@root", "--shares", desk.Open('a'), desk.Open('b', "other"));
    }

    [Fact]
    public async Task Custodians_who_cannot_receive_a_share_are_refused_and_leave_nothing_behind()
    {
        await desk.CustodianAsync("weak", "-newkey", "rsa:1024", "-nodes");
        await desk.CustodianAsync("signing", "-newkey", "rsa:2048", "-nodes", "-addext", "keyUsage=critical,digitalSignature");
        await desk.CustodianAsync("koblitz", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1", "-nodes");
        foreach (var (code, second, threshold) in new[]
        {
            ("ceremony.custodian", "@weak.pem", "2"), ("ceremony.custodian", "@signing.pem", "2"), ("ceremony.custodian", "@koblitz.pem", "2"), ("ceremony.custodian", "@a.pem", "2"),
            ("ceremony.custodian", "@a.key", "2"), ("ceremony.threshold", "@b.pem", "1"), ("ceremony.threshold", "@b.pem", "3"),
        })
        {
            desk.Refuses(code, "init", "--directory", "@new", "--custodians", "@a.pem", second, "--threshold", threshold, "--address", CeremonyDesk.Address);
        }

        desk.Time.Ahead = TimeSpan.FromDays(31);
        desk.Refuses("ceremony.custodian", "init", "--directory", "@new", "--custodians", "@a.pem", "@b.pem", "--threshold", "2", "--address", CeremonyDesk.Address);
        Assert.Empty(Directory.GetDirectories(desk.At("."), "new*"));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Nothing_is_overwritten_and_everything_is_for_its_owner_alone()
    {
        desk.Refuses("ceremony.exists", "init", "--directory", "@root", "--custodians", "@a.pem", "@b.pem", "--threshold", "2", "--address", CeremonyDesk.Address);
        desk.Open('a');
        desk.Refuses("ceremony.exists", "open-share", "--share", "@root/shares/share-1.cms.pem", "--key", "@a.key", "--out", "@root-a.json");
        var files = Directory.GetFiles(desk.At("root"), "*", SearchOption.AllDirectories).Append(desk.At("root-a.json"));
        Assert.All(files, f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
        Assert.All(Directory.GetDirectories(desk.At("root"), "*", SearchOption.AllDirectories), d => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(d)));
    }

    [Fact]
    public void A_wrong_address_is_wrong_use()
    {
        Assert.NotEqual(0, desk.Run("init", "--directory", "@new", "--custodians", "@a.pem", "@b.pem", "--threshold", "2", "--address", "ftp://x").Exit);
        Assert.False(Directory.Exists(desk.At("new")));
    }
}
