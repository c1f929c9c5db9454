using Microsoft.EntityFrameworkCore;

namespace Yinxin.ServiceDefaults.Idempotency;

/// <summary>The answer once given under a caller's key.</summary>
public sealed class IdempotencyRecord
{
    public string Caller { get; set; } = "";

    public string Key { get; set; } = "";

    /// <summary>SHA-256 of method, path, query and body.</summary>
    public string Fingerprint { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Null while the first request is being worked on.</summary>
    public int? Status { get; set; }

    public string? ContentType { get; set; }

    public string? Location { get; set; }

    public string? Body { get; set; }
}

/// <summary>The idempotency table in an app's model.</summary>
public static class IdempotencyModel
{
    public static ModelBuilder AddIdempotency(this ModelBuilder model) => model.Entity<IdempotencyRecord>(record =>
    {
        record.ToTable("IdempotencyRecords");
        record.HasKey(r => new { r.Caller, r.Key });
        record.Property(r => r.Caller).HasMaxLength(100);
        record.Property(r => r.Key).HasMaxLength(200);
        record.Property(r => r.Fingerprint).HasMaxLength(64);
        record.HasIndex(r => r.CreatedAt);
    });
}
