namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>How many whole ID and phone numbers one official may try that nobody has.</summary>
internal sealed class SearchSettings
{
    public const string Section = "Console:Search";

    public int MissesPerHour { get; set; } = 30;

    /// <summary>More at a counter: the number is read from the card of whoever stands there, and many of them have no account yet.</summary>
    public int MissesPerHourAtCounter { get; set; } = 100;
}
