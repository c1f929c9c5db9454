using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>
/// A session on a computer waits for its owner's phone to show a further factor. It belongs to that session and account, lives minutes and is used once; what the QR code
/// holds cannot be read from it.
/// </summary>
internal sealed class StepUpHandover
{
    public Guid Id { get; set; }

    /// <summary>SHA-256 of what the QR code holds.</summary>
    public required string CodeHash { get; set; }

    /// <summary>The session that is to be strengthened, and no other.</summary>
    public Guid SessionId { get; set; }

    /// <summary>Whose phone may answer.</summary>
    public Guid AccountId { get; set; }

    /// <summary>Two digits that the computer shows and the phone has to choose.</summary>
    public int Number { get; set; }

    /// <summary>The three that the phone offers.</summary>
    public List<int> Offered { get; set; } = [];

    /// <summary>The service that asked, for the phone's page; null: this account centre.</summary>
    public string? ClientId { get; set; }

    public string? Device { get; set; }

    public required string AddressMasked { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public QrSignInState State { get; set; }

    /// <summary>When the phone's session proved itself; becomes <c>auth_time</c>.</summary>
    public DateTimeOffset? ProvedAt { get; set; }

    /// <summary>RFC 8176 values of the phone's session.</summary>
    public List<string> Methods { get; set; } = [];
}

internal sealed class StepUpHandoverMapping : IEntityTypeConfiguration<StepUpHandover>
{
    public void Configure(EntityTypeBuilder<StepUpHandover> builder)
    {
        builder.ToTable("StepUpHandovers");
        builder.Property(h => h.Id).ValueGeneratedNever();
        builder.Property(h => h.CodeHash).HasMaxLength(64);
        builder.Property(h => h.ClientId).HasMaxLength(100);
        builder.Property(h => h.AddressMasked).HasMaxLength(60);
        builder.Property(h => h.State).HasConversion<string>().HasMaxLength(20);
        builder.HasIndex(h => h.CodeHash).IsUnique();
        builder.HasIndex(h => h.ExpiresAt);
    }
}
