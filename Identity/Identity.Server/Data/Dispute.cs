using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>Where a dispute stands.</summary>
internal enum DisputeState
{
    /// <summary>Somebody was given a slip at registration and has not come to a counter: it changes nothing for anybody.</summary>
    Asked,

    /// <summary>Opened at a counter: the account is frozen until a second official decides.</summary>
    Open,

    /// <summary>The account goes to whoever disputed it.</summary>
    Granted,

    /// <summary>The account stays with its holder.</summary>
    Rejected,
}

/// <summary>What is disputed.</summary>
internal enum DisputeKind
{
    /// <summary>Another opened the account with the person's particulars.</summary>
    TakenOver,

    /// <summary>The number was once given to two people; the population register says whose it is now.</summary>
    Duplicate,
}

/// <summary>
/// A dispute about whose account it is that an ID number leads to. Rows are not deleted once opened; of one account at most one is open, by a unique index. What the parties
/// said and showed stands encrypted in the account's evidence, never here.
/// </summary>
internal sealed class Dispute
{
    public Guid Id { get; set; }

    /// <summary>For people: on the slip, the receipt, in messages. Says nothing by itself.</summary>
    public required string Number { get; set; }

    public DisputeState State { get; set; }

    public DisputeKind Kind { get; set; }

    /// <summary>The account disputed; a slip may be without one, when only the phone was taken.</summary>
    public Guid? AccountId { get; set; }

    /// <summary>When the slip was given, or the dispute opened without one.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    public Guid? OpenedBy { get; set; }

    public DateTimeOffset? OpenedAt { get; set; }

    public string? Hall { get; set; }

    public string? HallLevel { get; set; }

    public string? Window { get; set; }

    /// <summary>The record of what the claimant showed.</summary>
    public Guid? ClaimEvidenceId { get; set; }

    /// <summary>Keyed hash of the code on the claimant's receipt: shows the dispute, and after a decision in favour opens the account.</summary>
    public string? ClaimSecretHash { get; set; }

    /// <summary>Until when the holder may answer.</summary>
    public DateTimeOffset? AnswerDue { get; set; }

    public DateTimeOffset? AnsweredAt { get; set; }

    /// <summary>Whether the holder contradicted; null before an answer.</summary>
    public bool? Contradicted { get; set; }

    public Guid? AnswerEvidenceId { get; set; }

    public Guid? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>The reasons, as both parties read them.</summary>
    public string? Reasons { get; set; }
}

internal sealed class DisputeMapping : IEntityTypeConfiguration<Dispute>
{
    public void Configure(EntityTypeBuilder<Dispute> builder)
    {
        builder.ToTable("Disputes");
        builder.Property(d => d.Id).ValueGeneratedNever();
        builder.Property(d => d.Number).HasMaxLength(20);
        builder.Property(d => d.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(d => d.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(d => d.Hall).HasMaxLength(100);
        builder.Property(d => d.HallLevel).HasMaxLength(20);
        builder.Property(d => d.Window).HasMaxLength(50);
        builder.Property(d => d.ClaimSecretHash).HasMaxLength(100);
        builder.Property(d => d.Reasons).HasMaxLength(500);
        builder.HasOne<Account>().WithMany().HasForeignKey(d => d.AccountId);
        builder.HasIndex(d => d.Number).IsUnique();
        builder.HasIndex(d => d.AccountId, "IX_Disputes_Open").IsUnique().HasFilter("\"State\" = 'Open'");
        builder.HasIndex(d => new { d.State, d.Id });
        builder.HasIndex(d => new { d.State, d.CreatedAt });
        builder.HasIndex(d => new { d.AccountId, d.Id });
    }
}
