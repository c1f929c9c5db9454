using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Trust.Server.Data;

/// <summary>The authorities and every certificate that they ever issued.</summary>
internal abstract class TrustContext(DbContextOptions options) : AuditedContext(options)
{
    public DbSet<AuthorityRecord> Authorities => Set<AuthorityRecord>();

    public DbSet<IssuedCertificate> Certificates => Set<IssuedCertificate>();

    public DbSet<PublishedTrustList> PublishedTrustLists => Set<PublishedTrustList>();

    public DbSet<RecognisedTrustList> RecognisedTrustLists => Set<RecognisedTrustList>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.UseUtcTimes();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddAudit();
        modelBuilder.AddOutbox();
        modelBuilder.AddLog();
        modelBuilder.AddRevocation();
        modelBuilder.AddTrustLists();
        modelBuilder.AddMonitor();
        modelBuilder.AddPolicies();
        modelBuilder.AddAcme();
        modelBuilder.AddExpiry();
        modelBuilder.Entity<AuthorityRecord>(authority =>
        {
            authority.HasKey(a => a.Name);
            authority.Property(a => a.Name).HasMaxLength(60);
        });
        modelBuilder.Entity<IssuedCertificate>(certificate =>
        {
            certificate.HasKey(c => new { c.Authority, c.Serial });
            certificate.Property(c => c.Authority).HasMaxLength(60);
            certificate.Property(c => c.Serial).HasMaxLength(40);
            certificate.Property(c => c.Renews).HasMaxLength(40);
            certificate.Property(c => c.RenewedBy).HasMaxLength(40);
            certificate.Property(c => c.Status).HasConversion<string>().HasMaxLength(10);
            certificate.HasIndex(c => new { c.Authority, c.RevokedAt });
            certificate.HasIndex(c => new { c.IssuedAt, c.Authority, c.Serial });
            certificate.HasIndex(c => new { c.NotAfter, c.Authority, c.Serial });
        });
    }
}

internal sealed class SqliteTrustContext(DbContextOptions<SqliteTrustContext> options) : TrustContext(options);

internal sealed class PostgresTrustContext(DbContextOptions<PostgresTrustContext> options) : TrustContext(options);

internal sealed class SqliteFactory() : SqliteDesignTimeFactory<SqliteTrustContext>(o => new SqliteTrustContext(o));

internal sealed class PostgresFactory() : PostgresDesignTimeFactory<PostgresTrustContext>(o => new PostgresTrustContext(o));

/// <summary>A CA or TSA: its certificate, and its key encrypted under the app's master key.</summary>
internal sealed class AuthorityRecord
{
    /// <summary>E.g. <c>documents-international</c>.</summary>
    public string Name { get; set; } = "";

    public byte[] Certificate { get; set; } = [];

    public byte[] EncryptedKey { get; set; } = [];

    public DateTimeOffset CreatedAt { get; set; }
}

internal sealed class IssuedCertificate
{
    public string Authority { get; set; } = "";

    /// <summary>Hex, lower case.</summary>
    public string Serial { get; set; } = "";

    public string Profile { get; set; } = "";

    public string Subject { get; set; } = "";

    public byte[] Certificate { get; set; } = [];

    /// <summary>The client that asked.</summary>
    public string RequestedBy { get; set; } = "";

    public DateTimeOffset IssuedAt { get; set; }

    /// <summary>Validity as the certificate says it.</summary>
    public DateTimeOffset NotBefore { get; set; }

    public DateTimeOffset NotAfter { get; set; }

    /// <summary>The part of the authority's CRL that the certificate names; 0 is the whole list.</summary>
    public int Partition { get; set; }

    public CertificateStatus Status { get; set; }

    /// <summary>Since when it is held or revoked; a revocation after a hold keeps the hold's time (X.509 §8.5.2.2).</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>RFC 5280 §5.3.1.</summary>
    public int? RevocationReason { get; set; }

    /// <summary>RFC 5280 §5.3.2.</summary>
    public DateTimeOffset? InvalidityDate { get; set; }

    /// <summary>Serial of the certificate that this one followed, of the same authority.</summary>
    public string? Renews { get; set; }

    /// <summary>Serial of the one that follows it; empty again when that is revoked.</summary>
    public string? RenewedBy { get; set; }
}

/// <summary>Whether a certificate may be relied on.</summary>
internal enum CertificateStatus
{
    Valid,

    /// <summary>On hold (certificateHold); may be released.</summary>
    Held,

    /// <summary>For good.</summary>
    Revoked,
}
