using Microsoft.EntityFrameworkCore;

namespace Yinxin.Trust.Server.Data;

/// <summary>That a certificate ends soon, told once for each threshold.</summary>
internal sealed class ExpiryNotice
{
    /// <summary>1, 2, 3 … in the order of making, with gaps.</summary>
    public long Number { get; set; }

    /// <summary>The CA that issued it; a root issued itself.</summary>
    public string Authority { get; set; } = "";

    public string Serial { get; set; } = "";

    /// <summary>The threshold that it is inside of.</summary>
    public int Days { get; set; }

    public string Profile { get; set; } = "";

    public string Subject { get; set; } = "";

    public DateTimeOffset NotAfter { get; set; }

    /// <summary>Which of our own authorities or responders it belongs to, e.g. <c>documents-sm</c>; null for certificates of others.</summary>
    public string? Own { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? AcknowledgedAt { get; set; }

    public string? AcknowledgedBy { get; set; }

    /// <summary>When there was no more need for it before the certificate ended.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary><c>renewed</c>, <c>revoked</c>, <c>replaced</c>.</summary>
    public string? EndReason { get; set; }
}

/// <summary>
/// How far a threshold was looked at: every certificate before this place, by its end, was considered once. Whoever looks updates the row first: its lock lets one
/// node look at a time, and a page's notices and the new place are one transaction.
/// </summary>
internal sealed class ExpiryMark
{
    public int Days { get; set; }

    public DateTimeOffset NotAfter { get; set; }

    public string Authority { get; set; } = "";

    public string Serial { get; set; } = "";
}

/// <summary>The tables of the expiry watch in the model.</summary>
internal static class ExpiryModel
{
    public static void AddExpiry(this ModelBuilder model)
    {
        model.Entity<ExpiryNotice>(notice =>
        {
            notice.ToTable("ExpiryNotices");
            notice.HasKey(n => n.Number);
            notice.Property(n => n.Authority).HasMaxLength(60);
            notice.Property(n => n.Serial).HasMaxLength(40);
            notice.Property(n => n.Profile).HasMaxLength(60);
            notice.Property(n => n.Own).HasMaxLength(80);
            notice.Property(n => n.AcknowledgedBy).HasMaxLength(200);
            notice.Property(n => n.EndReason).HasMaxLength(10);
            notice.HasIndex(n => new { n.Authority, n.Serial, n.Days }).IsUnique();
            notice.HasIndex(n => new { n.EndedAt, n.Own });
        });
        model.Entity<ExpiryMark>(mark =>
        {
            mark.ToTable("ExpiryMarks");
            mark.HasKey(m => m.Days);
            mark.Property(m => m.Days).ValueGeneratedNever();
            mark.Property(m => m.Authority).HasMaxLength(60);
            mark.Property(m => m.Serial).HasMaxLength(40);
        });
    }
}
