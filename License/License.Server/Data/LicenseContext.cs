using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.License.Server.Data;

/// <summary>Issued licences and the counters of their numbers.</summary>
internal abstract class LicenseContext(DbContextOptions options) : AuditedContext(options)
{
    public DbSet<LicenseRecord> Licenses => Set<LicenseRecord>();

    public DbSet<LicenseStateEvent> StateEvents => Set<LicenseStateEvent>();

    public DbSet<NumberCounter> Counters => Set<NumberCounter>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.UseUtcTimes();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddAudit();
        modelBuilder.AddIdempotency();
        modelBuilder.AddOutbox();
        modelBuilder.Entity<LicenseRecord>(license =>
        {
            license.HasKey(l => l.Identifier);
            license.Property(l => l.Identifier).HasMaxLength(150);
            license.Property(l => l.CaseNumber).HasMaxLength(50);
            license.Property(l => l.RetrievalCode).HasMaxLength(32);
            license.Property(l => l.Subject).HasMaxLength(80);
            license.Property(l => l.Organisation).HasMaxLength(18);
            license.Property(l => l.State).IsConcurrencyToken();
            license.HasIndex(l => l.RetrievalCode).IsUnique();
            license.HasIndex(l => l.CaseNumber).IsUnique();
            license.HasIndex(l => new { l.Subject, l.IssuedAt });
            license.HasIndex(l => new { l.Organisation, l.IssuedAt });
        });
        modelBuilder.Entity<LicenseStateEvent>(change =>
        {
            change.HasKey(e => e.Id);
            change.Property(e => e.Identifier).HasMaxLength(150);
            change.Property(e => e.State).HasMaxLength(20);
            change.Property(e => e.Reason).HasMaxLength(200);
            change.Property(e => e.LegalGround).HasMaxLength(200);
            change.Property(e => e.Actor).HasMaxLength(100);
            change.HasIndex(e => new { e.Identifier, e.At });
        });
        modelBuilder.Entity<NumberCounter>(counter =>
        {
            counter.HasKey(c => c.Name);
            counter.Property(c => c.Name).HasMaxLength(80);
        });
    }
}

internal sealed class SqliteLicenseContext(DbContextOptions<SqliteLicenseContext> options) : LicenseContext(options);

internal sealed class PostgresLicenseContext(DbContextOptions<PostgresLicenseContext> options) : LicenseContext(options);

internal sealed class SqliteFactory() : SqliteDesignTimeFactory<SqliteLicenseContext>(o => new SqliteLicenseContext(o));

internal sealed class PostgresFactory() : PostgresDesignTimeFactory<PostgresLicenseContext>(o => new PostgresLicenseContext(o));

internal sealed class LicenseRecord
{
    public string Identifier { get; set; } = "";

    public string Number { get; set; } = "";

    public string TypeCode { get; set; } = "";

    public string Name { get; set; } = "";

    public string IssuerName { get; set; } = "";

    /// <summary>Encrypted.</summary>
    public string HolderName { get; set; } = "";

    /// <summary>First character and asterisks, for the public page.</summary>
    public string HolderMasked { get; set; } = "";

    /// <summary>Account that may download it.</summary>
    public string Subject { get; set; } = "";

    /// <summary>USCC of the organisation whose representatives may download it.</summary>
    public string? Organisation { get; set; }

    public string CaseNumber { get; set; } = "";

    /// <summary>Random, in the QR code; says nothing by itself.</summary>
    public string RetrievalCode { get; set; } = "";

    /// <summary>One of <see cref="LicenseStates"/>; expiry follows from the dates.</summary>
    public string State { get; set; } = LicenseStates.Valid;

    public DateTimeOffset IssuedAt { get; set; }

    public DateOnly ValidFrom { get; set; }

    public DateOnly ValidTo { get; set; }

    /// <summary>SHA-256 of the stored PDF, hex.</summary>
    public string PdfDigest { get; set; } = "";
}

/// <summary>The last number given under a name; taken in the transaction that stores what was numbered.</summary>
internal sealed class NumberCounter
{
    public string Name { get; set; } = "";

    public long Last { get; set; }
}
