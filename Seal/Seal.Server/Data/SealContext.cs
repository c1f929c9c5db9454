using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Seal.Server.Data;

/// <summary>Seals, their signers, their life and every use.</summary>
internal abstract class SealContext(DbContextOptions options) : AuditedContext(options)
{
    public DbSet<SealRecord> Seals => Set<SealRecord>();

    public DbSet<SealStateEvent> StateEvents => Set<SealStateEvent>();

    public DbSet<SealUse> Uses => Set<SealUse>();

    public DbSet<SignerRecord> Signers => Set<SignerRecord>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.UseUtcTimes();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddAudit();
        modelBuilder.AddIdempotency();
        modelBuilder.AddOutbox();
        modelBuilder.Entity<SealRecord>(seal =>
        {
            seal.HasKey(s => s.EsId);
            seal.Property(s => s.EsId).HasMaxLength(14);
            seal.Property(s => s.Owner).HasMaxLength(18);
            seal.Property(s => s.State).HasMaxLength(20);
            seal.HasIndex(s => new { s.Owner, s.Type }).IsUnique().HasFilter($"\"State\" <> '{SealStates.Destroyed}'");
            seal.Property(s => s.State).IsConcurrencyToken();
        });
        modelBuilder.Entity<SealStateEvent>(change =>
        {
            change.HasKey(e => e.Id);
            change.HasIndex(e => new { e.EsId, e.At });
        });
        modelBuilder.Entity<SealUse>(use =>
        {
            use.HasKey(u => u.Id);
            use.HasIndex(u => new { u.EsId, u.At });
        });
        modelBuilder.Entity<SignerRecord>(signer =>
        {
            signer.HasKey(s => s.Name);
            signer.Property(s => s.Name).HasMaxLength(60);
        });
    }
}

internal sealed class SqliteSealContext(DbContextOptions<SqliteSealContext> options) : SealContext(options);

internal sealed class PostgresSealContext(DbContextOptions<PostgresSealContext> options) : SealContext(options);

internal sealed class SqliteFactory() : SqliteDesignTimeFactory<SqliteSealContext>(o => new SqliteSealContext(o));

internal sealed class PostgresFactory() : PostgresDesignTimeFactory<PostgresSealContext>(o => new PostgresSealContext(o));

internal sealed class SealRecord
{
    public string EsId { get; set; } = "";

    /// <summary>USCC of the owner.</summary>
    public string Owner { get; set; } = "";

    public string OwnerName { get; set; } = "";

    /// <summary>Seal type of GB/T 38540: 1 is the statutory-name seal.</summary>
    public int Type { get; set; }

    public string Name { get; set; } = "";

    /// <summary>The exact bytes: they are the seal.</summary>
    public byte[] Encoded { get; set; } = [];

    public byte[] Picture { get; set; } = [];

    public int WidthMm { get; set; }

    public int HeightMm { get; set; }

    public DateTimeOffset ValidFrom { get; set; }

    public DateTimeOffset ValidTo { get; set; }

    /// <summary>One of <see cref="SealStates"/>; the events say how it came to be so.</summary>
    public string State { get; set; } = SealStates.Active;
}

/// <summary>A step in a seal's life; never updated.</summary>
internal sealed class SealStateEvent
{
    public Guid Id { get; set; }

    public string EsId { get; set; } = "";

    public string State { get; set; } = "";

    public string Reason { get; set; } = "";

    public string Actor { get; set; } = "";

    public DateTimeOffset At { get; set; }
}

/// <summary>One use of a seal: its owner can see every one.</summary>
internal sealed class SealUse
{
    public Guid Id { get; set; }

    public string EsId { get; set; } = "";

    public string Caller { get; set; } = "";

    public string Purpose { get; set; } = "";

    public string DocumentName { get; set; } = "";

    /// <summary>SM3, hex.</summary>
    public string? DataHash { get; set; }

    /// <summary>SHA-256, hex.</summary>
    public string? PdfDigest { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>Its place in the transparency log; null until the log has it.</summary>
    public long? LogIndex { get; set; }
}

/// <summary>A key with its certificates: the seal maker's, or one of a seal's two signers.</summary>
internal sealed class SignerRecord
{
    /// <summary><c>maker</c>, <c>ses-{esId}</c> or <c>pdf-{esId}</c>.</summary>
    public string Name { get; set; } = "";

    public byte[] EncryptedKey { get; set; } = [];

    public byte[] Certificate { get; set; } = [];

    /// <summary>Issuing CA and root, DER, one after the other.</summary>
    public List<byte[]> Chain { get; set; } = [];
}
