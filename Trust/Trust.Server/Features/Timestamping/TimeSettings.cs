using System.ComponentModel.DataAnnotations;

namespace Yinxin.Trust.Server.Features.Timestamping;

/// <summary>What keeps the clock that timestamps vouch for. Section <c>Trust:Time</c>.</summary>
internal sealed class TimeSettings
{
    public const string Section = "Trust:Time";

    /// <summary>The system clock is right because this setting says so: for development, or where something else watches it. Then nothing is compared.</summary>
    public bool TrustSystemClock { get; set; }

    /// <summary>Ask the kernel whether a daemon keeps its clock, and how well.</summary>
    public bool Kernel { get; set; } = true;

    /// <summary>Time servers, <c>host</c> or <c>host:port</c>; several of the own network.</summary>
    public List<string> Servers { get; set; } = [];

    /// <summary>How many sources must agree.</summary>
    [Range(1, 16)]
    public int Quorum { get; set; } = 1;

    /// <summary>The accuracy that every token states; the TSA stops when the clock may be further away. EN 319 422 §5.2.2 asks for a second or better.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:01")]
    public TimeSpan Accuracy { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Between two comparisons.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(64);

    /// <summary>How long a time server is waited for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:30")]
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A TSA with less life than this is followed by one with a new key, so that every token verifies for at least as long by its certificate alone.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "1500.00:00:00")]
    public TimeSpan LeastLife { get; set; } = TimeSpan.FromDays(365);
}
