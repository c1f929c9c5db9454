using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>When a passkey last signed somebody in; the passkey itself stands in the tables of ASP.NET Core Identity.</summary>
internal sealed class PasskeyUse
{
    /// <summary>SHA-256 of the credential identifier, hexadecimal.</summary>
    public required string Id { get; set; }

    public Guid AccountId { get; set; }

    public DateTimeOffset LastUsedAt { get; set; }
}

internal sealed class PasskeyUseMapping : IEntityTypeConfiguration<PasskeyUse>
{
    public void Configure(EntityTypeBuilder<PasskeyUse> builder)
    {
        builder.ToTable("PasskeyUses");
        builder.HasKey(u => u.Id);
        builder.HasOne<Account>().WithMany().HasForeignKey(u => u.AccountId);
    }
}
