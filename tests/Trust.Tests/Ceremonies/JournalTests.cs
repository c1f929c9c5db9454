using Xunit;

namespace Yinxin.Trust.Tests.Ceremonies;

/// <summary>Whatever is done to the journal or to a file behind its back shows at the next step.</summary>
public sealed class JournalTests : IAsyncLifetime
{
    private CeremonyDesk desk = null!;

    public async ValueTask InitializeAsync()
    {
        desk = await CeremonyDesk.SetAsync();
        desk.Init();
        desk.Demand("crl", "--directory", "@root", "--shares", desk.Open('a'), desk.Open('b'), "--by", "赵六");
    }

    public ValueTask DisposeAsync()
    {
        desk.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void It_tells_who_did_what()
    {
        var journal = desk.Demand("journal", "--directory", "@root");
        Assert.Contains("张三, 李四: settings=", journal, StringComparison.Ordinal);
        Assert.Contains("赵六: splitting=", journal, StringComparison.Ordinal);
        Assert.Contains("file=public/crls/root-sm-g1.crl", journal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_removed_added_or_swapped_line_breaks_it()
    {
        var lines = File.ReadAllLines(desk.At("root/journal.jsonl"));
        for (var i = 0; i < lines.Length; i++)
        {
            Breaks([.. lines[..i], lines[i].Replace("20", "19", StringComparison.Ordinal), .. lines[(i + 1)..]]);
            Breaks([.. lines[..i], lines[i], .. lines[i..]]);
            if (i < lines.Length - 1)
            {
                Breaks([.. lines[..i], .. lines[(i + 1)..]]);
                Breaks([.. lines[..i], lines[i + 1], lines[i], .. lines[(i + 2)..]]);
            }
        }

        void Breaks(string[] changed)
        {
            File.WriteAllText(desk.At("root/journal.jsonl"), string.Join('\n', changed) + "\n");
            var (exit, _, errors) = desk.Run("journal", "--directory", "@root");
            Assert.Equal(1, exit);
            Assert.StartsWith("ceremony.", errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\"by\":[", "\"by\":[null,")]
    [InlineData("\"details\":{", "\"details\":{\"nothing\":null,")]
    [InlineData("\"step\":", "\"step\":\"begun\",\"step\":")]
    public void A_last_line_that_says_nothing_or_two_things_at_once_breaks_it(string member, string changed)
    {
        var lines = File.ReadAllLines(desk.At("root/journal.jsonl"));
        lines[^1] = lines[^1].Replace(member, changed, StringComparison.Ordinal);
        File.WriteAllText(desk.At("root/journal.jsonl"), string.Join('\n', lines) + "\n");
        desk.Refuses("ceremony.journal", "journal", "--directory", "@root");
    }

    [Fact]
    public void A_rewritten_journal_lacks_the_roots_signature()
    {
        var lines = File.ReadAllLines(desk.At("root/journal.jsonl"));
        var rewritten = new Trust.Ceremonies.Journal.CeremonyJournal();
        foreach (var entry in Trust.Ceremonies.Journal.CeremonyJournal.Parse(File.ReadAllBytes(desk.At("root/journal.jsonl"))).Entries)
        {
            rewritten.Add(entry.At, ["somebody else"], entry.Step, entry.Details);
        }

        Assert.Equal(lines.Length, rewritten.Entries.Count);
        File.WriteAllBytes(desk.At("root/journal.jsonl"), rewritten.ToBytes());
        desk.Refuses("ceremony.journal", "journal", "--directory", "@root");
    }

    [Fact]
    public void A_journal_that_was_cut_lacks_the_head_on_paper()
    {
        var head = desk.Demand("journal", "--directory", "@root").TrimEnd()[^64..];
        desk.Demand("journal", "--directory", "@root", "--head", head);
        desk.Demand("crl", "--directory", "@root", "--shares", desk.Open('a'), desk.Open('b'));
        desk.Demand("journal", "--directory", "@root", "--head", head);
        desk.Refuses("ceremony.journal", "journal", "--directory", "@root", "--head", new string('0', 63) + "1");
    }

    [Theory]
    [InlineData("public/certificates/root-sm-g1.pem")]
    [InlineData("public/crls/root-international-g1.crl")]
    [InlineData("custody.json")]
    [InlineData("ceremony.json")]
    public void A_changed_or_missing_file_shows(string file)
    {
        var content = File.ReadAllBytes(desk.At("root/" + file));
        content[^2] ^= 1;
        File.WriteAllBytes(desk.At("root/" + file), content);
        desk.Refuses("ceremony.directory", "journal", "--directory", "@root");
        File.Delete(desk.At("root/" + file));
        desk.Refuses("ceremony.directory", "journal", "--directory", "@root");
    }

    [Fact]
    public void A_certificate_that_nobody_issued_shows()
    {
        File.Copy(desk.At("a.pem"), desk.At("root/public/certificates/documents-sm.pem"));
        desk.Refuses("ceremony.directory", "journal", "--directory", "@root");
    }

    [Fact]
    public void A_clock_that_went_back_stops_everything()
    {
        desk.Time.Ahead = TimeSpan.FromDays(-1);
        desk.Refuses("ceremony.journal", "crl", "--directory", "@root", "--shares", desk.Open('a'), desk.Open('b'));
    }

    [Fact]
    public void A_change_that_a_crash_interrupted_is_finished_or_forgotten()
    {
        var (place, pending) = (desk.At("root"), desk.At("root/pending"));
        Directory.CreateDirectory(pending + "/public/crls");
        File.WriteAllText(pending + "/public/crls/root-sm-g1.crl", "half");
        desk.Demand("journal", "--directory", "@root");
        Assert.False(Directory.Exists(pending));

        // As a crash between the mark and the moves leaves it: the old files in place, the new ones beside.
        var before = Directory.GetFiles(place, "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(place, f), File.ReadAllBytes);
        desk.Demand("crl", "--directory", "@root", "--shares", desk.Open('a'), desk.Open('b'));
        foreach (var name in new[] { "journal.jsonl", "public/crls/root-sm-g1.crl", "public/crls/root-international-g1.crl" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(pending, name))!);
            File.Move(Path.Combine(place, name), Path.Combine(pending, name));
            File.WriteAllBytes(Path.Combine(place, name), before[name]);
        }

        File.WriteAllText(pending + "/complete", "");
        Assert.Contains("共 15 行", desk.Demand("journal", "--directory", "@root"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(pending));
    }
}
