namespace Yinxin.Identity.Server.Features.Officials;

/// <summary>Section <c>Officials</c>.</summary>
internal sealed class OfficialSettings
{
    public const string Section = "Officials";

    /// <summary>Whether an official gets no console and no token by a password alone. Off only where sample accounts with a published password are to be tried out.</summary>
    public bool RequireSecondFactor { get; set; } = true;
}
