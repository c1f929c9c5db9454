using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>
/// An official's factors beside the password were taken off by four eyes. While this row stands the password alone binds no new one: the session that spends the ticket does.
/// It goes when a factor has been set up.
/// </summary>
internal sealed class FactorTicket
{
    public Guid AccountId { get; set; }

    /// <summary>The proposal that took the former factors off.</summary>
    public Guid ProposalId { get; set; }

    /// <summary>Keyed hash of what is printed on the ticket; null once it is spent.</summary>
    public string? CodeHash { get; set; }

    public DateTimeOffset IssuedAt { get; set; }

    public DateTimeOffset ValidUntil { get; set; }

    /// <summary>The session that spent the ticket, and no other, may bind a factor; null before.</summary>
    public Guid? SessionId { get; set; }
}

internal sealed class FactorTicketMapping : IEntityTypeConfiguration<FactorTicket>
{
    public void Configure(EntityTypeBuilder<FactorTicket> builder)
    {
        builder.ToTable("FactorTickets");
        builder.HasKey(t => t.AccountId);
        builder.Property(t => t.AccountId).ValueGeneratedNever();
        builder.Property(t => t.CodeHash).HasMaxLength(100);
        builder.HasOne<Account>().WithMany().HasForeignKey(t => t.AccountId);
    }
}
