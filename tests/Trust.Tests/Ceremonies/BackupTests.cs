using System.Text.Json.Nodes;
using Xunit;

namespace Yinxin.Trust.Tests.Ceremonies;

/// <summary>A backup is the ceremony itself, for whoever has enough of its own shares.</summary>
public sealed class BackupTests : IAsyncLifetime
{
    private CeremonyDesk desk = null!;

    public async ValueTask InitializeAsync()
    {
        desk = await CeremonyDesk.SetAsync();
        desk.Init();
        desk.Demand("backup", "--directory", "@root", "--out", "@backup", "--shares", desk.Open('a'), desk.Open('b'));
    }

    public ValueTask DisposeAsync()
    {
        desk.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void What_was_restored_signs_as_the_same_roots()
    {
        Assert.Contains("2", desk.Demand("restore", "--backup", "@backup/backup.json", "--directory", "@restored", "--shares", desk.Open('b', "backup"), desk.Open('c', "backup"), "--by", "王五"), StringComparison.Ordinal);

        Assert.Equal(File.ReadAllText(desk.At("root/public/certificates/root-sm-g1.pem")), File.ReadAllText(desk.At("restored/public/certificates/root-sm-g1.pem")));
        desk.Demand("crl", "--directory", "@restored", "--shares", desk.Open('a', "backup"), desk.Open('c', "backup"));
        var journal = desk.Demand("journal", "--directory", "@restored");
        Assert.Contains("restored", journal, StringComparison.Ordinal);
        Assert.Contains("王五", journal, StringComparison.Ordinal);
        desk.Refuses("ceremony.shares.foreign", "crl", "--directory", "@restored", "--shares", desk.Open('a'), desk.Open('b'));
    }

    [Fact]
    public void Too_few_or_mixed_shares_restore_nothing()
    {
        desk.Refuses("ceremony.shares.few", "restore", "--backup", "@backup/backup.json", "--directory", "@restored", "--shares", desk.Open('a', "backup"));
        desk.Refuses("ceremony.shares.foreign", "restore", "--backup", "@backup/backup.json", "--directory", "@restored", "--shares", desk.Open('a', "backup"), desk.Open('b'));
        Assert.False(Directory.Exists(desk.At("restored")));
    }

    [Fact]
    public void A_restore_overwrites_nothing() => desk.Refuses(
        "ceremony.exists", "restore", "--backup", "@backup/backup.json", "--directory", "@root", "--shares", desk.Open('a', "backup"), desk.Open('b', "backup"));

    [Theory]
    [InlineData("ceremony.json")]
    [InlineData("journal.jsonl")]
    [InlineData("public/certificates/root-sm-g1.pem")]
    [InlineData("private/")]
    public void A_changed_backup_is_refused(string file)
    {
        var backup = JsonNode.Parse(File.ReadAllText(desk.At("backup/backup.json")))!;
        var files = backup["files"]!.AsObject();
        var name = files.First(f => f.Key.StartsWith(file, StringComparison.Ordinal)).Key;
        var content = Convert.FromBase64String((string)files[name]!);
        content[^10] ^= 1;
        files[name] = Convert.ToBase64String(content);
        File.WriteAllText(desk.At("changed.json"), backup.ToJsonString());

        desk.Refuses("ceremony.backup", "restore", "--backup", "@changed.json", "--directory", "@restored", "--shares", desk.Open('a', "backup"), desk.Open('b', "backup"));
        Assert.False(Directory.Exists(desk.At("restored")));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not JSON")]
    public void What_is_no_backup_is_refused(string content)
    {
        File.WriteAllText(desk.At("none.json"), content);
        desk.Refuses("ceremony.backup", "restore", "--backup", "@none.json", "--directory", "@restored", "--shares", desk.Open('a', "backup"), desk.Open('b', "backup"));
    }

    [Fact]
    public void A_backup_that_would_write_elsewhere_is_refused()
    {
        var backup = JsonNode.Parse(File.ReadAllText(desk.At("backup/backup.json")))!;
        backup["files"]!["../outside"] = "AA==";
        File.WriteAllText(desk.At("changed.json"), backup.ToJsonString());
        desk.Refuses("ceremony.backup", "restore", "--backup", "@changed.json", "--directory", "@restored", "--shares", desk.Open('a', "backup"), desk.Open('b', "backup"));
    }

    [Fact]
    public async Task Custodians_change_by_a_backup_for_others()
    {
        await desk.CustodianAsync("d", "-newkey", "rsa:2048", "-nodes");
        desk.Demand("backup", "--directory", "@root", "--out", "@handover", "--custodians", "@d.pem", "@a.pem", "--threshold", "2", "--shares", desk.Open('a'), desk.Open('c'));
        desk.Demand("open-share", "--share", "@handover/shares/share-1.cms.pem", "--key", "@d.key", "--out", "@d.json");
        desk.Demand("open-share", "--share", "@handover/shares/share-2.cms.pem", "--key", "@a.key", "--out", "@a.json");
        desk.Demand("restore", "--backup", "@handover/backup.json", "--directory", "@next", "--shares", "@d.json", "@a.json");
        desk.Demand("crl", "--directory", "@next", "--shares", "@a.json", "@d.json");
    }
}
