using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>The secret that an account shares with an app on the person's phone (RFC 6238). One for each account.</summary>
internal sealed class AuthenticatorApp
{
    public Guid AccountId { get; set; }

    public required string SecretCipher { get; set; }

    public DateTimeOffset AddedAt { get; set; }

    /// <summary>The last time step whose code was accepted; no code of it or of an earlier one is accepted again (RFC 6238 §5.2).</summary>
    public long LastStep { get; set; }

    public DateTimeOffset LastUsedAt { get; set; }
}

internal sealed class AuthenticatorAppMapping : IEntityTypeConfiguration<AuthenticatorApp>
{
    public void Configure(EntityTypeBuilder<AuthenticatorApp> builder)
    {
        builder.ToTable("AuthenticatorApps");
        builder.HasKey(a => a.AccountId);
        builder.Property(a => a.AccountId).ValueGeneratedNever();
        builder.HasOne<Account>().WithMany().HasForeignKey(a => a.AccountId);
    }
}
