using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Yinxin.ServiceDefaults.Identifiers;

/// <summary>
/// Recognises what has the shape of an ID number (18 characters, or the 15 digits of before 1999; GB 11643) or of a mobile phone, whether or not it is one: such text belongs into
/// encrypted columns only. Wide digits count as digits.
/// </summary>
public static partial class PersonalShapes
{
    /// <summary>Whether the text as a whole has such a shape; spaces and hyphens between the digits do not hide it.</summary>
    public static bool Is(string text) => Whole().IsMatch(Separators().Replace(Plain(text), ""));

    /// <summary>Whether such a shape stands anywhere in the text, beside letters too, but not inside a longer row of digits.</summary>
    public static bool IsWithin(string text) => Part().IsMatch(Plain(text));

    // Wide forms become plain ones, digits of other scripts those of ASCII.
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in Compatible(text))
        {
            plain.Append(char.IsDigit(c) ? (char)('0' + (int)CharUnicodeInfo.GetNumericValue(c)) : c);
        }

        return plain.ToString();
    }

    private static string Compatible(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            // Half a character: other rules refuse it.
            return text;
        }
    }

    [GeneratedRegex("[\\s-]", RegexOptions.NonBacktracking)]
    private static partial Regex Separators();

    [GeneratedRegex(@"^(?:\d{17}[0-9Xx]|\d{15}|(?:\+?86)?1[3-9]\d{9})$", RegexOptions.NonBacktracking)]
    private static partial Regex Whole();

    [GeneratedRegex(@"(?<!\d)(?:\d{17}[0-9Xx]|\d{15}|(?:86)?1[3-9]\d{9})(?!\d)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Part();
}
