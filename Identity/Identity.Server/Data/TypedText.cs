using System.Text;

namespace Yinxin.Identity.Server.Data;

/// <summary>
/// What people and files give us as text, in the one form that is compared. <see cref="string.Normalize()"/> throws for U+FFFE and for half a surrogate pair, and PostgreSQL for NUL:
/// from a browser they are a wrong code or an unknown name like any other, so they are read as a lost character.
/// </summary>
internal static class TypedText
{
    private const char Lost = '\uFFFD';

    /// <summary>Compatibility form (NFKC): full width, ligatures and the like make no difference.</summary>
    public static string Normalise(string typed) =>
        Sound(typed).Normalize(NormalizationForm.FormKC);

    /// <summary>As it was typed, with what is no character read as lost: a database and a log can keep it.</summary>
    public static string Sound(string typed) => IsSound(typed) ? typed : new string([.. typed.Select((_, at) => IsSound(typed, at) ? typed[at] : Lost)]);

    /// <summary>Whether every character of it is one: no noncharacter, no half of a pair, no NUL, and none that somebody before us has lost.</summary>
    public static bool IsSound(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (!IsSound(text, at))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSound(string text, int at) => text[at] switch
    {
        '\0' or (>= '\uFDD0' and <= '\uFDEF') or >= Lost => false,
        >= '\uD800' and <= '\uDBFF' => at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]),
        >= '\uDC00' and <= '\uDFFF' => at > 0 && char.IsHighSurrogate(text[at - 1]),
        _ => true,
    };
}
