using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>What a person lets one application know of their verified data, for one purpose. Taken back, it stays as the record that it was given, until the account is closed.</summary>
internal sealed class ClaimConsent
{
    public Guid Id { get; set; }

    public Guid AccountId { get; set; }

    public required string ClientId { get; set; }

    /// <summary>SHA-256 of the purpose: another purpose is another consent.</summary>
    public required string PurposeKey { get; set; }

    public required string PurposeChinese { get; set; }

    public required string PurposeEnglish { get; set; }

    /// <summary>Names of the claims that were asked for; nobody is asked twice about the same.</summary>
    public List<string> Asked { get; set; } = [];

    /// <summary>Those that the person gives.</summary>
    public List<string> Given { get; set; } = [];

    public DateTimeOffset GivenAt { get; set; }

    public DateTimeOffset? LastReleasedAt { get; set; }

    /// <summary>Taken back, or replaced by a wider one.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>The verified claims that one authorization request asked for; its key is the grant's. Userinfo answers by it while the grant lives.</summary>
internal sealed class ClaimRequest
{
    public Guid Id { get; set; }

    public Guid ConsentId { get; set; }

    public ClaimConsent? Consent { get; set; }

    /// <summary>The <c>claims</c> parameter, as far as it asks for verified claims, encrypted: a request may hold the values that it expects.</summary>
    public required string RequestCipher { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

internal sealed class ClaimConsentMapping : IEntityTypeConfiguration<ClaimConsent>
{
    public void Configure(EntityTypeBuilder<ClaimConsent> builder)
    {
        builder.ToTable("ClaimConsents");
        builder.Property(c => c.Id).ValueGeneratedNever();
        builder.Property(c => c.ClientId).HasMaxLength(100);
        builder.Property(c => c.PurposeKey).HasMaxLength(64);
        builder.Property(c => c.PurposeChinese).HasMaxLength(300);
        builder.Property(c => c.PurposeEnglish).HasMaxLength(300);
        builder.HasIndex(c => new { c.AccountId, c.ClientId, c.PurposeKey });
    }
}

internal sealed class ClaimRequestMapping : IEntityTypeConfiguration<ClaimRequest>
{
    public void Configure(EntityTypeBuilder<ClaimRequest> builder)
    {
        builder.ToTable("ClaimRequests");
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.HasOne(r => r.Consent).WithMany().HasForeignKey(r => r.ConsentId);
        builder.HasIndex(r => r.CreatedAt);
    }
}
