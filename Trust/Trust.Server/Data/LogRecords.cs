using Microsoft.EntityFrameworkCore;

namespace Yinxin.Trust.Server.Data;

/// <summary>An entry with its place, which it got in the transaction that stored it and keeps for ever.</summary>
internal sealed class LogEntryRecord
{
    public long Position { get; set; }

    /// <summary>SHA-256 of the caller and the caller's key, hex: the same key has one place.</summary>
    public string Key { get; set; } = "";

    public byte[] Entry { get; set; } = [];
}

/// <summary>The log's one head. Updated only under a condition: the number of places given out, the fence, the size before.</summary>
internal sealed class LogHead
{
    public const int OnlyId = 1;

    public int Id { get; set; } = OnlyId;

    /// <summary>Places given out; entries from <see cref="Size"/> on wait for their tiles.</summary>
    public long Assigned { get; set; }

    /// <summary>Entries in the published tree.</summary>
    public long Size { get; set; }

    public byte[] Root { get; set; } = [];

    /// <summary>The published note, with its signatures; empty before the first.</summary>
    public string Checkpoint { get; set; } = "";

    /// <summary>Grows with each change of the holder; a head is written under the fence that its writer took.</summary>
    public long Fence { get; set; }

    /// <summary>The process that writes tiles now.</summary>
    public string? Holder { get; set; }

    public DateTimeOffset HeldUntil { get; set; }
}

/// <summary>A private key of the log or of the witness, encrypted under the app's master key.</summary>
internal sealed class LogKey
{
    public string Name { get; set; } = "";

    public byte[] EncryptedKey { get; set; } = [];
}

/// <summary>What this node cosigned last of a log that it witnesses.</summary>
internal sealed class WitnessedLog
{
    public string Origin { get; set; } = "";

    public long Size { get; set; }

    public byte[] Root { get; set; } = [];

    public DateTimeOffset CosignedAt { get; set; }
}

/// <summary>The log's tables in the model.</summary>
internal static class LogModel
{
    public static void AddLog(this ModelBuilder model)
    {
        model.Entity<LogEntryRecord>(entry =>
        {
            entry.ToTable("LogEntries");
            entry.HasKey(e => e.Position);
            entry.Property(e => e.Position).ValueGeneratedNever();
            entry.Property(e => e.Key).HasMaxLength(64);
            entry.HasIndex(e => e.Key).IsUnique();
        });
        model.Entity<LogHead>(head =>
        {
            head.ToTable("LogHeads");
            head.Property(h => h.Id).ValueGeneratedNever();
            head.Property(h => h.Holder).HasMaxLength(80);
        });
        model.Entity<LogKey>(key =>
        {
            key.ToTable("LogKeys");
            key.HasKey(k => k.Name);
            key.Property(k => k.Name).HasMaxLength(60);
        });
        model.Entity<WitnessedLog>(log =>
        {
            log.ToTable("WitnessedLogs");
            log.HasKey(l => l.Origin);
            log.Property(l => l.Origin).HasMaxLength(255);
        });
    }
}
