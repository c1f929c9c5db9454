using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>Something stateless that was used once and opens nothing a second time: the proof of a challenge, a link that stops. Kept until it is too old anyway.</summary>
internal sealed class SpentProof
{
    public Guid Id { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>One of two that use the same at once wins, on whatever node.</summary>
    public static async Task<bool> SpendAsync(IdentityContext database, Guid id, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        await database.Database.ExecuteSqlAsync(
            $"""INSERT INTO "SpentProofs" ("Id", "ExpiresAt") VALUES ({id}, {expiresAt.UtcDateTime}) ON CONFLICT ("Id") DO NOTHING""", cancellationToken) == 1;
}

internal sealed class SpentProofMapping : IEntityTypeConfiguration<SpentProof>
{
    public void Configure(EntityTypeBuilder<SpentProof> builder)
    {
        builder.ToTable("SpentProofs");
        builder.Property(c => c.Id).ValueGeneratedNever();
        builder.HasIndex(c => c.ExpiresAt);
    }
}
