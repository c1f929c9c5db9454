using System.ComponentModel.DataAnnotations;

namespace Yinxin.Seal.Server.Features.Uses;

/// <summary>How this server watches the log for uses of its seals. Section <c>UseWatch</c>.</summary>
internal sealed class UseWatchSettings
{
    public const string Section = "UseWatch";

    /// <summary>Time between two looks.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The log's note keys and those of its witnesses; without any, those that the log names at the first look are kept for ever.</summary>
    public List<string> Keys { get; set; } = [];

    /// <summary>Alarms up to then were looked into: they stay in the audit trail and no longer show in the health.</summary>
    public DateTimeOffset? AcknowledgedUntil { get; set; }
}
