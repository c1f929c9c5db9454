using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>What a session on a computer waits for its owner's phone to do.</summary>
internal enum HandoverKind
{
    /// <summary>To show a further factor, which strengthens the session.</summary>
    Strengthen,

    /// <summary>To raise the level of the account, or of the organisation acted for.</summary>
    Raise,

    /// <summary>To prove presence before its camera, for one request of an application.</summary>
    Presence,
}

/// <summary>
/// A session on a computer waits for its owner's phone to show a further factor, to raise a level, or to prove presence. It belongs to that session and account, lives minutes and is used once; what the QR code
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

    public HandoverKind Kind { get; set; }

    /// <summary>Whose level is to be raised; null: the account's own. At a proof of presence, whom the computer's session acted for.</summary>
    public Guid? OrganisationId { get; set; }

    /// <summary>At a proof of presence the mandate under which the computer's session acted.</summary>
    public Guid? MandateId { get; set; }

    /// <summary>At a proof of presence where the application's request goes on: it says what is confirmed.</summary>
    public string? Request { get; set; }

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

    /// <summary>The phone's session that chose the number: only that one goes on with a proof of presence.</summary>
    public Guid? PhoneSessionId { get; set; }

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
        builder.Property(h => h.Kind).HasConversion<string>().HasMaxLength(20).HasDefaultValue(HandoverKind.Strengthen);
        builder.Property(h => h.Request).HasMaxLength(16_000);
        builder.Property(h => h.AddressMasked).HasMaxLength(60);
        builder.Property(h => h.State).HasConversion<string>().HasMaxLength(20);
        builder.HasIndex(h => h.CodeHash).IsUnique();
        builder.HasIndex(h => h.ExpiresAt);
    }
}
