using Microsoft.EntityFrameworkCore;

namespace Yinxin.Trust.Server.Data;

/// <summary>An issue of our own list; never updated, so that no number is given out twice.</summary>
internal sealed class PublishedTrustList
{
    /// <summary><c>international</c> or <c>sm</c>: each suite has a series of its own.</summary>
    public string Suite { get; set; } = "";

    public long SequenceNumber { get; set; }

    public string Jws { get; set; } = "";

    /// <summary>SHA-256 over the list without number and times: whether anything changed.</summary>
    public byte[] ContentDigest { get; set; } = [];

    public DateTimeOffset IssuedAt { get; set; }

    public DateTimeOffset NextUpdate { get; set; }
}

/// <summary>The last known list of another scheme that we recognise.</summary>
internal sealed class RecognisedTrustList
{
    public string Territory { get; set; } = "";

    public string Type { get; set; } = "";

    public string Jws { get; set; } = "";

    /// <summary>Two imports in one moment: the second one sees that the number moved.</summary>
    public long SequenceNumber { get; set; }

    public DateTimeOffset IssuedAt { get; set; }

    public DateTimeOffset NextUpdate { get; set; }

    /// <summary>Certificates by which the next issue may be signed, base64 DER, one a line.</summary>
    public string NextSigners { get; set; } = "";

    public string? Location { get; set; }

    public DateTimeOffset ImportedAt { get; set; }

    /// <summary>The client that brought it in.</summary>
    public string ImportedBy { get; set; } = "";
}

internal static class TrustListModel
{
    public static void AddTrustLists(this ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<PublishedTrustList>(list =>
        {
            list.HasKey(l => new { l.Suite, l.SequenceNumber });
            list.Property(l => l.Suite).HasMaxLength(20);
        });
        modelBuilder.Entity<RecognisedTrustList>(list =>
        {
            list.HasKey(l => new { l.Territory, l.Type });
            list.Property(l => l.Territory).HasMaxLength(10);
            list.Property(l => l.Type).HasMaxLength(500);
            list.Property(l => l.SequenceNumber).IsConcurrencyToken();
        });
    }
}
