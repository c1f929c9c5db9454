using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Yinxin.ServiceDefaults.Identifiers;

/// <summary>A citizen identity number, checked by GB 11643-1999: division, birth date, sequence, check character.</summary>
public sealed record IdentityNumber
{
    private const string CheckCharacters = "10X98765432";
    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    private IdentityNumber(string value, DateOnly birthDate)
    {
        Value = value;
        BirthDate = birthDate;
    }

    public string Value { get; }

    public DateOnly BirthDate { get; }

    /// <summary>First six digits (GB/T 2260). A division may since have been abolished.</summary>
    public string Division => Value[..6];

    /// <summary>GB/T 2261.1: "1" male, "2" female; by the sequence's parity.</summary>
    public string Sex => (Value[16] - '0') % 2 == 1 ? "1" : "2";

    /// <summary>For screens: the birth date and most of the sequence hidden.</summary>
    public string Masked => Mask(Value);

    public static string Mask(string value) => value.Length == 18 ? string.Concat(value.AsSpan(0, 4), "**********", value.AsSpan(14)) : "****";

    /// <summary>Reads a number as people write it: blanks, full-width digits and a small x are forgiven, nothing else.</summary>
    public static bool TryParse(string? text, DateOnly today, [NotNullWhen(true)] out IdentityNumber? number)
    {
        number = null;
        var value = Normalise(text);
        if (value.Length != 18 || !value.AsSpan(0, 17).ContainsOnlyDigits() || CheckCharacter(value) != value[17]
            || !DateOnly.TryParseExact(value.AsSpan(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var birth)
            || birth > today || birth.Year < 1850)
        {
            return false;
        }

        number = new IdentityNumber(value, birth);
        return true;
    }

    /// <summary>The check character of the first 17 digits.</summary>
    public static char CheckCharacter(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < Weights.Length; i++)
        {
            sum += (digits[i] - '0') * Weights[i];
        }

        return CheckCharacters[sum % 11];
    }

    private static string Normalise(string? text) =>
        new string([.. (text ?? "").Where(c => !char.IsWhiteSpace(c)).Select(c => c is >= '０' and <= '９' ? (char)(c - '０' + '0') : c)]).ToUpperInvariant();
}

internal static class DigitText
{
    public static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') < 0;
}
