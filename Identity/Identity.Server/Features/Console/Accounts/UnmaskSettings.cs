namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>How many values one official may see in full.</summary>
internal sealed class UnmaskSettings
{
    public const string Section = "Console:Unmask";

    public int PerHour { get; set; } = 20;

    public int PerDay { get; set; } = 60;
}
