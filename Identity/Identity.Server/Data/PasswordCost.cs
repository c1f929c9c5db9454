using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>What a password's hash costs since some moment, as one node measured it; all nodes follow the dearest. Rows are added, never changed: a hash is not made cheaper again.</summary>
internal sealed class PasswordCost
{
    /// <summary>Rounds of PBKDF2-SHA512. The key: two nodes that come to the same number write one row.</summary>
    public int Rounds { get; set; }

    /// <summary>What a hash of so many rounds took on the node that measured it, in milliseconds.</summary>
    public double Milliseconds { get; set; }

    public DateTimeOffset MeasuredAt { get; set; }
}

internal sealed class PasswordCostMapping : IEntityTypeConfiguration<PasswordCost>
{
    public void Configure(EntityTypeBuilder<PasswordCost> builder)
    {
        builder.ToTable("PasswordCosts");
        builder.HasKey(c => c.Rounds);
        builder.Property(c => c.Rounds).ValueGeneratedNever();
    }
}
