using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Yinxin.Identity.Server.Features.Assurance;

namespace Yinxin.Identity.Server.Data;

/// <summary>
/// A level that changed, written in the transaction that changes it and folded into <see cref="LevelTotal"/> and <see cref="LevelDay"/> soon after:
/// counting costs by changes, never by accounts.
/// </summary>
internal sealed class LevelChange
{
    public long Id { get; set; }

    public Guid SubjectId { get; set; }

    public SubjectKind Kind { get; set; }

    public AssuranceLevel Was { get; set; }

    public AssuranceLevel Level { get; set; }

    public DateTimeOffset At { get; set; }
}

/// <summary>Subjects of one kind, city and level as of the last fold.</summary>
internal sealed class LevelTotal
{
    public SubjectKind Kind { get; set; }

    /// <summary>Four digits of the administrative division (GB/T 2260); <c>0000</c>: not known.</summary>
    public required string City { get; set; }

    public AssuranceLevel Level { get; set; }

    public long Count { get; set; }
}

/// <summary>How far <see cref="LevelTotal"/> moved on one day (Asia/Shanghai).</summary>
internal sealed class LevelDay
{
    public DateOnly Day { get; set; }

    public SubjectKind Kind { get; set; }

    public required string City { get; set; }

    public AssuranceLevel Level { get; set; }

    /// <summary>Came minus went.</summary>
    public long Change { get; set; }
}

internal sealed class LevelChangeMapping : IEntityTypeConfiguration<LevelChange>
{
    public void Configure(EntityTypeBuilder<LevelChange> builder)
    {
        builder.ToTable("LevelChanges");
        builder.Property(c => c.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(c => c.Was).HasConversion<string>().HasMaxLength(20);
        builder.Property(c => c.Level).HasConversion<string>().HasMaxLength(20);
    }
}

internal sealed class LevelTotalMapping : IEntityTypeConfiguration<LevelTotal>
{
    public void Configure(EntityTypeBuilder<LevelTotal> builder)
    {
        builder.ToTable("LevelTotals");
        builder.HasKey(t => new { t.Kind, t.City, t.Level });
        builder.Property(t => t.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(t => t.City).HasMaxLength(4);
        builder.Property(t => t.Level).HasConversion<string>().HasMaxLength(20);
    }
}

internal sealed class LevelDayMapping : IEntityTypeConfiguration<LevelDay>
{
    public void Configure(EntityTypeBuilder<LevelDay> builder)
    {
        builder.ToTable("LevelDays");
        builder.HasKey(d => new { d.Day, d.Kind, d.City, d.Level });
        builder.Property(d => d.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(d => d.City).HasMaxLength(4);
        builder.Property(d => d.Level).HasConversion<string>().HasMaxLength(20);
    }
}
