using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>A further number by which a source may take back what a record rests on. The record itself never changes, so it stands beside.</summary>
internal sealed class EvidenceReference
{
    /// <summary>The record.</summary>
    public Guid EvidenceId { get; set; }

    /// <summary>Number under which the source keeps its answer.</summary>
    public required string Reference { get; set; }
}

internal sealed class EvidenceReferenceMapping : IEntityTypeConfiguration<EvidenceReference>
{
    public void Configure(EntityTypeBuilder<EvidenceReference> builder)
    {
        builder.ToTable("EvidenceReferences");
        builder.HasKey(r => r.EvidenceId);
        builder.Property(r => r.EvidenceId).ValueGeneratedNever();
        builder.Property(r => r.Reference).HasMaxLength(200);
        builder.HasIndex(r => r.Reference);
        builder.HasOne<Evidence>().WithOne().HasForeignKey<EvidenceReference>(r => r.EvidenceId).OnDelete(DeleteBehavior.Restrict);
    }
}
