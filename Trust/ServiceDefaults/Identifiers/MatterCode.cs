namespace Yinxin.ServiceDefaults.Identifiers;

/// <summary>
/// 实施编码: who implements (unified social credit code, 18), at which level (1), which catalogue entry (12). The entry's third and fourth
/// digits are the matter's type (GB/T 39046 A.1), so that a category of matters is known wherever the code is.
/// </summary>
public static class MatterCode
{
    /// <summary>Characters of a code.</summary>
    public const int Length = 31;

    /// <summary>Where the two digits of the type begin.</summary>
    public const int TypeAt = 21;

    /// <summary>Digits and capital letters, 31 of them.</summary>
    public static bool IsWellFormed(string? code) => code is { Length: Length } && code.All(char.IsAsciiLetterOrDigit) && code[19..].All(char.IsAsciiDigit);

    /// <summary>The matter's type, e.g. <c>01</c>; null for something that is no code.</summary>
    public static string? TypeOf(string? code) => IsWellFormed(code) ? code!.Substring(TypeAt, 2) : null;

    /// <summary>The matter of a case: its number begins with the code, then day and serial follow (cases §4). Null for a number of another kind.</summary>
    public static string? OfCase(string? caseNumber) => caseNumber is { Length: > Length } && IsWellFormed(caseNumber[..Length]) ? caseNumber[..Length] : null;
}
