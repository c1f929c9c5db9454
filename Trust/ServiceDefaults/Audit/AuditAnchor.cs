using Microsoft.EntityFrameworkCore;

namespace Yinxin.ServiceDefaults.Audit;

/// <summary>
/// A timestamp over the last hash of the audit on one day: whoever rewrote the whole chain, every hash of it, would still have to have done so before that moment.
/// </summary>
public sealed class AuditAnchor
{
    /// <summary>The record whose hash is stamped.</summary>
    public long Sequence { get; set; }

    /// <summary>The hash, 64 hexadecimal digits; their ASCII bytes are what the timestamp covers.</summary>
    public string Hash { get; set; } = "";

    public DateTimeOffset At { get; set; }

    /// <summary>RFC 3161 TimeStampToken, DER.</summary>
    public byte[] Token { get; set; } = [];
}

/// <summary>The anchors' table in an app's model.</summary>
public static class AuditAnchorModel
{
    /// <summary>Beside <see cref="AuditModel.AddAudit"/>.</summary>
    public static ModelBuilder AddAuditAnchors(this ModelBuilder model) => model.Entity<AuditAnchor>(anchor =>
    {
        anchor.ToTable("AuditAnchors");
        anchor.HasKey(a => a.Sequence);
        anchor.Property(a => a.Sequence).ValueGeneratedNever();
        anchor.Property(a => a.Hash).HasMaxLength(64);
    });
}
