using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>
/// Something that a session began here and that comes back from outside: a consent at a provider, a live check, a challenge to be signed. It belongs to one session
/// and one subject, lives minutes and is used once.
/// </summary>
internal sealed class OutsideStep
{
    /// <summary>Random; also the <c>state</c> that travels.</summary>
    public Guid Id { get; set; }

    /// <summary>The kind of evidence that it is for.</summary>
    public required string Kind { get; set; }

    public Guid SessionId { get; set; }

    /// <summary>Person or organisation.</summary>
    public Guid SubjectId { get; set; }

    /// <summary>What must come back: the actions asked for, the challenge's text.</summary>
    public required string Challenge { get; set; }

    /// <summary>How the provider calls it; null where it does not matter.</summary>
    public string? Reference { get; set; }

    /// <summary>Where the person wanted to go.</summary>
    public string? ReturnUrl { get; set; }

    /// <summary>How many changes about the person had been reported when it began; null where nobody asks for that, and in a step of a former release.</summary>
    public int? KnownNews { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? UsedAt { get; set; }
}

internal sealed class OutsideStepMapping : IEntityTypeConfiguration<OutsideStep>
{
    public void Configure(EntityTypeBuilder<OutsideStep> builder)
    {
        builder.ToTable("OutsideSteps");
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Kind).HasMaxLength(40);
        builder.Property(s => s.Challenge).HasMaxLength(1000);
        builder.Property(s => s.Reference).HasMaxLength(200);
        builder.Property(s => s.ReturnUrl).HasMaxLength(16_000);
        builder.HasIndex(s => s.ExpiresAt);
    }
}
