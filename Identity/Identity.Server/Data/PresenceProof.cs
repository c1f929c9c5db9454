using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>
/// A person was there in the flesh for one transaction: level advanced, worth one use. The row appears when the ceremony has succeeded; the API that does
/// what was confirmed spends it with one conditional update. What lasts is the evidence; the row goes a day after its end.
/// </summary>
internal sealed class PresenceProof
{
    /// <summary>Random; what tokens name as <c>proof</c>.</summary>
    public Guid Id { get; set; }

    /// <summary>The authorization request that it was proven for, which is also the key of the grant: one request, one proof, one family of tokens.</summary>
    public Guid GrantId { get; set; }

    public Guid SessionId { get; set; }

    public Guid AccountId { get; set; }

    public required string ClientId { get; set; }

    /// <summary>The organisation acted for at the ceremony.</summary>
    public Guid? ActingForId { get; set; }

    public Guid? MandateId { get; set; }

    /// <summary>The client's name of the transaction.</summary>
    public required string Transaction { get; set; }

    /// <summary>SHA-256 (base64url) of what is confirmed, where the client named it.</summary>
    public string? Digest { get; set; }

    /// <summary>What was shown: <c>face</c>, <c>voice</c> or <c>video</c>.</summary>
    public required string Method { get; set; }

    public Guid EvidenceId { get; set; }

    public DateTimeOffset ProvenAt { get; set; }

    public DateTimeOffset ValidUntil { get; set; }

    public DateTimeOffset? SpentAt { get; set; }

    /// <summary>The service that spent it.</summary>
    public string? SpentBy { get; set; }

    /// <summary>That service's name of what it was spent on: the same one may ask again after a lost answer.</summary>
    public string? SpentFor { get; set; }
}

internal sealed class PresenceProofMapping : IEntityTypeConfiguration<PresenceProof>
{
    public void Configure(EntityTypeBuilder<PresenceProof> builder)
    {
        builder.ToTable("PresenceProofs");
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.ClientId).HasMaxLength(100);
        builder.Property(p => p.Transaction).HasMaxLength(100);
        builder.Property(p => p.Digest).HasMaxLength(43);
        builder.Property(p => p.Method).HasMaxLength(20);
        builder.Property(p => p.SpentBy).HasMaxLength(100);
        builder.Property(p => p.SpentFor).HasMaxLength(200);
        builder.HasIndex(p => p.GrantId).IsUnique();
        builder.HasIndex(p => p.ValidUntil);
        builder.HasIndex(p => p.AccountId);
    }
}
