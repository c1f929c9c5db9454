using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Server.Features.Console.AuditSearch;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.Identity.Server.Features.Mandates.Verifying;

namespace Yinxin.Identity.Tests.Console;

/// <summary>Every action that the code writes into the audit has words for whoever searches it, in both languages.</summary>
public sealed partial class AuditActionWordTests
{
    [Fact]
    public void Every_action_in_the_code_has_words()
    {
        HashSet<string> written = new(Enum.GetNames<MandateAct>().Select(MandateNote.ActionOf), StringComparer.Ordinal);
        List<string> strange = [];
        foreach (var file in Sources())
        {
            var source = File.ReadAllText(file);
            foreach (var found in ((Regex[])[Literals(), Constants(), Recorded(), Made()]).SelectMany(r => r.Matches(source)))
            {
                written.UnionWith(found.Groups["action"].Captures.Select(c => c.Value));
            }

            // An action that comes in another way is to be taught to this test.
            strange.AddRange(Firsts().Matches(source).Select(m => m.Groups["first"].Value.Trim()).Where(first => !Known().IsMatch(first)).Select(first => $"{Path.GetFileName(file)}: {first}"));
        }

        Assert.Empty(strange);
        Assert.True(written.Count > 100, $"{written.Count} actions found");
        Assert.Empty(written.Except(AuditActionWords.All, StringComparer.Ordinal));
    }

    private static IEnumerable<string> Sources()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Yinxin.slnx")))
        {
            directory = directory.Parent;
        }

        var server = Path.Combine(directory.FullName, "Identity", "Identity.Server");
        return ((string[])["Data", "Features"]).SelectMany(folder => Directory.EnumerateFiles(Path.Combine(server, folder), "*.cs", SearchOption.AllDirectories));
    }

    /// <summary>A name, or one of two, where an entry is made or a class has a short way to make one.</summary>
    [GeneratedRegex("""\b(AuditEntry|Note|Entry)\(\s*([^",();]*\?\s*)?"(?<action>[a-z][A-Za-z]*\.[a-z][A-Za-z]*)"(\s*:\s*"(?<action>[a-z][A-Za-z]*\.[a-z][A-Za-z]*)")?""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Literals();

    [GeneratedRegex("""const string (Action|Lookup|Searched|Recorded|Adopted|Ended) = "(?<action>[a-z][A-Za-z]*\.[a-z][A-Za-z]*)["]""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Constants();

    /// <summary>What a source answered.</summary>
    [GeneratedRegex("""\bRecordAsync\([^";]*"(?<action>[a-z][A-Za-z]*\.[a-z][A-Za-z]*)["]""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Recorded();

    [GeneratedRegex("""AuditEntry Entry\([^;"]*\bnew\(\s*"(?<action>[a-z][A-Za-z]*\.[a-z][A-Za-z]*)["]""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Made();

    [GeneratedRegex(@"\bAuditEntry\(\s*(?<first>[^,]*),", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Firsts();

    [GeneratedRegex("""^(([^"?]*\?\s*)?"[a-z][A-Za-z]*\.[a-z][A-Za-z]*"(\s*:\s*"[a-z][A-Za-z]*\.[a-z][A-Za-z]*")?|(\w+\.)?(Action|Lookup|Searched|Recorded|Adopted|Ended|action)|MandateNote\.ActionOf\(.*)$""", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 5000)]
    private static partial Regex Known();
}
