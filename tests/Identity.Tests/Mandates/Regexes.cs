using System.Text.RegularExpressions;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>Where the pages hold what tests look for.</summary>
internal static partial class Regexes
{
    /// <summary>What differs between two pages about two persons, and of two moments.</summary>
    [GeneratedRegex("<input name=\"__RequestVerificationToken\"[^>]*>|[0-9*X]{18}|[0-9]{2}:[0-9]{2}|value=\"[^\"]{60,}\"", RegexOptions.None, 1000)]
    public static partial Regex Changing();

    [GeneratedRegex("href=\"/account/mandates/(?<id>[0-9a-f-]{36})\"", RegexOptions.None, 1000)]
    public static partial Regex Links();

    [GeneratedRegex("href=\"(?<query>\\?before=[0-9a-f-]{36})\"", RegexOptions.None, 1000)]
    public static partial Regex Next();
}
