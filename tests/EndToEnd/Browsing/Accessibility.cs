using Deque.AxeCore.Commons;
using Xunit;

namespace Yinxin.EndToEnd.Browsing;

/// <summary>
/// WCAG 2.2 AA as far as a program can judge it (axe-core), in the page itself: the package's own runner opens a second page for each verdict and carries every element over that passed,
/// which takes three times as long; it does so for the sake of frames, of which no page has any.
/// </summary>
internal static class Accessibility
{
    private const string Judge = """
        async () => {
            const { violations } = await axe.run(document, {
                runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
                resultTypes: ['violations'],
            });
            return violations.map(v => `${v.id} (${v.impact}): ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html).join(' | ')}`).join('\n');
        }
        """;

    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    public static async Task AssertNoViolationAsync(this Visitor visitor, string page)
    {
        Assert.Single(visitor.Page.Frames);
        await visitor.Page.EvaluateAsync(Script);
        var violations = await visitor.Page.EvaluateAsync<string>(Judge);
        Assert.True(violations.Length == 0, page + ": " + violations);
    }
}
