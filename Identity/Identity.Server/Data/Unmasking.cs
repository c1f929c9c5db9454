using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>One look of an official at a value that is masked everywhere; counted for the brake. The value itself is not kept.</summary>
internal sealed class Unmasking
{
    public Guid Id { get; set; }

    public Guid OfficialId { get; set; }

    public Guid AccountId { get; set; }

    /// <summary>Which value, e.g. <c>idNumber</c>.</summary>
    public required string Field { get; set; }

    public required string Reason { get; set; }

    public DateTimeOffset At { get; set; }
}

internal sealed class UnmaskingMapping : IEntityTypeConfiguration<Unmasking>
{
    public void Configure(EntityTypeBuilder<Unmasking> builder)
    {
        builder.ToTable("Unmaskings");
        builder.Property(u => u.Id).ValueGeneratedNever();
        builder.Property(u => u.Field).HasMaxLength(20);
        builder.Property(u => u.Reason).HasMaxLength(40);
        builder.HasIndex(u => new { u.OfficialId, u.At });
        builder.HasIndex(u => new { u.AccountId, u.At });
    }
}
