using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Phones;

/// <summary>A mainland mobile number: stored as E.164, told to authorities and carriers as its eleven digits.</summary>
internal static class MobileNumber
{
    private const string Country = "+86";

    /// <summary>E.164 of a number as people write it, with blanks, dashes or +86; null when it is no mainland mobile number.</summary>
    public static string? Parse(string? typed) =>
        MobilePhones.Normalise(typed is null ? null : TypedText.Normalise(typed)) is { Length: 14 } number && number.StartsWith(Country, StringComparison.Ordinal) && number[3] == '1' && number[4] >= '3'
            ? number : null;

    /// <summary>The eleven digits of a stored number.</summary>
    public static string National(string stored) => stored.StartsWith(Country, StringComparison.Ordinal) ? stored[Country.Length..] : stored;
}
