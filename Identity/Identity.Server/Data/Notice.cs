using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>Something the owner of an account should know (站内通知). It holds facts, not sentences: the words are made when it is shown, in the reader's language.</summary>
internal sealed class Notice
{
    public Guid Id { get; set; }

    public Guid AccountId { get; set; }

    /// <summary>One of <see cref="Features.Notices.NoticeKinds"/>.</summary>
    public required string Kind { get; set; }

    /// <summary>JSON object of strings; no number or name in the clear beyond what its owner's pages show anyway.</summary>
    public required string Facts { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? ReadAt { get; set; }
}

internal sealed class NoticeMapping : IEntityTypeConfiguration<Notice>
{
    public void Configure(EntityTypeBuilder<Notice> builder)
    {
        builder.ToTable("Notices");
        builder.Property(n => n.Id).ValueGeneratedNever();
        builder.Property(n => n.Kind).HasMaxLength(60);
        builder.Property(n => n.Facts).HasMaxLength(2000);
        builder.HasOne<Account>().WithMany().HasForeignKey(n => n.AccountId);
        builder.HasIndex(n => new { n.AccountId, n.Id });
        builder.HasIndex(n => new { n.AccountId, n.ReadAt });
    }
}
