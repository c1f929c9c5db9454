using System.ComponentModel.DataAnnotations;

namespace Yinxin.Trust.Server.Features.Monitoring;

/// <summary>The logs that this node follows beside its own. Section <c>Monitor</c>.</summary>
internal sealed class MonitorSettings
{
    public const string Section = "Monitor";

    /// <summary>Time between two looks at each log.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest time for one file of a log over HTTP.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:05:00")]
    public TimeSpan FileWait { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Alarms up to then were looked into: they stay in the audit trail and no longer show in the health.</summary>
    public DateTimeOffset? AcknowledgedUntil { get; set; }

    public List<FollowedLog> Logs { get; set; } = [];

    internal sealed class FollowedLog
    {
        /// <summary>Name on its checkpoints.</summary>
        public string Origin { get; set; } = "";

        /// <summary>URL prefix of its files.</summary>
        public string Address { get; set; } = "";

        /// <summary>Each <c>name+hash+base64</c>: the log's, one of which must have signed, and its witnesses'.</summary>
        public List<string> Keys { get; set; } = [];

        /// <summary>How many of the witnesses must have cosigned; all when it is missing.</summary>
        public int? Quorum { get; set; }
    }
}
