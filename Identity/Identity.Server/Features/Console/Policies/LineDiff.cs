namespace Yinxin.Identity.Server.Features.Console.Policies;

/// <summary>One line of a comparison.</summary>
/// <param name="Mark"><c>-</c> only in the former, <c>+</c> only in the latter, a blank in both.</param>
internal sealed record DiffLine(char Mark, string Text);

/// <summary>What two texts have in common line by line: their longest common subsequence. A policy has a few hundred lines at most, so the plain table is quick enough.</summary>
internal static class LineDiff
{
    public static IReadOnlyList<DiffLine> Of(string former, string latter)
    {
        var (a, b) = (former.Split('\n'), latter.Split('\n'));
        var common = new int[a.Length + 1, b.Length + 1];
        for (var i = a.Length - 1; i >= 0; i--)
        {
            for (var j = b.Length - 1; j >= 0; j--)
            {
                common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        List<DiffLine> lines = [];
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            if (i < a.Length && j < b.Length && a[i] == b[j])
            {
                lines.Add(new DiffLine(' ', a[i]));
                (i, j) = (i + 1, j + 1);
            }
            else if (j == b.Length || (i < a.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                lines.Add(new DiffLine('-', a[i++]));
            }
            else
            {
                lines.Add(new DiffLine('+', b[j++]));
            }
        }

        return lines;
    }
}
