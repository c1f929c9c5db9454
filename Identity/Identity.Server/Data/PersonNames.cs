using System.Text;

namespace Yinxin.Identity.Server.Data;

/// <summary>The one form under which a name is searched, so that spaces, half and full width, and the many dots in names of minorities make no difference.</summary>
internal static class PersonNames
{
    /// <summary>U+00B7 is the dot of GB 18030's names; the others are what keyboards give in its place.</summary>
    private const string Dots = "•‧∙⋅・･●．.";

    public static string Normalise(string typed)
    {
        var text = new StringBuilder(typed.Length);
        foreach (var character in TypedText.Normalise(typed).ToUpperInvariant())
        {
            if (!char.IsWhiteSpace(character))
            {
                text.Append(Dots.Contains(character, StringComparison.Ordinal) ? '·' : character);
            }
        }

        return text.ToString();
    }
}
