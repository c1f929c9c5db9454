using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>A span of time whose failed sign-ins stand in the audit. Its key makes one of several nodes write them, once.</summary>
internal sealed class FailureFold
{
    /// <summary>When the span began.</summary>
    public DateTimeOffset Start { get; set; }

    /// <summary>When it ended: the next one begins there, whatever the length of spans is by then. Null in rows of an earlier release.</summary>
    public DateTimeOffset? Until { get; set; }
}

internal sealed class FailureFoldMapping : IEntityTypeConfiguration<FailureFold>
{
    public void Configure(EntityTypeBuilder<FailureFold> builder)
    {
        builder.ToTable("FailureFolds");
        builder.HasKey(f => f.Start);
        builder.Property(f => f.Start).ValueGeneratedNever();
    }
}
