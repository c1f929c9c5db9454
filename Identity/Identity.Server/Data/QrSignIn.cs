using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

internal enum QrSignInState
{
    Waiting,
    Confirmed,
    Refused,
    Used,
}

/// <summary>A QR code shown to one browser for a minute. Neither what the code holds nor the browser's secret can be read from it.</summary>
internal sealed class QrSignIn
{
    public Guid Id { get; set; }

    /// <summary>SHA-256 of what the QR code holds.</summary>
    public required string CodeHash { get; set; }

    /// <summary>SHA-256 of the secret in the browser's cookie: whoever photographs the code has not got it.</summary>
    public required string BrowserHash { get; set; }

    /// <summary>Two digits that the browser shows and the phone has to choose.</summary>
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

    /// <summary>Who confirmed.</summary>
    public Guid? AccountId { get; set; }

    /// <summary>The phone's session, which vouches: whatever ends it before the computer goes on ends this too.</summary>
    public Guid? PhoneSessionId { get; set; }

    /// <summary>RFC 8176 values of the phone's session, which vouches.</summary>
    public List<string> Methods { get; set; } = [];

    /// <summary>When the person last proved themselves on the phone: <c>auth_time</c> of the computer's session, which shows nothing newer.</summary>
    public DateTimeOffset? ProvedAt { get; set; }

    /// <summary>What the service asked for (<c>prompt=login</c>, <c>max_age</c>): the phone's proof must not be older; null when it asked for nothing.</summary>
    public DateTimeOffset? ProofSince { get; set; }
}

internal sealed class QrSignInMapping : IEntityTypeConfiguration<QrSignIn>
{
    public void Configure(EntityTypeBuilder<QrSignIn> builder)
    {
        builder.ToTable("QrSignIns");
        builder.Property(q => q.Id).ValueGeneratedNever();
        builder.Property(q => q.CodeHash).HasMaxLength(64);
        builder.Property(q => q.BrowserHash).HasMaxLength(64);
        builder.Property(q => q.AddressMasked).HasMaxLength(60);
        builder.Property(q => q.State).HasConversion<string>().HasMaxLength(20);
        builder.HasIndex(q => q.CodeHash).IsUnique();
        builder.HasIndex(q => q.ExpiresAt);
    }
}
