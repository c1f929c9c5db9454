using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>One code sent to a phone. Neither phone nor code can be read from it.</summary>
internal sealed class PhoneCode
{
    public Guid Id { get; set; }

    /// <summary>What it was sent for: a code for one thing proves nothing for another.</summary>
    public required string Purpose { get; set; }

    /// <summary>The form in which it was asked for; another browser cannot use it.</summary>
    public Guid FormId { get; set; }

    public required string PhoneIndex { get; set; }

    /// <summary>Keyed hash of the account, or of the ID number that is to become one; null for codes of an earlier release.</summary>
    public string? AccountIndex { get; set; }

    /// <summary>Keyed hash of the address that asked, of an IPv6 address its /64.</summary>
    public required string AddressIndex { get; set; }

    public required string CodeHash { get; set; }

    public DateTimeOffset SentAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public int Tries { get; set; }

    public DateTimeOffset? UsedAt { get; set; }
}

internal sealed class PhoneCodeMapping : IEntityTypeConfiguration<PhoneCode>
{
    public void Configure(EntityTypeBuilder<PhoneCode> builder)
    {
        builder.ToTable("PhoneCodes");
        builder.Property(c => c.Id).ValueGeneratedNever();
        builder.HasIndex(c => new { c.PhoneIndex, c.SentAt });
        builder.HasIndex(c => new { c.AddressIndex, c.SentAt });
        builder.HasIndex(c => new { c.AccountIndex, c.SentAt });
    }
}
