namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>Where presence is asked for, and where the ceremony comes back.</summary>
internal static class PresencePaths
{
    public const string Confirm = "/presence";
    public const string Return = "/presence/return";

    /// <summary>Where a phone does the ceremony for a computer.</summary>
    public const string Phone = "/presence/phone";
}
