using System.Diagnostics.CodeAnalysis;

namespace Yinxin.ServiceDefaults.Identifiers;

/// <summary>A unified social credit code, checked by GB 32100-2015; characters 9–17 are the organisation code with a check of its own (GB 11714).</summary>
public sealed record UnifiedSocialCreditCode
{
    private const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    private static readonly int[] Weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    private static readonly int[] OrganisationWeights = [3, 7, 9, 10, 5, 8, 4, 2];

    private UnifiedSocialCreditCode(string value) => Value = value;

    public string Value { get; }

    /// <summary>Which register keeps the body: 1 staffing, 5 civil affairs, 9 market registration …</summary>
    public char RegistrationAuthority => Value[0];

    /// <summary>Six digits of the registering authority's division.</summary>
    public string Division => Value[2..8];

    public static bool TryParse(string? text, [NotNullWhen(true)] out UnifiedSocialCreditCode? code)
    {
        code = null;
        var value = (text ?? "").Trim().ToUpperInvariant();
        if (value.Length != 18 || value.Any(c => !Alphabet.Contains(c, StringComparison.Ordinal)) || CheckCharacter(value) != value[17]
            || OrganisationCheckCharacter(value.AsSpan(8, 8)) != value[16])
        {
            return false;
        }

        code = new UnifiedSocialCreditCode(value);
        return true;
    }

    /// <summary>The check character of the first 17.</summary>
    public static char CheckCharacter(ReadOnlySpan<char> first)
    {
        var sum = 0;
        for (var i = 0; i < Weights.Length; i++)
        {
            sum += Alphabet.IndexOf(first[i], StringComparison.Ordinal) * Weights[i];
        }

        return Alphabet[(31 - (sum % 31)) % 31];
    }

    /// <summary>The check character of an organisation code's eight (GB 11714).</summary>
    public static char OrganisationCheckCharacter(ReadOnlySpan<char> eight)
    {
        var sum = 0;
        for (var i = 0; i < OrganisationWeights.Length; i++)
        {
            sum += (char.IsAsciiDigit(eight[i]) ? eight[i] - '0' : eight[i] - 'A' + 10) * OrganisationWeights[i];
        }

        return (11 - (sum % 11)) switch { 10 => 'X', 11 => '0', var check => (char)('0' + check) };
    }
}
