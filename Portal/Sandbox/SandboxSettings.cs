using System.ComponentModel.DataAnnotations;

namespace Yinxin.Sandbox;

/// <summary>The simulated authorities. Section <c>Sandbox</c>.</summary>
internal sealed class SandboxSettings
{
    public const string Section = "Sandbox";

    [Required, MinLength(16)]
    public string ApiKey { get; set; } = "";

    /// <summary>Key by which merchant and channel sign what they send each other.</summary>
    [Required, MinLength(16)]
    public string ChannelSecret { get; set; } = "";

    /// <summary>The synthetic persons and organisations follow from it alone.</summary>
    public int Seed { get; set; } = 20260101;
}
