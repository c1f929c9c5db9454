using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>Where the withdrawal of evidence stands.</summary>
internal enum WithdrawalRunState
{
    Running,
    Done,
}

/// <summary>
/// What one official proved at a counter since a moment, or what one import brought, is taken back, as two officials decided. It is worked off in batches; each batch commits with its cursor,
/// so another node or the next start goes on where it stopped.
/// </summary>
internal sealed class WithdrawalRun
{
    /// <summary>The key of the <see cref="Proposal"/>.</summary>
    public Guid Id { get; set; }

    /// <summary>The official who vouched for it; null where it is about an import.</summary>
    public Guid? OfficialId { get; set; }

    /// <summary>Of an official's checks: from when on.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>The import that brought it; null where it is about an official's checks.</summary>
    public Guid? ImportId { get; set; }

    /// <summary>Who decided, and answers for the withdrawals.</summary>
    public Guid DecidedBy { get; set; }

    public WithdrawalRunState State { get; set; }

    /// <summary>Records when it began, also those that something had taken back before.</summary>
    public long Total { get; set; }

    public long Seen { get; set; }

    /// <summary>Records that still stood.</summary>
    public long Withdrawn { get; set; }

    /// <summary>Behind what the last batch looked at: a record of an official's, an account of an import's.</summary>
    public Guid? Cursor { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>The node that works has it until then.</summary>
    public DateTimeOffset? HeldUntil { get; set; }

    /// <summary>Changes with every batch, so that two nodes cannot both commit one.</summary>
    public int Turn { get; set; }
}

internal sealed class WithdrawalRunMapping : IEntityTypeConfiguration<WithdrawalRun>
{
    public void Configure(EntityTypeBuilder<WithdrawalRun> builder)
    {
        // The name of when it held checks at counters alone: in a rolling update nodes of that release work in the same table. They cannot read a run without an official, leave it and try again;
        // a made-up official instead would let them find nothing of theirs and call it done.
        builder.ToTable("CounterWithdrawals");
        builder.Property(w => w.Id).ValueGeneratedNever();
        builder.Property(w => w.State).HasConversion<string>().HasMaxLength(20);
        builder.HasIndex(w => new { w.State, w.StartedAt });
    }
}
