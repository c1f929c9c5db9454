namespace Yinxin.License.Layout;

/// <summary>Breaks text into lines as Chinese typesetting does: anywhere but before closing punctuation.</summary>
internal static class TextFlow
{
    private const string NotAtStart = "，。、；：！？）》」』”’％";

    /// <summary>Width of a text in ems: a full-width letter is one, a half-width one about half.</summary>
    public static float Ems(string text) => text.EnumerateRunes().Sum(r => r.Value < 0x2E80 ? 0.56f : 1f);

    public static List<string> Break(string text, float widthInEms)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var rune in text.EnumerateRunes().Select(r => r.ToString()))
        {
            if (line.Length > 0 && Ems(line + rune) > widthInEms && !NotAtStart.Contains(rune, StringComparison.Ordinal))
            {
                lines.Add(line);
                line = "";
            }

            line += rune;
        }

        lines.Add(line);
        return lines;
    }
}
