using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Yinxin.Architecture.Tests.Sources;

/// <summary>What may lie in the tree, and how it is written.</summary>
public sealed partial class SourceTests
{
    private static readonly string[] TopFolders = ["Identity", "Trust", "Seal", "License", "Portal", "tests", "certs", ".ci", ".config"];

    private static readonly string[] TextEndings =
        [".cs", ".cshtml", ".csproj", ".props", ".targets", ".slnx", ".json", ".md", ".css", ".js", ".mjs", ".sh", ".lua", ".yml", ".txt", ".npmrc", ".config", ".html", ""];

    [Fact]
    public void The_top_level_holds_the_agreed_folders()
    {
        var folders = Repository.Files().Where(f => f.Contains('/', StringComparison.Ordinal)).Select(f => f[..f.IndexOf('/', StringComparison.Ordinal)]).Distinct(StringComparer.Ordinal);

        Assert.Empty(folders.Except(TopFolders));
    }

    [Fact]
    public void Folders_are_named_by_the_domain()
    {
        string[] vague = ["Services", "Helpers", "Managers", "Utils", "Common", "Core"];

        Assert.DoesNotContain(Repository.Files(), f => f.EndsWith(".cs", StringComparison.Ordinal) && f.Split('/').Intersect(vague, StringComparer.Ordinal).Any());
    }

    [Fact]
    public void Namespaces_are_used_in_their_order_System_first()
    {
        var files = Repository.Files().Where(f => f.EndsWith(".cs", StringComparison.Ordinal) && !f.Contains("/Migrations/", StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => Uses(file) is var uses && !uses.SequenceEqual(uses.OrderBy(Rank).ThenBy(Words, StringComparer.OrdinalIgnoreCase), StringComparer.Ordinal));

        static List<string> Uses(string file) => [.. Read(file).Split('\n').TakeWhile(line => !line.StartsWith("namespace", StringComparison.Ordinal)).Select(line => Using().Match(line)).Where(m => m.Success).Select(m => m.Groups["name"].Value)];

        static int Rank(string name) => name == "System" || name.StartsWith("System.", StringComparison.Ordinal) ? 0 : 1;

        // Word by word: a namespace comes before what it holds, and what it holds before its neighbours.
        static string Words(string name) => name.Replace('.', '\u0001');
    }

    [Fact]
    public void Nothing_is_left_undone()
    {
        // Put together here, so that this file is not its own finding.
        var marks = new Regex($@"\b(TO{"DO"}|FIX{"ME"}|Not{"Implemented"}Exception)\b", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));

        Assert.Empty(Findings(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".cshtml", StringComparison.Ordinal), marks));
    }

    [Fact]
    public void No_page_shows_Chinese_without_its_English()
    {
        var pages = Repository.Files().Where(f => f.EndsWith(".cshtml", StringComparison.Ordinal));
        var lonely = pages.SelectMany(page => Han().Matches(WithoutBilingual(Read(page))).Select(m => $"{page}: {m.Value}"));

        Assert.Empty(lonely);
    }

    [Fact]
    public void No_lock_file_names_a_registry() =>
        Assert.Empty(Findings(
            f => Path.GetFileName(f) is "package-lock.json" or "packages.lock.json" or ".npmrc" or "nuget.config" or "NuGet.config",
            new Regex("\"resolved\":\\s*\"https?:|registry\\s*=|<add key=.*https?:", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5))));

    [Fact]
    public void No_file_knows_the_machine_it_was_written_on()
    {
        var paths = new Regex($@"(?<![\w.$}}])/(work|root|home/\w+)/[\w.]|\.lib{"rary"}/", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));

        Assert.Empty(Findings(f => TextEndings.Contains(Path.GetExtension(f)), paths));
    }

    [Fact]
    public void No_private_key_is_kept() =>
        Assert.Empty(Findings(
            f => !f.EndsWith(".cs", StringComparison.Ordinal),
            new Regex("-----BEGIN (EC |RSA |ENCRYPTED )?PRIVATE KEY-----", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5))));

    [GeneratedRegex("^using (?<name>[A-Za-z0-9_.]+);$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Using();

    private static IEnumerable<string> Findings(Func<string, bool> which, Regex what) =>
        Repository.Files().Where(which).SelectMany(file => what.Matches(Read(file)).Select(m => $"{file}: {m.Value}"));

    private static string WithoutBilingual(string page) => LanguageChoice().Replace(Localised().Replace(Comment().Replace(page, ""), ""), "");

    private static string Read(string file) => File.ReadAllText(Repository.Full(file), Encoding.UTF8);

    /// <summary>A run of Chinese characters. The sample city's bodies keep their one official name in both languages.</summary>
    [GeneratedRegex(@"(?<!\p{IsCJKUnifiedIdeographs})(?!样例市\p{IsCJKUnifiedIdeographs})\p{IsCJKUnifiedIdeographs}+", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Han();

    /// <summary>A text in both languages: <c>Of("中文", "English")</c>, plain, interpolated or verbatim; the English part may not be empty.</summary>
    [GeneratedRegex("""\bOf\(\s*\$?"(?:[^"\\]|\\.)*"\s*,\s*\$?"(?:[^"\\]|\\.)+"\s*\)""", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Localised();

    /// <summary>A language's own name on the link that chooses it.</summary>
    [GeneratedRegex("""<a [^>]*\bhreflang="zh-CN"[^>]*>中文</a>""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex LanguageChoice();

    [GeneratedRegex(@"@\*.*?\*@", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Comment();
}
