using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>Where the withdrawal of an official's checks stands.</summary>
internal enum CounterWithdrawalState
{
    Running,
    Done,
}

/// <summary>
/// What one official proved at a counter since a moment is taken back, as two others decided. It is worked off in batches by the order of records; each batch commits with its
/// cursor, so another node or the next start goes on where it stopped.
/// </summary>
internal sealed class CounterWithdrawal
{
    /// <summary>The key of the <see cref="Proposal"/>.</summary>
    public Guid Id { get; set; }

    /// <summary>The official who vouched for it.</summary>
    public Guid OfficialId { get; set; }

    public DateTimeOffset Since { get; set; }

    /// <summary>Who decided, and answers for the withdrawals.</summary>
    public Guid DecidedBy { get; set; }

    public CounterWithdrawalState State { get; set; }

    /// <summary>Records when it began, also those that something had taken back before.</summary>
    public long Total { get; set; }

    public long Seen { get; set; }

    /// <summary>Records that still stood.</summary>
    public long Withdrawn { get; set; }

    /// <summary>The last record of the last batch.</summary>
    public Guid? Cursor { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>The node that works has it until then.</summary>
    public DateTimeOffset? HeldUntil { get; set; }

    /// <summary>Changes with every batch, so that two nodes cannot both commit one.</summary>
    public int Turn { get; set; }
}

internal sealed class CounterWithdrawalMapping : IEntityTypeConfiguration<CounterWithdrawal>
{
    public void Configure(EntityTypeBuilder<CounterWithdrawal> builder)
    {
        builder.ToTable("CounterWithdrawals");
        builder.Property(w => w.Id).ValueGeneratedNever();
        builder.Property(w => w.State).HasConversion<string>().HasMaxLength(20);
        builder.HasIndex(w => new { w.State, w.StartedAt });
    }
}
