using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

internal enum RecoveryState
{
    /// <summary>Only weak proof was shown: the owner has time to stop it.</summary>
    Waiting,

    /// <summary>An official saw the person; the ticket was handed over and not yet used.</summary>
    Ticket,
    Done,
    Cancelled,
}

/// <summary>A recovery that does not happen at once.</summary>
internal sealed class RecoveryRequest
{
    public Guid Id { get; set; }

    public Guid AccountId { get; set; }

    public RecoveryState State { get; set; }

    /// <summary>What was shown, e.g. <c>phone-code population-match</c>.</summary>
    public required string Proof { get; set; }

    /// <summary>Hash of the password that was chosen; null until a ticket is used.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>The number that was proved in place of a lost one, encrypted; null: the account's own was proved.</summary>
    public string? NewPhoneCipher { get; set; }

    /// <summary>Whether the second factor is taken off too.</summary>
    public bool DropsSecondFactor { get; set; }

    /// <summary>Receipt of the population library.</summary>
    public string? PopulationReceipt { get; set; }

    /// <summary>Of the account when the wait began: one that was secured anew meanwhile makes the request worthless. Null for a ticket, and for requests of an earlier release.</summary>
    public string? SecurityStamp { get; set; }

    /// <summary>The official who gave the ticket; null for one that a dispute's decision gave, whose paper is recorded already.</summary>
    public string? SeenBy { get; set; }

    /// <summary>Hall and window where the person was seen.</summary>
    public string? SeenWhere { get; set; }

    /// <summary>How the person was seen, with the hall's level where it is known.</summary>
    public string? SeenMethod { get; set; }

    /// <summary>Keyed hash of the ticket of a counter or of the link that cancels.</summary>
    public required string SecretHash { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it takes effect; for a ticket, when it ends.</summary>
    public DateTimeOffset DueAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }
}

internal sealed class RecoveryRequestMapping : IEntityTypeConfiguration<RecoveryRequest>
{
    public void Configure(EntityTypeBuilder<RecoveryRequest> builder)
    {
        builder.ToTable("RecoveryRequests");
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.Property(r => r.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(r => r.Proof).HasMaxLength(100);
        builder.Property(r => r.SecretHash).HasMaxLength(100);
        builder.Property(r => r.SecurityStamp).HasMaxLength(100);
        builder.Property(r => r.SeenBy).HasMaxLength(100);
        builder.Property(r => r.SeenWhere).HasMaxLength(300);
        builder.Property(r => r.SeenMethod).HasMaxLength(100);
        builder.HasOne<Account>().WithMany().HasForeignKey(r => r.AccountId);
        builder.HasIndex(r => new { r.AccountId, r.State });
        builder.HasIndex(r => r.SecretHash).IsUnique();
    }
}
