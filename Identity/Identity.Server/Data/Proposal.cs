using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>Where a proposal stands.</summary>
internal enum ProposalState
{
    Pending,
    Approved,
    Refused,
    Withdrawn,
    Expired,
}

/// <summary>What is proposed.</summary>
internal enum ProposalKind
{
    Freeze,
    Unfreeze,

    /// <summary>Roles of an official, at least one of which administers or audits accounts.</summary>
    Roles,

    /// <summary>The end of the account of such an official.</summary>
    Close,

    /// <summary>An official's lost second factor: everything beside the password is taken off, and a ticket opens the way to a new one.</summary>
    FactorReset,

    /// <summary>One check at a counter that was false is taken back.</summary>
    CounterRecord,

    /// <summary>All that one official checked at a counter since a moment is taken back; see <see cref="WithdrawalRun"/>.</summary>
    CounterRecords,

    /// <summary>All evidence that one import brought is taken back; as <see cref="CounterRecords"/>.</summary>
    ImportRecords,
}

/// <summary>
/// What one official proposes and another decides (four eyes). Rows are never deleted; of one account, or organisation, at most one proposal waits, by a unique index,
/// so two officials cannot set opposite ones side by side. One that takes evidence back waits beside it: no freeze must wait for that.
/// </summary>
internal sealed class Proposal
{
    public Guid Id { get; set; }

    public ProposalKind Kind { get; set; }

    /// <summary>The account, the organisation, or the <see cref="Import"/>, concerned.</summary>
    public Guid SubjectId { get; set; }

    /// <summary>The same key where it is an organisation's; null where it is an account's or an import's.</summary>
    public Guid? OrganisationId { get; set; }

    /// <summary>A word for machines, e.g. <c>stolen</c>.</summary>
    public required string Reason { get; set; }

    public required string Explanation { get; set; }

    /// <summary>For <see cref="ProposalKind.Roles"/>: the roles wanted.</summary>
    public List<string> Roles { get; set; } = [];

    /// <summary>For <see cref="ProposalKind.Unfreeze"/>: the <see cref="StandingFreeze"/> that is to be lifted, and no other.</summary>
    public Guid? FreezeId { get; set; }

    /// <summary>For <see cref="ProposalKind.CounterRecord"/>: the evidence.</summary>
    public Guid? EvidenceId { get; set; }

    /// <summary>For <see cref="ProposalKind.CounterRecords"/>: from when on.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>A freeze that works at once and falls away when nobody confirms it in time.</summary>
    public bool Emergency { get; set; }

    public Guid ProposedBy { get; set; }

    public DateTimeOffset ProposedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public ProposalState State { get; set; }

    /// <summary>Null while it waits, and when it expired.</summary>
    public Guid? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    public string? DecisionNote { get; set; }

    /// <summary>It is about evidence, and not about what the account may do.</summary>
    public bool IsAboutEvidence => Kind is ProposalKind.CounterRecord or ProposalKind.CounterRecords or ProposalKind.ImportRecords;
}

internal sealed class ProposalMapping : IEntityTypeConfiguration<Proposal>
{
    public void Configure(EntityTypeBuilder<Proposal> builder)
    {
        builder.ToTable("Proposals", table => table.HasCheckConstraint("CK_Proposals_Subject", "\"OrganisationId\" IS NULL OR \"OrganisationId\" = \"SubjectId\""));
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(p => p.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(p => p.Reason).HasMaxLength(40);
        builder.Property(p => p.Explanation).HasMaxLength(500);
        builder.Property(p => p.DecisionNote).HasMaxLength(500);
        builder.HasOne<Organisation>().WithMany().HasForeignKey(p => p.OrganisationId);
        builder.HasIndex(p => p.SubjectId, "IX_Proposals_Pending").IsUnique().HasFilter("\"State\" = 'Pending' AND \"Kind\" NOT IN ('CounterRecord', 'CounterRecords', 'ImportRecords')");
        builder.HasIndex(p => new { p.State, p.Id });
        builder.HasIndex(p => new { p.SubjectId, p.Id });
    }
}
