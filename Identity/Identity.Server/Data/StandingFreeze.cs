using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>Who freezes, from the weakest to the strongest, and with that who may lift it (<see cref="Features.Freezing.FreezeRights"/>).</summary>
internal enum FreezeKind
{
    /// <summary>The account's owner.</summary>
    Owner,

    /// <summary>The phone that the account had before its number was changed.</summary>
    FormerPhone,

    /// <summary>Officials, for a reason of theirs.</summary>
    Officials,

    /// <summary>A dispute gave the account to its rightful holder, who has not opened it yet.</summary>
    Handover,

    /// <summary>A dispute at a counter.</summary>
    Dispute,

    /// <summary>The population register.</summary>
    Death,
}

/// <summary>
/// One reason for which an account, or an organisation, is frozen. It is frozen while at least one stands; each is lifted by whoever may lift that one, and leaves the others. Rows are never deleted:
/// a proposal names what it lifts. <see cref="Account.FrozenAt"/> and <see cref="Account.FrozenReason"/>, or <see cref="Organisation.FrozenAt"/>, follow in the same transaction.
/// </summary>
internal sealed class StandingFreeze
{
    public Guid Id { get; set; }

    /// <summary>Whose account; null where an organisation is frozen.</summary>
    public Guid? AccountId { get; set; }

    /// <summary>Which organisation; null where an account is frozen. Only officials freeze one.</summary>
    public Guid? OrganisationId { get; set; }

    public FreezeKind Kind { get; set; }

    /// <summary>A word for machines, e.g. <c>stolen</c>.</summary>
    public required string Reason { get; set; }

    public DateTimeOffset Since { get; set; }

    /// <summary>The person, official or authority that set it; null in rows taken over from an earlier release.</summary>
    public string? SetBy { get; set; }

    /// <summary>The officials' proposal behind it.</summary>
    public Guid? ProposalId { get; set; }

    /// <summary>The dispute behind it.</summary>
    public Guid? DisputeId { get; set; }

    /// <summary>Null while it stands.</summary>
    public DateTimeOffset? LiftedAt { get; set; }
}

internal sealed class StandingFreezeMapping : IEntityTypeConfiguration<StandingFreeze>
{
    public void Configure(EntityTypeBuilder<StandingFreeze> builder)
    {
        builder.ToTable("StandingFreezes", table => table.HasCheckConstraint("CK_StandingFreezes_Subject", "(\"AccountId\" IS NULL) <> (\"OrganisationId\" IS NULL)"));
        builder.Property(f => f.Id).ValueGeneratedNever();
        builder.Property(f => f.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(f => f.Reason).HasMaxLength(60);
        builder.Property(f => f.SetBy).HasMaxLength(100);
        builder.HasOne<Account>().WithMany().HasForeignKey(f => f.AccountId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Organisation>().WithMany().HasForeignKey(f => f.OrganisationId);
        builder.HasOne<Proposal>().WithMany().HasForeignKey(f => f.ProposalId);
        builder.HasOne<Dispute>().WithMany().HasForeignKey(f => f.DisputeId);
        // Officials may have several reasons, each with a proposal of its own; of every other kind one stands at most.
        builder.HasIndex(f => new { f.AccountId, f.Kind }, "IX_StandingFreezes_Kind").IsUnique().HasFilter("\"LiftedAt\" IS NULL AND \"Kind\" <> 'Officials'");
        builder.HasIndex(f => f.ProposalId, "IX_StandingFreezes_Proposal").IsUnique().HasFilter("\"LiftedAt\" IS NULL");
        builder.HasIndex(f => new { f.AccountId, f.LiftedAt });
        builder.HasIndex(f => new { f.OrganisationId, f.LiftedAt });
    }
}
