using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Xunit;

namespace Yinxin.EndToEnd.Browsing;

/// <summary>WCAG 2.2 AA as far as a program can judge it (axe-core).</summary>
internal static class Accessibility
{
    private static readonly AxeRunOptions Rules = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
    };

    public static async Task AssertNoViolationAsync(this Visitor visitor, string page)
    {
        var result = await visitor.Page.RunAxe(Rules);
        Assert.True(result.Violations.Length == 0, page + ": " + string.Join("\n", result.Violations.Select(v =>
            $"{v.Id} ({v.Impact}): {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}")));
    }
}
