using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>One try to sign in, for its owner's eyes: when, with what, from which kind of device. The address is kept masked.</summary>
internal sealed class SignInRecord
{
    public Guid Id { get; set; }

    /// <summary>No foreign key: a try under a name without an account is written too (empty key, swept within a day), so that its time tells nothing.</summary>
    public Guid AccountId { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary><c>ok</c>, <c>wrong-password</c>, <c>wrong-code</c>, <c>wrong-passkey</c>, <c>must-wait</c>.</summary>
    public required string Result { get; set; }

    /// <summary>RFC 8176 values of what was shown.</summary>
    public List<string> Methods { get; set; } = [];

    public string? Device { get; set; }

    public required string AddressMasked { get; set; }
}

internal sealed class SignInRecordMapping : IEntityTypeConfiguration<SignInRecord>
{
    public void Configure(EntityTypeBuilder<SignInRecord> builder)
    {
        builder.ToTable("SignInRecords");
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.Property(r => r.Result).HasMaxLength(30);
        builder.Property(r => r.AddressMasked).HasMaxLength(60);
        builder.HasIndex(r => new { r.AccountId, r.Id });
        builder.HasIndex(r => r.At);
    }
}
