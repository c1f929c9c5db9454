using System.Text.RegularExpressions;

namespace Yinxin.Identity.Server.Features.Phones;

/// <summary>A mainland mobile number as it is stored and sent to: eleven digits.</summary>
internal static partial class MobileNumber
{
    /// <summary>Reads a number as people write it, with blanks, dashes or +86; null when it is none.</summary>
    public static string? Parse(string? text)
    {
        var digits = Separators().Replace((text ?? "").Normalize(System.Text.NormalizationForm.FormKC), "");
        digits = digits.StartsWith("+86", StringComparison.Ordinal) ? digits[3..] : digits;
        return Mobile().IsMatch(digits) ? digits : null;
    }

    [GeneratedRegex(@"[\s\-()]", RegexOptions.None, 1000)]
    private static partial Regex Separators();

    [GeneratedRegex("^1[3-9][0-9]{9}$", RegexOptions.None, 1000)]
    private static partial Regex Mobile();
}
