using Microsoft.EntityFrameworkCore;

namespace Yinxin.Trust.Server.Data;

/// <summary>What this node has verified of a log that it follows, and the last alarm.</summary>
internal sealed class MonitoredLog
{
    public string Origin { get; set; } = "";

    public long Size { get; set; }

    public byte[] Root { get; set; } = [];

    /// <summary>The verified checkpoint as it was served: one half of the evidence, should the log fork.</summary>
    public byte[] Note { get; set; } = [];

    /// <summary>When the log was last found in order.</summary>
    public DateTimeOffset? VerifiedAt { get; set; }

    /// <summary>A <see cref="Trust.Log.LogFault"/>; null while there never was an alarm.</summary>
    public string? Alarm { get; set; }

    public string? AlarmText { get; set; }

    /// <summary>The checkpoint served then: the other half.</summary>
    public byte[]? AlarmNote { get; set; }

    public DateTimeOffset? AlarmAt { get; set; }
}

/// <summary>The monitor's table in the model.</summary>
internal static class MonitorModel
{
    public static void AddMonitor(this ModelBuilder model) => model.Entity<MonitoredLog>(log =>
    {
        log.ToTable("MonitoredLogs");
        log.HasKey(l => l.Origin);
        log.Property(l => l.Origin).HasMaxLength(255);
        log.Property(l => l.Alarm).HasMaxLength(40);
    });
}
