using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Policy;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>The table «account × sign-in → acr» of <c>Identity/README.md</c>, read from that page and compared with the policy that comes with the product.</summary>
public sealed partial class SignInTableTests
{
    private static readonly AssurancePolicy Policy = new(AssurancePolicyReading.Read(AssurancePolicies.BuiltIn()));

    public static TheoryData<string, string, string> Lines()
    {
        TheoryData<string, string, string> lines = [];
        var rows = File.ReadAllLines(ReadMe()).SkipWhile(l => !l.StartsWith("| shown in the session (`amr`)", StringComparison.Ordinal)).Skip(2).TakeWhile(l => l.StartsWith('|'));
        foreach (var cells in rows.Select(row => row.Split('|', StringSplitOptions.TrimEntries)))
        {
            lines.Add(string.Join(' ', System.Text.RegularExpressions.Regex.Matches(cells[1], "`(?<m>[a-z]+)`", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Select(m => m.Groups["m"].Value)), cells[2], cells[3]);
        }

        return lines;
    }

    [Fact]
    public void The_page_has_the_table() => Assert.True(Lines().Count >= 8);

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_of_the_page_is_what_the_policy_says(string methods, string ofPrimary, string ofIntermediate)
    {
        string[] shown = methods.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ofPrimary, AssuranceNames.Name(Policy.OfSession(AssuranceLevel.Primary, shown, null)));
        Assert.Equal(ofIntermediate, AssuranceNames.Name(Policy.OfSession(AssuranceLevel.Intermediate, shown, null)));
        Assert.Equal("none", AssuranceNames.Name(Policy.OfSession(AssuranceLevel.None, shown, null)));
    }

    [Fact]
    public void More_shown_is_never_less()
    {
        string[] all = ["pwd", "sms", "otp", "mfa", "hwk", "swk", "user", "face", "qr"];
        for (var set = 0; set < 1 << all.Length; set++)
        {
            var shown = all.Where((_, i) => (set & (1 << i)) != 0).ToList();
            foreach (var further in all)
            {
                Assert.True(Policy.OfSignIn([.. shown, further]) >= Policy.OfSignIn(shown), string.Join(' ', shown) + " + " + further);
            }
        }
    }

    [Theory]
    [InlineData("person", "primary")]
    [InlineData("person", "intermediate")]
    [InlineData("organisation", "primary")]
    [InlineData("organisation", "intermediate")]
    public void A_level_of_the_page_demands_what_the_policy_demands(string subject, string level)
    {
        var row = Assert.Single(File.ReadAllLines(ReadMe()), l => l.StartsWith($"| {subject} | {level} |", StringComparison.Ordinal));
        var page = row.Split('|', StringSplitOptions.TrimEntries)[3].Split(" and ").Select(group => Kinds().Matches(group).Select(m => m.Groups["kind"].Value)).Select(Sorted).Where(g => g.Length > 0);
        using var policy = JsonDocument.Parse(AssurancePolicies.BuiltIn());
        var groups = policy.RootElement.GetProperty(subject).GetProperty(level).EnumerateArray().Select(g => Sorted(g.EnumerateArray().Select(k => k.GetString()!)));
        Assert.Equal(groups, page);

        static string Sorted(IEnumerable<string> kinds) => string.Join(' ', kinds.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("`(?<kind>[a-z-]+)`", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Kinds();

    private static string ReadMe()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Yinxin.slnx")))
        {
            directory = directory.Parent;
        }

        return Path.Combine(directory.FullName, "Identity", "README.md");
    }
}
