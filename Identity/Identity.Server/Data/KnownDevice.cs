using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>A browser in which an account has signed in before, recognised by a random cookie; only its hash is kept.</summary>
internal sealed class KnownDevice
{
    public Guid AccountId { get; set; }

    /// <summary>SHA-256 of the cookie's value, hexadecimal.</summary>
    public required string Hash { get; set; }

    public DateTimeOffset FirstSeenAt { get; set; }

    public DateTimeOffset LastSeenAt { get; set; }
}

internal sealed class KnownDeviceMapping : IEntityTypeConfiguration<KnownDevice>
{
    public void Configure(EntityTypeBuilder<KnownDevice> builder)
    {
        builder.ToTable("KnownDevices");
        builder.HasKey(d => new { d.AccountId, d.Hash });
        builder.Property(d => d.Hash).HasMaxLength(64);
        builder.HasOne<Account>().WithMany().HasForeignKey(d => d.AccountId);
        builder.HasIndex(d => d.LastSeenAt);
    }
}
