using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>A walk along a span of the audit chain, in batches; the next start or another node goes on where it stopped.</summary>
internal sealed class AuditVerification
{
    public Guid Id { get; set; }

    public long From { get; set; }

    public long To { get; set; }

    /// <summary>Records that hold so far: the next is <see cref="From"/> plus this.</summary>
    public long Seen { get; set; }

    /// <summary>Hash of the last record that holds; the first one's own predecessor at the beginning.</summary>
    public string? LastHash { get; set; }

    public Guid StartedBy { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>The record that was edited or whose witness tells, or the place of the missing one; of <c>known.…</c> the anchor before the newest explained gap; null when the span holds.</summary>
    public long? FaultAt { get; set; }

    /// <summary><c>removed</c> or <c>edited</c>; <c>head.…</c>, <c>anchor.…</c> of what stands beside the chain; <c>known.gap.…</c> with their number, where nothing is wrong but gaps that were explained; <c>unknown.…</c>, without a record, of what could not be looked at.</summary>
    public string? Fault { get; set; }

    public DateTimeOffset? HeldUntil { get; set; }

    /// <summary>Changes with every batch, so that two nodes cannot both commit one.</summary>
    public int Turn { get; set; }
}

internal sealed class AuditVerificationMapping : IEntityTypeConfiguration<AuditVerification>
{
    public void Configure(EntityTypeBuilder<AuditVerification> builder)
    {
        builder.ToTable("AuditVerifications");
        builder.Property(v => v.Id).ValueGeneratedNever();
        builder.Property(v => v.LastHash).HasMaxLength(64);
        builder.Property(v => v.Fault).HasMaxLength(20);
        builder.HasIndex(v => v.EndedAt);
    }
}
