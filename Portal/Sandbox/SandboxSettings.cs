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

    /// <summary>Authority → its private key (base64 PKCS#8, P-256); an authority that is not named makes its own.</summary>
    public Dictionary<string, string> AnswerKeys { get; set; } = [];

    /// <summary>Who is told at once what changes in the registers, e.g. <c>http://localhost:7101/api/source-events</c>; all else waits for the nightly comparison.</summary>
    public Uri? Subscriber { get; set; }

    /// <summary>Folder of photos on file, named by ID number (<c>….jpg</c>); none by default, since a synthetic person has no face. Others may be given over HTTP.</summary>
    public string? PhotoDirectory { get; set; }

    /// <summary>The synthetic persons and organisations follow from it alone.</summary>
    public int Seed { get; set; } = 20260101;
}
