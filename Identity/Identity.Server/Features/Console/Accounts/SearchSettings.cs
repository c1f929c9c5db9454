namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>How many whole ID and phone numbers one official may try that nobody has, and how many names.</summary>
internal sealed class SearchSettings
{
    public const string Section = "Console:Search";

    public int MissesPerHour { get; set; } = 30;

    /// <summary>More at a counter: the number is read from the card of whoever stands there, and many of them have no account yet.</summary>
    public int MissesPerHourAtCounter { get; set; } = 100;

    /// <summary>
    /// Searches by a name, each page of one counted, whether somebody was found or not: many have one name, so found tells as much as not found when a masked one is tried. More than work asks for, for
    /// whoever has the paper in hand searches by its number.
    /// </summary>
    public int NamesPerHour { get; set; } = 120;
}
