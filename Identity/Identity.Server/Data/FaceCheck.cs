using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>One ceremony before a camera that is judged here: its challenge, and the verdict until it is fetched. No picture, no name.</summary>
internal sealed class FaceCheck
{
    /// <summary>Random.</summary>
    public Guid Id { get; set; }

    /// <summary>The only session in which it can be done.</summary>
    public Guid SessionId { get; set; }

    /// <summary>Random; whoever sends frames names it.</summary>
    public required string Nonce { get; set; }

    /// <summary>In their order, with spaces between.</summary>
    public required string Actions { get; set; }

    public required string ReturnUrl { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>How often frames were sent; pictures that cannot be judged may be taken again.</summary>
    public int Tries { get; set; }

    public DateTimeOffset? JudgedAt { get; set; }

    /// <summary>The verdict as JSON: scores, and what gave them.</summary>
    public string? Verdict { get; set; }

    /// <summary>The verdict is handed out once.</summary>
    public DateTimeOffset? TakenAt { get; set; }
}

/// <summary>The digest of a frame that was judged: it does not count a second time, here or in any other ceremony.</summary>
internal sealed class FaceFrame
{
    /// <summary>SHA-256 of the pixels, in hex.</summary>
    public required string Digest { get; set; }

    public DateTimeOffset SeenAt { get; set; }
}

internal sealed class FaceCheckMapping : IEntityTypeConfiguration<FaceCheck>
{
    public void Configure(EntityTypeBuilder<FaceCheck> builder)
    {
        builder.ToTable("FaceChecks");
        builder.Property(c => c.Id).ValueGeneratedNever();
        builder.Property(c => c.Nonce).HasMaxLength(43);
        builder.Property(c => c.Actions).HasMaxLength(200);
        builder.Property(c => c.ReturnUrl).HasMaxLength(1000);
        builder.Property(c => c.Verdict).HasMaxLength(8000);
        builder.HasIndex(c => c.ExpiresAt);
    }
}

internal sealed class FaceFrameMapping : IEntityTypeConfiguration<FaceFrame>
{
    public void Configure(EntityTypeBuilder<FaceFrame> builder)
    {
        builder.ToTable("FaceFrames");
        builder.HasKey(f => f.Digest);
        builder.Property(f => f.Digest).HasMaxLength(64);
        builder.HasIndex(f => f.SeenAt);
    }
}
