using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>A bank card number: digits with the check digit of ISO/IEC 7812-1 (Luhn).</summary>
internal static class BankCardNumber
{
    /// <summary>Reads a number as it stands on the card, with blanks; null when it is none.</summary>
    public static string? Parse(string? text)
    {
        var digits = new string([.. TypedText.Normalise(text ?? "").Where(c => c is not (' ' or '-'))]);
        return digits.Length is >= 12 and <= 19 && digits.All(char.IsAsciiDigit) && Sum(digits) % 10 == 0 ? digits : null;
    }

    private static int Sum(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            sum += i % 2 == 0 ? digit : (digit * 2 / 10) + (digit * 2 % 10);
        }

        return sum;
    }
}
