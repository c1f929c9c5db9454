using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Desk.Data;

/// <summary>Matters, cases with every event, materials and drafts.</summary>
internal abstract class DeskContext(DbContextOptions options) : AuditedContext(options)
{
    public DbSet<MatterRecord> Matters => Set<MatterRecord>();

    public DbSet<MatterToken> MatterTokens => Set<MatterToken>();

    public DbSet<CaseRecord> Cases => Set<CaseRecord>();

    public DbSet<CaseSerial> CaseSerials => Set<CaseSerial>();

    public DbSet<CaseEvent> Events => Set<CaseEvent>();

    public DbSet<MaterialRecord> Materials => Set<MaterialRecord>();

    public DbSet<DraftRecord> Drafts => Set<DraftRecord>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.UseUtcTimes();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddAudit();
        modelBuilder.AddIdempotency();
        modelBuilder.AddOutbox();
        modelBuilder.Entity<MatterRecord>(matter =>
        {
            matter.HasKey(m => m.ImplementationCode);
            matter.Property(m => m.ImplementationCode).HasMaxLength(40);
            matter.HasIndex(m => m.Order);
        });
        modelBuilder.Entity<MatterToken>(token =>
        {
            token.HasKey(t => new { t.Token, t.ImplementationCode });
            token.Property(t => t.Token).HasMaxLength(30);
            token.Property(t => t.ImplementationCode).HasMaxLength(40);
        });
        modelBuilder.Entity<CaseRecord>(record =>
        {
            record.HasKey(c => c.CaseNumber);
            record.Property(c => c.CaseNumber).HasMaxLength(50);
            record.Property(c => c.State).HasMaxLength(30);
            record.Property(c => c.Version).IsConcurrencyToken();
            record.HasIndex(c => new { c.Subject, c.SubmittedAt });
            record.HasIndex(c => new { c.Organisation, c.SubmittedAt });
            record.HasIndex(c => new { c.BodyUscc, c.State, c.PromisedDue });
        });
        modelBuilder.Entity<CaseSerial>(serial =>
        {
            serial.HasKey(s => s.Prefix);
            serial.Property(s => s.Prefix).HasMaxLength(40);
        });
        modelBuilder.Entity<CaseEvent>(change =>
        {
            change.HasKey(e => new { e.CaseNumber, e.Sequence });
            change.Property(e => e.CaseNumber).HasMaxLength(50);
        });
        modelBuilder.Entity<MaterialRecord>(material =>
        {
            material.HasKey(m => m.Id);
            material.Property(m => m.Key).HasMaxLength(50);
            material.HasIndex(m => m.CaseNumber);
            material.HasIndex(m => new { m.Subject, m.UploadedAt });
        });
        modelBuilder.Entity<DraftRecord>(draft => draft.HasKey(d => new { d.Subject, d.Organisation, d.ImplementationCode }));
    }
}

internal sealed class SqliteDeskContext(DbContextOptions<SqliteDeskContext> options) : DeskContext(options);

internal sealed class PostgresDeskContext(DbContextOptions<PostgresDeskContext> options) : DeskContext(options);

internal sealed class SqliteFactory() : SqliteDesignTimeFactory<SqliteDeskContext>(o => new SqliteDeskContext(o));

internal sealed class PostgresFactory() : PostgresDesignTimeFactory<PostgresDeskContext>(o => new PostgresDeskContext(o));

internal sealed class MatterRecord
{
    public string ImplementationCode { get; set; } = "";

    public int Order { get; set; }

    public string Name { get; set; } = "";

    public string NameEn { get; set; } = "";

    public string BodyUscc { get; set; } = "";

    public string BodyName { get; set; } = "";

    /// <summary>Blank-separated service objects, with blanks at both ends.</summary>
    public string ServiceObjects { get; set; } = "";

    public bool Online { get; set; }

    /// <summary>The whole implementation as JSON.</summary>
    public string Json { get; set; } = "";
}

/// <summary>One pair of neighbouring characters of a name: what a two-character query finds.</summary>
internal sealed class MatterToken
{
    public string Token { get; set; } = "";

    public string ImplementationCode { get; set; } = "";
}

internal sealed class CaseRecord
{
    public string CaseNumber { get; set; } = "";

    public string QueryCode { get; set; } = "";

    public string ImplementationCode { get; set; } = "";

    public string HandlingItemCode { get; set; } = "";

    public string MatterName { get; set; } = "";

    public string MatterNameEn { get; set; } = "";

    public string BodyUscc { get; set; } = "";

    public string BodyName { get; set; } = "";

    /// <summary>Account of the person who applied.</summary>
    public string Subject { get; set; } = "";

    /// <summary>USCC, when it was for an organisation.</summary>
    public string? Organisation { get; set; }

    /// <summary>Encrypted JSON of <see cref="Features.Applicants.Applicant"/>.</summary>
    public string Applicant { get; set; } = "";

    public string ApplicantMasked { get; set; } = "";

    /// <summary>Encrypted JSON of the form.</summary>
    public string Form { get; set; } = "";

    public string State { get; set; } = "";

    /// <summary>The official who handled it: four eyes.</summary>
    public string? HandledBy { get; set; }

    public DateTimeOffset SubmittedAt { get; set; }

    public DateTimeOffset? AcceptedAt { get; set; }

    public DateOnly? PromisedDue { get; set; }

    public DateOnly? StatutoryDue { get; set; }

    public string? BillNumber { get; set; }

    public string? PayUrl { get; set; }

    public long FeeFen { get; set; }

    public string? LicenseIdentifier { get; set; }

    public string? VerifyUrl { get; set; }

    public int Version { get; set; }
}

/// <summary>The last serial given out for one implementation on one day.</summary>
internal sealed class CaseSerial
{
    /// <summary>Implementation code and day.</summary>
    public string Prefix { get; set; } = "";

    public int Last { get; set; }
}

/// <summary>One step; never updated.</summary>
internal sealed class CaseEvent
{
    public string CaseNumber { get; set; } = "";

    public int Sequence { get; set; }

    public string Act { get; set; } = "";

    public string FromState { get; set; } = "";

    public string ToState { get; set; } = "";

    public string ActorId { get; set; } = "";

    public string ActorName { get; set; } = "";

    public string Opinion { get; set; } = "";

    public DateTimeOffset At { get; set; }
}

internal sealed class MaterialRecord
{
    public Guid Id { get; set; }

    public string Subject { get; set; } = "";

    /// <summary>USCC of the organisation that it was given for; null: for the person themselves.</summary>
    public string? Organisation { get; set; }

    public string? CaseNumber { get; set; }

    /// <summary>Which material of the matter it is; set when it is submitted.</summary>
    public string? Key { get; set; }

    public string Name { get; set; } = "";

    public string ContentType { get; set; } = "";

    public long Size { get; set; }

    public string Sha256 { get; set; } = "";

    public DateTimeOffset UploadedAt { get; set; }
}

internal sealed class DraftRecord
{
    public string Subject { get; set; } = "";

    /// <summary>USCC of the organisation that it was typed for; empty: for the person themselves. What an agent types for one is nothing that another may see.</summary>
    public string Organisation { get; set; } = "";

    public string ImplementationCode { get; set; } = "";

    /// <summary>Encrypted JSON.</summary>
    public string Content { get; set; } = "";

    public DateTimeOffset SavedAt { get; set; }
}
